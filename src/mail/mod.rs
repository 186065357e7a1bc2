//! Letters: drawn as subject, plain text and HTML, and delivered over SMTP. See the tour in `lib.rs`.
//!
//! `draw` is pure. A `Post` hands one letter to the mail server; `deliver_for_ever` empties the queue of the store into
//! it, and tries again what the server did not take.

mod dates;
mod draw;
mod html;
mod message;
mod outside;
mod post;
mod postman;
mod server;
mod text;
mod wording;

#[cfg(test)]
mod tests;

pub use draw::{Drawn, House, draw};
pub use message::check_sender;
pub use post::{Post, PostError};
pub use postman::{deliver_due, deliver_for_ever};
pub use server::{MailServer, Security};
pub use wording::link_lifetime;
