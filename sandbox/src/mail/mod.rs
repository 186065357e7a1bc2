//! The inbox: a small real mail server (RFC 5321) on a loopback port of its own. Whatever is sent to it arrives here,
//! whoever it is for, and goes no further. People read it at `/inbox`, tests at `/control/letters`.
//!
//! It speaks EHLO and HELO, MAIL, RCPT, DATA, RSET, NOOP, VRFY and QUIT, with SIZE and 8BITMIME and without TLS or
//! authentication, and misbehaves when it is told to.

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
