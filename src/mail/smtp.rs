//! Submits one email to the mail server (RFC 5321).

use std::{
    collections::HashSet,
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
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
use tokio::time::timeout;
use uuid::Uuid;

use super::{
    error::{Cause, DeliveryError, ServerError, innermost},
    message::{self, Envelope},
    render::RenderedEmail,
    server::{MailServer, Security},
    step::{Limits, Step},
};
use crate::accounts::EmailAddress;

/// An email that takes longer than this delays the others.
const SLOW: Duration = Duration::from_secs(20);
/// QUIT is a courtesy.
const GOODBYE: Duration = Duration::from_secs(2);
/// Bounds [`Inner::taken`].
const MOST_TAKEN: usize = 10_000;

/// The connection settings of the mail server. Cheap to clone; clones share [`Self::is_delayed`].
#[derive(Clone)]
pub struct SmtpTransport(Arc<Inner>);

struct Inner {
    server: MailServer,
    from: Mailbox,
    tls: Option<TlsParameters>,
    limits: Limits,
    delayed: AtomicBool,
    /// Emails that the server took and that are still in the queue, because the database did not answer.
    taken: Mutex<HashSet<Uuid>>,
}

impl fmt::Debug for SmtpTransport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("SmtpTransport").field(&self.0.server).finish()
    }
}

impl SmtpTransport {
    /// Does not connect yet: each email uses its own connection, since emails are rare and idle connections go stale.
    ///
    /// # Errors
    /// [`DeliveryError::Url`], [`DeliveryError::Sender`], [`DeliveryError::SenderNotAscii`], [`DeliveryError::Tls`].
    pub fn smtp(smtp_url: &SecretString, mail_from: &str) -> Result<Self, DeliveryError> {
        Self::to(MailServer::parse(smtp_url)?, message::sender(mail_from)?, Limits::DELIVERY)
    }

    pub(super) fn to(server: MailServer, from: Mailbox, limits: Limits) -> Result<Self, DeliveryError> {
        let tls = match server.security {
            Security::Loopback => None,
            Security::StartTls | Security::Tls => {
                Some(TlsParameters::new(server.host.clone()).map_err(|error| DeliveryError::Tls(innermost(&error)))?)
            }
        };
        let (delayed, taken) = (AtomicBool::new(false), Mutex::default());
        Ok(Self(Arc::new(Inner { server, from, tls, limits, delayed, taken })))
    }

    /// Whether emails are currently delayed: the last attempt failed because of the server. As far as this process knows.
    pub fn is_delayed(&self) -> bool {
        self.0.delayed.load(Ordering::Relaxed)
    }

    /// Submits one email. `id` becomes its Message-ID, `at` its date.
    ///
    /// An email that the server took is not submitted a second time by this process, until [`Self::forget`] is called.
    ///
    /// # Errors
    /// Those of [`DeliveryError`] that are about a delivery.
    pub async fn deliver(
        &self,
        to: &EmailAddress,
        rendered: RenderedEmail,
        id: Uuid,
        at: OffsetDateTime,
    ) -> Result<(), DeliveryError> {
        if self.taken().contains(&id) {
            return Ok(());
        }
        let envelope = message::envelope(&self.0.from, to, rendered, id, at)?;
        let outcome = self.delayed_while_slow(self.submit(envelope)).await;
        match &outcome {
            Ok(()) => {
                self.0.delayed.store(false, Ordering::Relaxed);
                self.remember(id);
            }
            Err(DeliveryError::Server(_) | DeliveryError::Policy(_) | DeliveryError::Unconfirmed(_)) => {
                self.0.delayed.store(true, Ordering::Relaxed);
            }
            // The server works; its answer is about this email.
            Err(_) => {}
        }
        outcome
    }

    /// The email has left the queue: its id will not come back.
    pub fn forget(&self, id: Uuid) {
        self.taken().remove(&id);
    }

    fn remember(&self, id: Uuid) {
        let mut taken = self.taken();
        if taken.len() < MOST_TAKEN {
            taken.insert(id);
        }
    }

    fn taken(&self) -> MutexGuard<'_, HashSet<Uuid>> {
        self.0.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Pages say that emails are delayed as soon as one waits for the server, which may take minutes.
    async fn delayed_while_slow<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        if let Ok(done) = timeout(SLOW, &mut work).await {
            return done;
        }
        self.0.delayed.store(true, Ordering::Relaxed);
        work.await
    }

    /// Connects, authenticates, and asks whether we may send as `MAIL_FROM`. Sends no email. Takes at most ten seconds
    /// per step.
    ///
    /// # Errors
    /// What is wrong, and what to do about it.
    pub async fn check_up(&self) -> Result<(), ServerError> {
        let conversation = Conversation { inner: &self.0, limits: &Limits::CHECKUP };
        let outcome = async {
            let mut connection = conversation.open().await?;
            let outcome = conversation.mail(&mut connection).await;
            goodbye(&mut connection).await;
            outcome
        };
        match outcome.await {
            Ok(()) => Ok(()),
            Err(DeliveryError::Server(error) | DeliveryError::Policy(error)) => Err(error),
            Err(error) => Err(ServerError { problem: error.to_string(), next_step: "check SMTP_URL".to_owned() }),
        }
    }

    /// Host, port and kind of TLS, for the operator.
    pub fn description(&self) -> String {
        let MailServer { host, port, security, credentials } = &self.0.server;
        let security = match security {
            Security::Loopback => "without TLS",
            Security::StartTls => "with STARTTLS",
            Security::Tls => "with TLS",
        };
        let user = if credentials.is_some() { ", authenticated" } else { "" };
        format!("{host}:{port} {security}{user}")
    }

    async fn submit(&self, envelope: Envelope) -> Result<(), DeliveryError> {
        let conversation = Conversation { inner: &self.0, limits: &self.0.limits };
        let mut connection = conversation.open().await?;
        let outcome = conversation.send(&mut connection, envelope).await;
        goodbye(&mut connection).await;
        outcome
    }
}

/// The outcome is final; the server's goodbye does not matter.
async fn goodbye(connection: &mut AsyncSmtpConnection) {
    drop(timeout(GOODBYE, connection.abort()).await);
}

/// One connection, step by step.
struct Conversation<'a> {
    inner: &'a Inner,
    limits: &'a Limits,
}

impl Conversation<'_> {
    /// Up to the point at which emails are accepted.
    async fn open(&self) -> Result<AsyncSmtpConnection, DeliveryError> {
        let Inner { server, from, tls, .. } = self.inner;
        let hello = ClientId::Domain(from.email.domain().to_owned());
        let at_once = tls.clone().filter(|_| server.security == Security::Tls);
        let address = (server.host.as_str(), server.port);
        let connect = AsyncSmtpConnection::connect_tokio1(address, Some(self.limits.connect), &hello, at_once, None);
        let mut connection = self.step(Step::Connect, connect).await?;
        if let (Security::StartTls, Some(tls)) = (server.security, tls) {
            // An error if it is not offered: an attacker may have stripped the offer.
            self.step(Step::StartTls, connection.starttls(tls.clone(), &hello)).await?;
        }
        if let Some((user, password)) = &server.credentials {
            let credentials = Credentials::new(user.clone(), password.expose_secret().to_owned());
            self.step(Step::Auth, connection.auth(DEFAULT_MECHANISMS, &credentials)).await?;
        }
        Ok(connection)
    }

    async fn mail(&self, connection: &mut AsyncSmtpConnection) -> Result<(), DeliveryError> {
        let from = self.inner.from.email.clone();
        self.step(Step::Mail, connection.command(Mail::new(Some(from), Vec::new()))).await.map(drop)
    }

    async fn send(&self, connection: &mut AsyncSmtpConnection, envelope: Envelope) -> Result<(), DeliveryError> {
        let Envelope { to, message } = envelope;
        self.mail(connection).await?;
        self.step(Step::Rcpt, connection.command(Rcpt::new(to, Vec::new()))).await?;
        self.step(Step::Data, connection.command(Data)).await?;
        self.step(Step::Text, connection.message(&message)).await?;
        Ok(())
    }

    async fn step<T>(&self, step: Step, reply: impl Future<Output = Result<T, SmtpError>>) -> Result<T, DeliveryError> {
        let cause = match timeout(self.limits.of(step), reply).await {
            Ok(Ok(reply)) => return Ok(reply),
            Ok(Err(error)) => Cause::Smtp(error),
            Err(_) => Cause::TimedOut,
        };
        Err(DeliveryError::at(step, &cause, &self.inner.server))
    }
}
