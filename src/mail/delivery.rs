//! The delivery worker: sends what is queued, and retries what was not accepted.

use std::{convert::Infallible, sync::Arc, time::Duration};

use time::OffsetDateTime;
use tokio::{sync::Notify, task::JoinSet};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{DeliveryError, ServerError, Site, SmtpTransport, link_lifetime, render, smtp::Round};
use crate::{
    relying_party::Clock,
    store::{Database, GIVEN_UP_AFTER, QueuedEmail, StoreError, wait_after},
};

/// Between two rounds, when no commit wakes the worker.
const PAUSE: Duration = Duration::from_secs(15);
/// Emails at a time, each over a connection of its own that the next ones use, too.
const AT_ONCE: u32 = 4;
/// How long a claimed email is reserved for this worker, which renews the lease while the mail server takes its time.
const LEASE: Duration = Duration::from_secs(60);
const RENEW_LEASE: Duration = Duration::from_secs(20);
/// Attempts after which an email is given up that the server has and does not confirm: its recipient has it already, or
/// will never get it.
const UNCONFIRMED_ATTEMPTS: u32 = 3;

/// Delivers what is queued until `stop` is cancelled: when `mail_wake` is notified (after a commit that queued something)
/// and every 15 seconds. Emails in progress are finished first.
///
/// An email that the server took is not sent again by this process, even while its row cannot be deleted. If the server's
/// answer was lost, or the process dies before it comes, the email is sent again with the same Message-ID, twice at most.
pub async fn run_delivery(
    database: Arc<Database>,
    transport: SmtpTransport,
    site: Arc<Site>,
    clock: Clock,
    mail_wake: Arc<Notify>,
    stop: CancellationToken,
) {
    loop {
        if let Err(error) = deliver_due(&database, &transport, &site, &clock, &stop).await {
            tracing::warn!(%error, "cannot read or write the email queue; retrying in the next round");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = mail_wake.notified() => {}
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

/// One round: delivers until nothing is due, or until the mail server fails or takes none of those sent at once. No other
/// email would succeed then, and a server that is recovering should not be tried once for each.
///
/// # Errors
/// If the queue cannot be read or written. What was delivered stays delivered.
pub async fn deliver_due(
    database: &Arc<Database>,
    transport: &SmtpTransport,
    site: &Arc<Site>,
    clock: &Clock,
    stop: &CancellationToken,
) -> Result<(), StoreError> {
    let round = transport.round();
    let outcome = drain(database, &round, site, clock, stop).await;
    round.end().await;
    outcome
}

async fn drain(
    database: &Arc<Database>,
    round: &Round,
    site: &Arc<Site>,
    clock: &Clock,
    stop: &CancellationToken,
) -> Result<(), StoreError> {
    while !stop.is_cancelled() {
        let emails = database.take_due_emails(clock.date(), LEASE, AT_ONCE).await?;
        if emails.is_empty() {
            return Ok(());
        }
        let mut deliveries = JoinSet::new();
        for message in emails {
            let (database, round, site, clock) = (database.clone(), round.clone(), site.clone(), clock.clone());
            deliveries.spawn(async move { deliver(&database, &round, &site, &message, &clock).await });
        }
        let mut outcomes = Vec::new();
        for outcome in deliveries.join_all().await {
            outcomes.push(outcome?);
        }
        if let Some(error) = end_of_round(&outcomes) {
            tracing::warn!("emails are delayed: {error}");
            return Ok(());
        }
    }
    Ok(())
}

/// What one delivery says about the others.
#[derive(Debug)]
enum Outcome {
    /// The server took the email.
    Taken,
    /// Nothing: the email had its own reason to wait or to be given up.
    Other,
    Rejected(ServerError),
    Unavailable(ServerError),
}

/// The reason to end the round. A server that rejects one email by its policy and takes another works: one recipient whose
/// server names a policy must not delay the emails of others.
fn end_of_round(outcomes: &[Outcome]) -> Option<&ServerError> {
    let unavailable = outcomes.iter().find_map(|outcome| match outcome {
        Outcome::Unavailable(error) => Some(error),
        _ => None,
    });
    let rejected = outcomes.iter().find_map(|outcome| match outcome {
        Outcome::Rejected(error) => Some(error),
        _ => None,
    });
    let takes_some = outcomes.iter().any(|outcome| matches!(outcome, Outcome::Taken));
    unavailable.or(rejected.filter(|_| !takes_some))
}

/// Delivers one email and updates its row.
async fn deliver(
    database: &Database,
    round: &Round,
    site: &Site,
    queued: &QueuedEmail,
    clock: &Clock,
) -> Result<Outcome, StoreError> {
    let QueuedEmail { id, message, created_at, .. } = queued;
    if clock.date() >= useless_at(queued) {
        give_up(database, queued, "it was not delivered in time").await?;
        return Ok(Outcome::Other);
    }
    let delivery = round.deliver(&message.to, render(message, site), *id, *created_at);
    let outcome = tokio::select! {
        outcome = delivery => outcome,
        never = renew_lease(database, *id, clock) => match never {},
    };
    let Err(error) = outcome else {
        database.email_delivered(*id).await?;
        round.forget(*id);
        return Ok(Outcome::Taken);
    };
    match error {
        DeliveryError::Server(error) => {
            retry_later(database, queued, clock, &error.to_string()).await?;
            Ok(Outcome::Unavailable(error))
        }
        DeliveryError::Policy(error) => {
            retry_later(database, queued, clock, &error.to_string()).await?;
            Ok(Outcome::Rejected(error))
        }
        DeliveryError::Unconfirmed(_) if queued.attempts + 1 < UNCONFIRMED_ATTEMPTS => {
            retry_later(database, queued, clock, &error.to_string()).await.map(|()| Outcome::Other)
        }
        DeliveryError::Temporary(_) => {
            retry_later(database, queued, clock, &error.to_string()).await.map(|()| Outcome::Other)
        }
        _ => give_up(database, queued, &error.to_string()).await.map(|()| Outcome::Other),
    }
}

/// Keeps the email reserved while its delivery lasts.
async fn renew_lease(database: &Database, id: Uuid, clock: &Clock) -> Infallible {
    loop {
        tokio::time::sleep(RENEW_LEASE).await;
        if let Err(error) = database.renew_email_lease(id, clock.date() + LEASE).await {
            tracing::warn!(email = %id, %error, "cannot renew the lease of an email");
        }
    }
}

async fn retry_later(database: &Database, queued: &QueuedEmail, clock: &Clock, reason: &str) -> Result<(), StoreError> {
    let QueuedEmail { id, attempts, .. } = queued;
    let again_at = clock.date() + wait_after(*attempts);
    if again_at >= useless_at(queued) {
        return give_up(database, queued, reason).await;
    }
    tracing::info!(email = %id, attempts = attempts + 1, "email deferred: {reason}");
    database.email_failed(*id, Some(again_at)).await
}

async fn give_up(database: &Database, queued: &QueuedEmail, reason: &str) -> Result<(), StoreError> {
    tracing::warn!(email = %queued.id, domain = queued.message.to.domain(), "giving up on an email: {reason}");
    database.email_failed(queued.id, None).await
}

/// When the email stops being useful: its link has expired, or it is too old. An expired link is never sent.
fn useless_at(queued: &QueuedEmail) -> OffsetDateTime {
    let lifetime = link_lifetime(&queued.message.kind).map_or(GIVEN_UP_AFTER, |lifetime| lifetime.min(GIVEN_UP_AFTER));
    queued.created_at + lifetime
}
