//! Emails: rendered as subject, plain text and HTML, and delivered over SMTP. See the tour in `lib.rs`.
//!
//! `render` is pure. An `SmtpTransport` hands one email to the mail server; `run_delivery` sends what is queued in the
//! store, and retries what the server did not accept.

mod brand;
mod dates;
mod delivery;
mod error;
mod html;
mod message;
mod outside;
mod render;
mod reply;
mod server;
mod smtp;
mod step;
mod text;
mod wording;

#[cfg(test)]
mod tests;

pub use delivery::{deliver_due, run_delivery};
pub use error::{DeliveryError, ServerError};
pub use message::check_sender;
pub use render::{RenderedEmail, Site, render};
pub use server::{MailServer, Security};
pub use smtp::SmtpTransport;
pub use wording::link_lifetime;
