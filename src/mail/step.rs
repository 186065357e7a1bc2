//! The steps of an SMTP conversation, and how long each may take.

use std::{fmt, time::Duration};

/// In the order in which they happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The connection, TLS from its first byte, the greeting, and EHLO.
    Connect,
    StartTls,
    Auth,
    Mail,
    Rcpt,
    Data,
    /// The text, up to the reply to its final dot.
    Text,
}

/// The limits of one transport.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// For TCP alone.
    pub connect: Duration,
    /// For the reply to a command.
    pub command: Duration,
    /// For the reply to DATA.
    pub data: Duration,
    /// For the text and the reply to its final dot.
    pub text: Duration,
}

impl Limits {
    /// The minima of RFC 5321 §4.5.3.2. The last one is long because servers check an email before they confirm it: who
    /// leaves earlier sends the same email again although the server has taken it.
    pub(super) const DELIVERY: Self = Self {
        connect: Duration::from_secs(30),
        command: Duration::from_secs(5 * 60),
        data: Duration::from_secs(2 * 60),
        text: Duration::from_secs((3 + 10) * 60),
    };

    /// For `doctor` and the start, where an operator waits.
    pub(super) const CHECKUP: Self = {
        let limit = Duration::from_secs(10);
        Self { connect: limit, command: limit, data: limit, text: limit }
    };

    pub(super) const fn of(&self, step: Step) -> Duration {
        match step {
            Step::Connect | Step::StartTls | Step::Auth | Step::Mail | Step::Rcpt => self.command,
            Step::Data => self.data,
            Step::Text => self.text,
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Connect => "connecting",
            Self::StartTls => "STARTTLS",
            Self::Auth => "AUTH",
            Self::Mail => "MAIL",
            Self::Rcpt => "RCPT",
            Self::Data => "DATA",
            Self::Text => "the text",
        })
    }
}
