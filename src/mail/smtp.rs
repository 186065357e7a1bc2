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
        commands::{Data, Mail, Rcpt, Rset},
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
/// Emails over one connection; mail servers close it after some.
const MAX_PER_CONNECTION: u32 = 20;
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
    /// Does not connect yet. The emails of one `Round` share connections; between rounds none is kept, since emails are rare
    /// and idle connections go stale.
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

    /// Begins a round.
    pub fn round(&self) -> Round {
        Round { transport: self.clone(), idle: Arc::default() }
    }

    /// Submits one email over a connection of its own.
    ///
    /// # Errors
    /// As `Round::deliver`.
    pub async fn deliver(
        &self,
        to: &EmailAddress,
        rendered: RenderedEmail,
        id: Uuid,
        at: OffsetDateTime,
    ) -> Result<(), DeliveryError> {
        let round = self.round();
        let outcome = round.deliver(to, rendered, id, at).await;
        round.end().await;
        outcome
    }

    async fn deliver_over(
        &self,
        idle: &Idle,
        to: &EmailAddress,
        rendered: RenderedEmail,
        id: Uuid,
        at: OffsetDateTime,
    ) -> Result<(), DeliveryError> {
        if self.taken().contains(&id) {
            return Ok(());
        }
        let envelope = message::envelope(&self.0.from, to, rendered, id, at)?;
        let outcome = self.delayed_while_slow(self.submit(idle, envelope)).await;
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

    async fn submit(&self, idle: &Idle, envelope: Envelope) -> Result<(), DeliveryError> {
        let conversation = Conversation { inner: &self.0, limits: &self.0.limits };
        let mut open = conversation.begin(idle).await?;
        let outcome = conversation.send(&mut open.connection, envelope).await;
        open.sent += 1;
        // A rejection of this email leaves a connection that other emails can use.
        open.is_half_way = matches!(outcome, Err(DeliveryError::Temporary(_) | DeliveryError::Permanent(_)));
        if (outcome.is_ok() || open.is_half_way) && open.sent < MAX_PER_CONNECTION {
            idle.keep(open);
        } else {
            goodbye(&mut open.connection).await;
        }
        outcome
    }
}

/// Deliveries that share connections: as many as run side by side, and each for several emails. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Round {
    transport: SmtpTransport,
    idle: Arc<Idle>,
}

impl Round {
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
        self.transport.deliver_over(&self.idle, to, rendered, id, at).await
    }

    /// The email has left the queue: its id will not come back.
    pub fn forget(&self, id: Uuid) {
        self.transport.forget(id);
    }

    /// Closes the connections.
    pub async fn end(self) {
        while let Some(mut open) = self.idle.take() {
            goodbye(&mut open.connection).await;
        }
    }
}

/// Connections between two emails of a round.
#[derive(Default)]
struct Idle(Mutex<Vec<Open>>);

struct Open {
    connection: AsyncSmtpConnection,
    /// Emails so far.
    sent: u32,
    /// Inside the transaction of an email that the server rejected: RSET comes before the next one (RFC 5321 §4.1.1.5).
    is_half_way: bool,
}

impl Idle {
    fn take(&self) -> Option<Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn keep(&self, open: Open) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(open);
    }
}

impl fmt::Debug for Idle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Idle")
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

    /// A connection on which the server has accepted MAIL: an idle one or, if there is none or the server has closed it, a new
    /// one.
    async fn begin(&self, idle: &Idle) -> Result<Open, DeliveryError> {
        if let Some(mut open) = idle.take() {
            match self.next_mail(&mut open).await {
                Ok(()) => return Ok(open),
                Err(_) => goodbye(&mut open.connection).await,
            }
        }
        let mut connection = self.open().await?;
        match self.mail(&mut connection).await {
            Ok(()) => Ok(Open { connection, sent: 0, is_half_way: false }),
            Err(error) => {
                goodbye(&mut connection).await;
                Err(error)
            }
        }
    }

    async fn next_mail(&self, open: &mut Open) -> Result<(), DeliveryError> {
        if open.is_half_way {
            self.step(Step::Mail, open.connection.command(Rset)).await?;
        }
        self.mail(&mut open.connection).await
    }

    async fn mail(&self, connection: &mut AsyncSmtpConnection) -> Result<(), DeliveryError> {
        let from = self.inner.from.email.clone();
        self.step(Step::Mail, connection.command(Mail::new(Some(from), Vec::new()))).await.map(drop)
    }

    async fn send(&self, connection: &mut AsyncSmtpConnection, envelope: Envelope) -> Result<(), DeliveryError> {
        let Envelope { to, message } = envelope;
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
