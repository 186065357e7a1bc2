//! Empties the queue, and tries again what was not taken.

use std::{sync::Arc, time::Duration};

use time::OffsetDateTime;
use tokio::{sync::Notify, task::JoinSet};
use tokio_util::sync::CancellationToken;

use super::{DeliveryError, Site, SmtpTransport, link_lifetime, render};
use crate::{
    relying_party::Clock,
    store::{Database, GIVEN_UP_AFTER, QueuedEmail, StoreError, wait_after},
};

/// Between two looks into the queue, when nobody rings.
const PAUSE: Duration = Duration::from_secs(15);
/// Letters at a time, each on a connection of its own.
const AT_ONCE: u32 = 4;
/// How long a letter that was taken out of the queue is nobody else's: longer than a delivery and what is written after
/// it can take.
const LEASE: Duration = Duration::from_secs(60);
/// Delivers what is queued until `stop` is cancelled: whenever the bell rings (after a commit that queued something) and
/// every 15 seconds. Ends after the letters in hand.
///
/// Each letter is delivered at least once: one whose row could not be deleted afterwards, or whose delivery ended without
/// an answer, goes out again, with the same Message-ID.
pub async fn run_delivery(
    database: Arc<Database>,
    post: SmtpTransport,
    site: Arc<Site>,
    clock: Clock,
    mail_wake: Arc<Notify>,
    stop: CancellationToken,
) {
    loop {
        if let Err(error) = deliver_due(&database, &post, &site, &clock, &stop).await {
            tracing::warn!(%error, "the queue of letters could not be read or written; the next round tries again");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = mail_wake.notified() => {}
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

/// One round: delivers until nothing is due, or the mail server does not work. Then no letter of a long queue would fare
/// better, and a server that is coming up again is not to be asked for each of them.
///
/// # Errors
/// When the queue cannot be read or written. What was delivered stays delivered.
pub async fn deliver_due(
    database: &Arc<Database>,
    post: &SmtpTransport,
    site: &Arc<Site>,
    clock: &Clock,
    stop: &CancellationToken,
) -> Result<(), StoreError> {
    while !stop.is_cancelled() {
        let emails = database.take_due_emails(clock.date(), LEASE, AT_ONCE).await?;
        if emails.is_empty() {
            return Ok(());
        }
        let mut under_way = JoinSet::new();
        for message in emails {
            let (database, post, site, now) = (database.clone(), post.clone(), site.clone(), clock.date());
            under_way.spawn(async move { deliver(&database, &post, &site, &message, now).await });
        }
        let mut works = true;
        for outcome in under_way.join_all().await {
            works &= outcome?;
        }
        if !works {
            return Ok(());
        }
    }
    Ok(())
}

/// Delivers one letter and keeps the books. False when the mail server does not work.
async fn deliver(
    database: &Database,
    post: &SmtpTransport,
    site: &Site,
    queued: &QueuedEmail,
    now: OffsetDateTime,
) -> Result<bool, StoreError> {
    let QueuedEmail { id, message, created_at, .. } = queued;
    if now >= void_at(queued) {
        tracing::warn!(message = %id, domain = message.to.domain(), "a letter is given up: it was not delivered in time");
        database.email_failed(*id, None).await?;
        return Ok(true);
    }
    match post.deliver(&message.to, render(message, site), *id, *created_at).await {
        Ok(()) => {
            database.email_delivered(*id).await?;
            Ok(true)
        }
        Err(error @ (DeliveryError::Away(_) | DeliveryError::Temporary(_))) => {
            put_back(database, queued, now, &error).await?;
            Ok(!matches!(error, DeliveryError::Away(_)))
        }
        Err(error) => {
            tracing::warn!(message = %id, domain = message.to.domain(), "a letter is given up: {error}");
            database.email_failed(*id, None).await?;
            Ok(true)
        }
    }
}

async fn put_back(
    database: &Database,
    queued: &QueuedEmail,
    now: OffsetDateTime,
    error: &DeliveryError,
) -> Result<(), StoreError> {
    let QueuedEmail { id, message, attempts, .. } = queued;
    let again_at = now + wait_after(*attempts);
    let again_at = (again_at < void_at(queued)).then_some(again_at);
    match again_at {
        Some(_) => tracing::info!(message = %id, attempts = attempts + 1, "a letter has to wait: {error}"),
        None => tracing::warn!(message = %id, domain = message.to.domain(), "a letter is given up: {error}"),
    }
    database.email_failed(*id, again_at).await
}

/// From when on the letter is of no use: its link is void, or it is too old. Nobody is sent a link that fails.
fn void_at(queued: &QueuedEmail) -> OffsetDateTime {
    let lifetime =
        link_lifetime(&queued.message.matter).map_or(GIVEN_UP_AFTER, |lifetime| lifetime.min(GIVEN_UP_AFTER));
    queued.created_at + lifetime
}
