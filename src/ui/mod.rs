//! The user interface. See the tour in `lib.rs`.
//!
//! `web` fills the models of `view` and renders `app::shell`; the `pages` draw them on the server, as plain links and
//! forms; the `islands` hydrate in the browser and add comfort, never function.

pub mod app;
pub mod boot;
pub mod components;
pub mod islands;
pub mod links;
pub mod pages;
pub mod timestamp;
pub mod view;
pub mod wording;

#[cfg(test)]
mod tests;
