//! Closed lists of codes that the server, its pages and API clients share, and how texts carry them. Both targets.
//!
//! Each of the four doors has one list of errors: [`SignInError`](crate::codes::sign_in_error::SignInError) for the round
//! trip to a provider, [`FormError`](crate::codes::form_error::FormError) for forms,
//! [`ApiError`](crate::codes::api_error::ApiError) for the JSON API, and
//! [`PageError`](crate::codes::page_error::PageError) for everything else that a browser opens.

pub mod access;
pub mod api_error;
mod closed_list;
pub mod done;
pub mod files;
pub mod form_error;
pub mod hex;
pub mod page_error;
pub mod percent;
pub mod session_end;
pub mod settings_page;
pub mod sign_in_error;

pub(crate) use closed_list::codes;

#[cfg(test)]
mod tests;
