//! A small SMTP server (RFC 5321) on its own loopback port. It accepts every message and delivers none. Developers
//! read them at `/inbox`, tests at `/control/emails`.
//!
//! It supports EHLO, HELO, MAIL, RCPT, DATA, RSET, NOOP, VRFY and QUIT with SIZE and 8BITMIME, no TLS and no
//! authentication.

mod command;
mod email;
mod links;
mod listener;
mod mailbox;
mod pages;
mod reader;
mod session;

pub use listener::serve;
pub use mailbox::{MailBehaviour, Mailbox};
pub use pages::routes;
