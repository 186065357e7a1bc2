//! One letter, handed to the mail server (RFC 5321).

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

/// For a letter from the first byte to the last, name look-up and TLS included.
const PATIENCE: Duration = Duration::from_secs(10);

/// The way to the mail server. Cheap to clone; clones know of each other's failures.
#[derive(Clone)]
pub struct SmtpTransport(Arc<Inner>);

struct Inner {
    server: MailServer,
    from: Mailbox,
    tls: Option<TlsParameters>,
    patience: Duration,
    delayed: AtomicBool,
}

impl fmt::Debug for SmtpTransport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Post").field(&self.0.server).finish()
    }
}

/// Why a letter was not taken, or why there is no way to the mail server. Never holds a password, an address of a
/// recipient, or a line that the server sent, which repeats addresses.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum DeliveryError {
    /// `SMTP_URL` cannot be used.
    #[error(
        "must be smtps://user:password@host:465, or smtp://user:password@host:587 for STARTTLS, special characters in \
         user and password percent-encoded; without TLS only on loopback, as in smtp://localhost:3025"
    )]
    Url,
    /// `MAIL_FROM` cannot be used.
    #[error("must be one mailbox, for instance Latchkey <no-reply@app.example>")]
    Sender,
    /// TLS cannot be set up on this machine.
    #[error("TLS cannot be set up: {0}")]
    Tls(String),
    /// The server is away, or refuses us and not this letter: no other letter would fare better now.
    #[error("the mail server does not work: {0}")]
    Away(String),
    /// Later, this letter can be taken.
    #[error("the letter was not taken for now: {0}")]
    Temporary(String),
    /// This letter will never be taken.
    #[error("the letter was refused: {0}")]
    Permanent(String),
}

impl SmtpTransport {
    /// The way to the server of an `SMTP_URL`, for letters from a `MAIL_FROM`. Connects to nothing yet: each letter has
    /// a connection of its own, for letters are rare and kept connections go stale.
    ///
    /// # Errors
    /// [`DeliveryError::Url`], [`DeliveryError::Sender`], [`DeliveryError::Tls`].
    pub fn smtp(smtp_url: &SecretString, mail_from: &str) -> Result<Self, DeliveryError> {
        Self::with_patience(smtp_url, mail_from, PATIENCE)
    }

    pub(super) fn with_patience(
        smtp_url: &SecretString,
        mail_from: &str,
        patience: Duration,
    ) -> Result<Self, DeliveryError> {
        Self::to(MailServer::parse(smtp_url)?, message::sender(mail_from)?, patience)
    }

    pub(super) fn to(server: MailServer, from: Mailbox, patience: Duration) -> Result<Self, DeliveryError> {
        let tls = match server.security {
            Security::Loopback => None,
            Security::StartTls | Security::Tls => {
                Some(TlsParameters::new(server.host.clone()).map_err(|error| DeliveryError::Tls(cause(&error)))?)
            }
        };
        Ok(Self(Arc::new(Inner { server, from, tls, patience, delayed: AtomicBool::new(false) })))
    }

    /// Whether letters are late at present: the server did not work when it was last tried, and took nothing since. For
    /// pages; as far as this process knows.
    pub fn is_delayed(&self) -> bool {
        self.0.delayed.load(Ordering::Relaxed)
    }

    /// Hands over one letter. `id` becomes its Message-ID, `at` its date.
    ///
    /// # Errors
    /// [`DeliveryError::Away`], [`DeliveryError::Temporary`], [`DeliveryError::Permanent`]. A connection that breaks after the last
    /// byte leaves open whether the letter was taken: it counts as not taken, and may be delivered twice.
    pub async fn deliver(
        &self,
        to: &EmailAddress,
        rendered: RenderedEmail,
        id: Uuid,
        at: OffsetDateTime,
    ) -> Result<(), DeliveryError> {
        let envelope = message::envelope(&self.0.from, to, rendered, id, at)?;
        let outcome = match tokio::time::timeout(self.0.patience, self.hand_over(envelope)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(DeliveryError::Away("it does not answer in time".to_owned())),
        };
        match &outcome {
            Ok(()) => self.0.delayed.store(false, Ordering::Relaxed),
            Err(DeliveryError::Away(_)) => self.0.delayed.store(true, Ordering::Relaxed),
            // It answers, and what it says is about one letter.
            Err(_) => {}
        }
        outcome
    }

    async fn hand_over(&self, envelope: Envelope) -> Result<(), DeliveryError> {
        let mut connection = self.connect().await.map_err(|error| away("at the start", &error))?;
        let outcome = converse(&mut connection, envelope).await;
        // What is decided is decided; whether the server says goodbye changes nothing.
        connection.abort().await;
        outcome
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, SmtpError> {
        let Inner { server, from, tls, patience, .. } = &*self.0;
        let hello = ClientId::Domain(from.email.domain().to_owned());
        let at_once = tls.clone().filter(|_| server.security == Security::Tls);
        let address = (server.host.as_str(), server.port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(address, Some(*patience), &hello, at_once, None).await?;
        if let (Security::StartTls, Some(tls)) = (server.security, tls) {
            // An error where it is not offered: somebody between may have taken the offer out.
            connection.starttls(tls.clone(), &hello).await?;
        }
        if let Some((user, password)) = &server.credentials {
            let credentials = Credentials::new(user.clone(), password.expose_secret().to_owned());
            connection.auth(DEFAULT_MECHANISMS, &credentials).await?;
        }
        Ok(connection)
    }
}

/// What the server says of us or of our address is about every letter; what it says of the recipient and of the text is
/// about this one.
async fn converse(connection: &mut AsyncSmtpConnection, envelope: Envelope) -> Result<(), DeliveryError> {
    let Envelope { from, to, message } = envelope;
    connection.command(Mail::new(Some(from), Vec::new())).await.map_err(|error| away("to MAIL", &error))?;
    connection.command(Rcpt::new(to, Vec::new())).await.map_err(|error| judged("to RCPT", &error))?;
    connection.command(Data).await.map_err(|error| judged("to DATA", &error))?;
    connection.message(&message).await.map_err(|error| judged("to the text", &error))?;
    Ok(())
}

fn judged(at: &str, error: &SmtpError) -> DeliveryError {
    if error.is_permanent() {
        DeliveryError::Permanent(told(at, error))
    } else if error.is_transient() {
        DeliveryError::Temporary(told(at, error))
    } else {
        away(at, error)
    }
}

fn away(at: &str, error: &SmtpError) -> DeliveryError {
    DeliveryError::Away(told(at, error))
}

/// The code alone of an answer: its text repeats addresses.
fn told(at: &str, error: &SmtpError) -> String {
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
