//! The delivery worker: sends what is queued, and retries what was not accepted.

use std::{sync::Arc, time::Duration};

use time::OffsetDateTime;
use tokio::{sync::Notify, task::JoinSet};
use tokio_util::sync::CancellationToken;

use super::{DeliveryError, Site, SmtpTransport, link_lifetime, render};
use crate::{
    relying_party::Clock,
    store::{Database, GIVEN_UP_AFTER, QueuedEmail, StoreError, wait_after},
};

/// Between two rounds, when no commit wakes the worker.
const PAUSE: Duration = Duration::from_secs(15);
/// Emails at a time, each on its own connection.
const AT_ONCE: u32 = 4;
/// How long a claimed email is reserved for this worker: longer than a delivery and the writes after it can take.
const LEASE: Duration = Duration::from_secs(60);

/// Delivers what is queued until `stop` is cancelled: when `mail_wake` is notified (after a commit that queued something)
/// and every 15 seconds. Emails in progress are finished first.
///
/// Each email is delivered at least once: if its row could not be deleted afterwards, or the server's answer was lost, it
/// is sent again with the same Message-ID.
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

/// One round: delivers until nothing is due, or until the mail server fails. No other email would succeed then, and a
/// server that is recovering should not be tried once for each.
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
    while !stop.is_cancelled() {
        let emails = database.take_due_emails(clock.date(), LEASE, AT_ONCE).await?;
        if emails.is_empty() {
            return Ok(());
        }
        let mut deliveries = JoinSet::new();
        for message in emails {
            let (database, transport, site, now) = (database.clone(), transport.clone(), site.clone(), clock.date());
            deliveries.spawn(async move { deliver(&database, &transport, &site, &message, now).await });
        }
        let mut available = true;
        for outcome in deliveries.join_all().await {
            available &= outcome?;
        }
        if !available {
            return Ok(());
        }
    }
    Ok(())
}

/// Delivers one email and updates its row. False if the mail server is unavailable.
async fn deliver(
    database: &Database,
    transport: &SmtpTransport,
    site: &Site,
    queued: &QueuedEmail,
    now: OffsetDateTime,
) -> Result<bool, StoreError> {
    let QueuedEmail { id, message, created_at, .. } = queued;
    if now >= useless_at(queued) {
        tracing::warn!(message = %id, domain = message.to.domain(), "giving up on an email: it was not delivered in time");
        database.email_failed(*id, None).await?;
        return Ok(true);
    }
    match transport.deliver(&message.to, render(message, site), *id, *created_at).await {
        Ok(()) => {
            database.email_delivered(*id).await?;
            Ok(true)
        }
        Err(error @ (DeliveryError::Unreachable(_) | DeliveryError::Temporary(_))) => {
            retry_later(database, queued, now, &error).await?;
            Ok(!matches!(error, DeliveryError::Unreachable(_)))
        }
        Err(error) => {
            tracing::warn!(message = %id, domain = message.to.domain(), "giving up on an email: {error}");
            database.email_failed(*id, None).await?;
            Ok(true)
        }
    }
}

async fn retry_later(
    database: &Database,
    queued: &QueuedEmail,
    now: OffsetDateTime,
    error: &DeliveryError,
) -> Result<(), StoreError> {
    let QueuedEmail { id, message, attempts, .. } = queued;
    let again_at = now + wait_after(*attempts);
    let again_at = (again_at < useless_at(queued)).then_some(again_at);
    match again_at {
        Some(_) => tracing::info!(message = %id, attempts = attempts + 1, "email deferred: {error}"),
        None => tracing::warn!(message = %id, domain = message.to.domain(), "giving up on an email: {error}"),
    }
    database.email_failed(*id, again_at).await
}

/// When the email stops being useful: its link has expired, or it is too old. An expired link is never sent.
fn useless_at(queued: &QueuedEmail) -> OffsetDateTime {
    let lifetime = link_lifetime(&queued.message.kind).map_or(GIVEN_UP_AFTER, |lifetime| lifetime.min(GIVEN_UP_AFTER));
    queued.created_at + lifetime
}
