//! Submits one email to the mail server (RFC 5321).

use std::{
    error::Error as _,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use lettre::{
    message::Mailbox,
    transport::smtp::{
        Error as SmtpError,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, TlsParameters},
        commands::{Data, Mail, Rcpt},
        extension::ClientId,
    },
};
use secrecy::{ExposeSecret, SecretString};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    message::{self, Envelope},
    render::RenderedEmail,
    server::{MailServer, Security},
};
use crate::accounts::EmailAddress;

/// For one email, including name resolution and TLS.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The connection settings of the mail server. Cheap to clone; clones share [`Self::is_delayed`].
#[derive(Clone)]
pub struct SmtpTransport(Arc<Inner>);

struct Inner {
    server: MailServer,
    from: Mailbox,
    tls: Option<TlsParameters>,
    timeout: Duration,
    delayed: AtomicBool,
}

impl fmt::Debug for SmtpTransport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("SmtpTransport").field(&self.0.server).finish()
    }
}

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
    #[error("TLS cannot be set up: {0}")]
    Tls(String),
    /// The server is unavailable, or rejects us rather than this email: no other email would succeed now.
    #[error("mail server unavailable: {0}")]
    Unreachable(String),
    /// The email may be accepted later.
    #[error("email temporarily rejected: {0}")]
    Temporary(String),
    #[error("email rejected: {0}")]
    Permanent(String),
}

impl SmtpTransport {
    /// Does not connect yet: each email uses its own connection, since emails are rare and idle connections go stale.
    ///
    /// # Errors
    /// [`DeliveryError::Url`], [`DeliveryError::Sender`], [`DeliveryError::Tls`].
    pub fn smtp(smtp_url: &SecretString, mail_from: &str) -> Result<Self, DeliveryError> {
        Self::with_timeout(smtp_url, mail_from, TIMEOUT)
    }

    pub(super) fn with_timeout(
        smtp_url: &SecretString,
        mail_from: &str,
        timeout: Duration,
    ) -> Result<Self, DeliveryError> {
        Self::to(MailServer::parse(smtp_url)?, message::sender(mail_from)?, timeout)
    }

    pub(super) fn to(server: MailServer, from: Mailbox, timeout: Duration) -> Result<Self, DeliveryError> {
        let tls = match server.security {
            Security::Loopback => None,
            Security::StartTls | Security::Tls => {
                Some(TlsParameters::new(server.host.clone()).map_err(|error| DeliveryError::Tls(cause(&error)))?)
            }
        };
        Ok(Self(Arc::new(Inner { server, from, tls, timeout, delayed: AtomicBool::new(false) })))
    }

    /// Whether emails are currently delayed: the last attempt failed because of the server. As far as this process knows.
    pub fn is_delayed(&self) -> bool {
        self.0.delayed.load(Ordering::Relaxed)
    }

    /// Submits one email. `id` becomes its Message-ID, `at` its date.
    ///
    /// # Errors
    /// [`DeliveryError::Unreachable`], [`DeliveryError::Temporary`], [`DeliveryError::Permanent`]. If the
    /// connection breaks after the last byte, the email counts as not accepted and may be delivered twice.
    pub async fn deliver(
        &self,
        to: &EmailAddress,
        rendered: RenderedEmail,
        id: Uuid,
        at: OffsetDateTime,
    ) -> Result<(), DeliveryError> {
        let envelope = message::envelope(&self.0.from, to, rendered, id, at)?;
        let outcome = match tokio::time::timeout(self.0.timeout, self.submit(envelope)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(DeliveryError::Unreachable("timed out".to_owned())),
        };
        match &outcome {
            Ok(()) => self.0.delayed.store(false, Ordering::Relaxed),
            Err(DeliveryError::Unreachable(_)) => self.0.delayed.store(true, Ordering::Relaxed),
            // The server works; its answer is about this email.
            Err(_) => {}
        }
        outcome
    }

    async fn submit(&self, envelope: Envelope) -> Result<(), DeliveryError> {
        let mut connection = self.connect().await.map_err(|error| away("at the start", &error))?;
        let outcome = converse(&mut connection, envelope).await;
        // The outcome is final; the server's goodbye does not matter.
        connection.abort().await;
        outcome
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, SmtpError> {
        let Inner { server, from, tls, timeout, .. } = &*self.0;
        let hello = ClientId::Domain(from.email.domain().to_owned());
        let at_once = tls.clone().filter(|_| server.security == Security::Tls);
        let address = (server.host.as_str(), server.port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(address, Some(*timeout), &hello, at_once, None).await?;
        if let (Security::StartTls, Some(tls)) = (server.security, tls) {
            // An error if it is not offered: an attacker may have stripped the offer.
            connection.starttls(tls.clone(), &hello).await?;
        }
        if let Some((user, password)) = &server.credentials {
            let credentials = Credentials::new(user.clone(), password.expose_secret().to_owned());
            connection.auth(DEFAULT_MECHANISMS, &credentials).await?;
        }
        Ok(connection)
    }
}

/// Errors about us or our address concern every email; errors about the recipient or the text concern this one.
async fn converse(connection: &mut AsyncSmtpConnection, envelope: Envelope) -> Result<(), DeliveryError> {
    let Envelope { from, to, message } = envelope;
    connection.command(Mail::new(Some(from), Vec::new())).await.map_err(|error| away("to MAIL", &error))?;
    connection.command(Rcpt::new(to, Vec::new())).await.map_err(|error| classify("to RCPT", &error))?;
    connection.command(Data).await.map_err(|error| classify("to DATA", &error))?;
    connection.message(&message).await.map_err(|error| classify("to the text", &error))?;
    Ok(())
}

fn classify(at: &str, error: &SmtpError) -> DeliveryError {
    if error.is_permanent() {
        DeliveryError::Permanent(describe(at, error))
    } else if error.is_transient() {
        DeliveryError::Temporary(describe(at, error))
    } else {
        away(at, error)
    }
}

fn away(at: &str, error: &SmtpError) -> DeliveryError {
    DeliveryError::Unreachable(describe(at, error))
}

/// Only the code of an answer: its text repeats addresses.
fn describe(at: &str, error: &SmtpError) -> String {
    match error.status() {
        Some(code) => format!("it answers {code} {at}"),
        None => format!("{} ({at})", cause(error)),
    }
}

/// The innermost cause, in its own words: that a host is unknown, or that a certificate is not trusted.
fn cause(error: &SmtpError) -> String {
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    causes.last().map_or_else(|| error.to_string(), ToString::to_string)
}
