//! Why an email could not be delivered, and what the operator can do about it.

use std::error::Error as _;

use lettre::transport::smtp::Error as SmtpError;

use super::{
    reply::{About, Reply},
    server::{MailServer, Security},
    step::Step,
};

/// Never holds a password, a recipient's address, or a line from the server, which would repeat addresses.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum DeliveryError {
    /// `SMTP_URL` is invalid.
    #[error(
        "must be smtps://user:password@host:465, or smtp://user:password@host:587 for STARTTLS, special characters in \
         user and password percent-encoded; without TLS only on loopback, as in smtp://localhost:3025"
    )]
    Url,
    /// `MAIL_FROM` is invalid.
    #[error("must be one mailbox, for instance Latchkey <no-reply@app.example>")]
    Sender,
    /// `MAIL_FROM` would need SMTPUTF8 (RFC 6531), which many servers on the way to a recipient do not have.
    #[error("must be in ASCII before the @, for instance no-reply@…; after it, any domain will do")]
    SenderNotAscii,
    #[error("TLS cannot be set up: {0}")]
    Tls(String),
    /// The server is unavailable, or does not let us send: no other email would succeed now.
    #[error("{0}")]
    Server(ServerError),
    /// The server rejected this email for a reason that is about us. Another email may still succeed.
    #[error("{0}")]
    Policy(ServerError),
    /// The server has the whole text and did not confirm it. It may have taken the email.
    #[error("the mail server has the email and did not confirm it: {0}")]
    Unconfirmed(String),
    /// The email may be accepted later.
    #[error("email temporarily rejected: {0}")]
    Temporary(String),
    #[error("email rejected: {0}")]
    Permanent(String),
}

/// What is wrong with the mail server, or with us in its eyes.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("{problem}: {next_step}")]
pub struct ServerError {
    pub problem: String,
    /// An imperative sentence for the operator, without a full stop.
    pub next_step: String,
}

/// What ended a step.
pub(super) enum Cause {
    TimedOut,
    Smtp(SmtpError),
}

impl DeliveryError {
    /// Replies at RCPT and later are judged by their codes. Everything else concerns the connection.
    pub(super) fn at(step: Step, cause: &Cause, server: &MailServer) -> Self {
        let reply = cause.reply();
        match (step, reply) {
            (Step::Rcpt | Step::Data | Step::Text, Some(reply)) => match (reply.about(), reply.is_permanent()) {
                (About::Us, false) if reply.code == 421 => Self::Server(server_error(step, cause, server)),
                (About::Us, _) => Self::Policy(server_error(step, cause, server)),
                (About::Recipient, true) => Self::Permanent(problem(step, cause)),
                (About::Recipient, false) | (About::Unclear, _) => Self::Temporary(problem(step, cause)),
            },
            (Step::Text, None) => Self::Unconfirmed(problem(step, cause)),
            // Not a code of RFC 5321, as the 571 of some servers: certainly no yes.
            (Step::Rcpt | Step::Data, None) if cause.is_unreadable() => Self::Policy(server_error(step, cause, server)),
            _ => Self::Server(server_error(step, cause, server)),
        }
    }
}

impl Cause {
    pub(super) fn reply(&self) -> Option<Reply> {
        let Self::Smtp(error) = self else { return None };
        let text = error.source().map(ToString::to_string).unwrap_or_default();
        error.status().map(|code| Reply::new(code.into(), &text))
    }
}

fn server_error(step: Step, cause: &Cause, server: &MailServer) -> ServerError {
    ServerError {
        problem: format!("the mail server: {}", problem(step, cause)),
        next_step: next_step(step, cause, server),
    }
}

fn problem(step: Step, cause: &Cause) -> String {
    match (cause, cause.reply()) {
        (_, Some(reply)) => format!("{reply} at {step}"),
        (Cause::TimedOut, None) => format!("no reply at {step}"),
        // The parser's error repeats the reply.
        (Cause::Smtp(error), None) if error.is_response() => format!("unreadable reply at {step}"),
        (Cause::Smtp(error), None) => format!("{} at {step}", innermost(error)),
    }
}

fn next_step(step: Step, cause: &Cause, server: &MailServer) -> String {
    let next_step = match (step, cause.reply()) {
        (Step::Auth, Some(reply)) if reply.is_permanent() => "check the user and the password in SMTP_URL",
        (_, Some(reply)) if reply.is_about_volume() => "wait, or raise the sending limit of this account",
        (_, Some(reply)) if reply.is_about_authentication() && server.credentials.is_none() => {
            "put a user and a password into SMTP_URL"
        }
        (Step::Mail | Step::Rcpt | Step::Data | Step::Text, reply)
            if reply.map_or(cause.is_unreadable(), Reply::is_permanent) =>
        {
            "check that the server lets this user, or this machine, send as MAIL_FROM to any recipient"
        }
        (_, Some(_)) => "emails wait; if it lasts, ask whoever runs the mail server",
        (Step::Connect | Step::StartTls, None) => return mixed_up_port(step, cause, server),
        (Step::Auth, None) => "the server offers none of AUTH PLAIN, LOGIN here: check the port in SMTP_URL",
        (Step::Mail | Step::Rcpt | Step::Data | Step::Text, None) => "emails wait until the connection holds",
    };
    next_step.to_owned()
}

/// Port 465 begins with TLS (RFC 8314 §3.3), 587 and 25 without.
fn mixed_up_port(step: Step, cause: &Cause, server: &MailServer) -> String {
    let (host, port) = (&server.host, server.port);
    match (server.security, port) {
        (Security::StartTls | Security::Loopback, 465) => {
            format!("port 465 begins with TLS: write smtps://…@{host}:465 in SMTP_URL")
        }
        (Security::Tls, 587 | 25) => {
            format!("port {port} begins without TLS: write smtp://…@{host}:{port} in SMTP_URL")
        }
        (Security::Tls, _) if cause.speaks_no_tls() => {
            format!("port {port} begins without TLS: write smtp://…@{host}:{port} in SMTP_URL if it offers STARTTLS")
        }
        (Security::StartTls, _) if step == Step::StartTls && cause.is_client_side() => {
            format!("the server offers no STARTTLS at port {port}: use its port for TLS, such as smtps://…@{host}:465")
        }
        _ if cause.is_about_certificate() => {
            "use the host name that is in the server's certificate, and one that this machine trusts".to_owned()
        }
        (_, 25) => "check the host in SMTP_URL; many networks block port 25: try 587 or 465".to_owned(),
        _ => "check the host and the port in SMTP_URL".to_owned(),
    }
}

impl Cause {
    fn is_unreadable(&self) -> bool {
        matches!(self, Self::Smtp(error) if error.is_response())
    }

    /// The reply to our ClientHello was no TLS record.
    fn speaks_no_tls(&self) -> bool {
        matches!(self, Self::Smtp(error) if innermost(error).contains("InvalidContentType"))
    }

    fn is_about_certificate(&self) -> bool {
        matches!(self, Self::Smtp(error) if innermost(error).contains("certificate"))
    }

    fn is_client_side(&self) -> bool {
        matches!(self, Self::Smtp(error) if error.is_client())
    }
}

/// The innermost cause, in its own words: that a host is unknown, or that a certificate is not trusted.
pub(super) fn innermost(error: &SmtpError) -> String {
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    causes.last().map_or_else(|| error.to_string(), ToString::to_string)
}
