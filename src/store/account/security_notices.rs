//! Emails that warn a user, and the table `security_notices`, which bounds them: one of each kind a day.

use time::{Duration, OffsetDateTime};

use crate::accounts::{AuditEvent, EmailKind, LinkKind, SecurityNotice, UserId, describe_device};
use crate::store::audit::context::AuditContext;
use crate::store::audit::events::note;
use crate::store::email::links::{AnnouncedSignIn, LinkData, NewLink, make_link};
use crate::store::email::message::queue_to_user;
use crate::store::engine::connection::Connection;
use crate::store::engine::write::Write;
use crate::store::error::StoreError;
use crate::store::ids::first_at;
use crate::store::sessions::rows::NewSession;
use crate::store::users::queries::user;

/// An email of a kind is sent once in this time, and failed tries are counted for as long.
const PERIOD: Duration = Duration::DAY;
/// So many failed tries are worth an email: more than a user needs who has forgotten which password it was.
const MANY_TRIES: i64 = 10;

/// Announces a sign-in in a new browser. False if the user had such an email within a day; true also if there is no address
/// to send it to.
pub(in crate::store) async fn announce_new_device(
    write: &mut Write<'_>,
    new: &NewSession,
    session: &str,
    browser: &str,
) -> Result<bool, StoreError> {
    let (sealer, now) = (write.sealer(), new.created_at);
    let Some(user) = user(write.connection(), new.user).await? else { return Ok(true) };
    let Some(email) = &user.verified_email else { return Ok(true) };
    if !is_due(write.connection(), user.id, SecurityNotice::NewDevice, now).await? {
        return Ok(false);
    }
    let audit = AuditContext { client: new.client.clone(), now };
    let failed = failed_tries(write.connection(), user.id, now).await?;
    let sign_in = AnnouncedSignIn {
        session: session.to_owned(),
        browser: browser.to_owned(),
        device: describe_device(new.client.user_agent.as_deref()),
        ip: new.client.ip,
    };
    let data = &LinkData { sign_in: Some(sign_in), ..LinkData::default() };
    let link = NewLink { kind: Some(LinkKind::NotMe), user: Some(user.id), email: email.email(), password: None, data };
    let not_me = make_link(write.connection(), &link, now).await?;
    let kind = EmailKind::NewDevice { failed, not_me };
    queue_to_user(write.connection(), sealer, &user, kind, &audit).await?;
    note(write.connection(), &audit, Some(user.id), &AuditEvent::Warned(SecurityNotice::NewDevice)).await?;
    Ok(true)
}

/// Records a failed try to sign in or to confirm, and warns the user of many.
pub(in crate::store) async fn note_failed_try(
    write: &mut Write<'_>,
    audit: &AuditContext,
    id: UserId,
    event: &AuditEvent,
) -> Result<(), StoreError> {
    note(write.connection(), audit, Some(id), event).await?;
    let failed = failed_tries(write.connection(), id, audit.now).await?;
    if i64::from(failed) < MANY_TRIES {
        return Ok(());
    }
    let sealer = write.sealer();
    let Some(user) = user(write.connection(), id).await?.filter(|user| user.verified_email.is_some()) else {
        return Ok(());
    };
    if !is_due(write.connection(), id, SecurityNotice::FailedTries, audit.now).await? {
        return Ok(());
    }
    queue_to_user(write.connection(), sealer, &user, EmailKind::FailedTries { failed }, audit).await?;
    note(write.connection(), audit, Some(id), &AuditEvent::Warned(SecurityNotice::FailedTries)).await
}

/// Whether an email of this kind may be sent now, which counts as sent: of two requests, one gets true.
async fn is_due(
    connection: &mut Connection,
    user: UserId,
    notice: SecurityNotice,
    now: OffsetDateTime,
) -> Result<bool, StoreError> {
    let taken = sqlx::query(
        "INSERT INTO security_notices (user_id, kind, sent_at) VALUES ($1, $2, $3) \
         ON CONFLICT (user_id, kind) DO UPDATE SET sent_at = excluded.sent_at WHERE security_notices.sent_at <= $4",
    )
    .bind(user.to_string())
    .bind(notice.code())
    .bind(now.unix_timestamp())
    .bind((now - PERIOD).unix_timestamp())
    .execute(connection)
    .await?;
    Ok(taken.rows_affected() == 1)
}

/// Wrong passwords and codes within the last day, as the audit trail counts them.
async fn failed_tries(connection: &mut Connection, user: UserId, now: OffsetDateTime) -> Result<u32, StoreError> {
    let (times,): (i64,) = sqlx::query_as(
        "SELECT CAST(COALESCE(SUM(times), 0) AS BIGINT) FROM events WHERE user_id = $1 AND id >= $2 AND last_at > $3 \
         AND ((kind = 'sign_in' AND outcome IN ('wrong_password', 'wrong_code')) \
         OR (kind = 'reauthenticate' AND outcome = 'wrong_code') \
         OR (kind IN ('second_factor', 'passkey') AND outcome = 'refused'))",
    )
    .bind(user.to_string())
    // A row is of a day, so it begins one before the period at most.
    .bind(first_at(now - PERIOD - Duration::DAY))
    .bind((now - PERIOD).unix_timestamp())
    .fetch_one(connection)
    .await?;
    Ok(u32::try_from(times).unwrap_or(u32::MAX))
}
