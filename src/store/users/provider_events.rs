//! What a provider reports about a user takes effect.

use time::OffsetDateTime;

use crate::accounts::{
    AuditEvent, ClientInfo, DataDeletion, EmailKind, EndedSessions, GrantEnd, Identity, IdentityKey,
    ProviderEventEffects, SessionEnd, User, UserId, VerificationMethod, VerifiedEmail,
};
use crate::inspect::{self, Change, Step};
use crate::oidc::SecurityEventKind;
use crate::sealing::sha256_base64url;
use crate::store::audit::context::AuditContext;
use crate::store::audit::events::note;
use crate::store::email::message::queue_to_user;
use crate::store::engine::database::Database;
use crate::store::engine::write::Write;
use crate::store::error::StoreError;
use crate::store::grants::end::{Confirmation, end, take_tokens};
use crate::store::grants::types::GrantEndReason;
use crate::store::linking::gather::lock_name;
use crate::store::sessions::end::end_sessions_of;
use crate::store::sessions::ended::{note_ends_of_identity, note_ends_of_provider_session};
use crate::store::sessions::queries::provider_session_hash;
use crate::store::users::data_deletion::{delete_provider_data, note_data_deletion};
use crate::store::users::identities::{identities_of, known_identity, unlink};
use crate::store::users::queries::adopt_email;
use crate::store::users::sign_in_methods::has_one_sign_in_method;

/// A verified message of a provider.
#[derive(Clone, Debug)]
pub struct ProviderEvent<'a> {
    /// The provider's slug.
    pub provider: &'a str,
    /// Unique at the provider.
    pub id: &'a str,
    /// Until when the provider could send it again.
    pub replayable_until: OffsetDateTime,
    pub kinds: &'a [SecurityEventKind],
    /// Whom it is about.
    pub identity: Option<&'a IdentityKey>,
    /// The provider's session (`sid`).
    pub session: Option<&'a str>,
    /// Of a request to delete data, by which the provider's user finds out what became of it.
    pub confirmation_code: Option<&'a str>,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProviderEventOutcome {
    Done,
    /// It came before. Nothing was done again.
    Replayed,
    /// No user here has this account, or it names none.
    NoUser,
}

impl Database {
    /// Carries out a message once, in one transaction: the sessions and grants that end, and what else it means
    /// ([`ProviderEventEffects`]). A message that failed can be sent again.
    ///
    /// # Errors
    /// [`StoreError`]: nothing has changed then.
    pub async fn carry_out_provider_event(
        &self,
        event: &ProviderEvent<'_>,
        audit: &AuditContext,
    ) -> Result<ProviderEventOutcome, StoreError> {
        self.retried(|| self.carry_out_provider_event_once(event, audit)).await
    }

    async fn carry_out_provider_event_once(
        &self,
        event: &ProviderEvent<'_>,
        audit: &AuditContext,
    ) -> Result<ProviderEventOutcome, StoreError> {
        let mut write = self.write().await?;
        if !remember(&mut write, event).await? {
            return Ok(ProviderEventOutcome::Replayed);
        }
        let mut outcome = ProviderEventOutcome::NoUser;
        let mut deletion = DataDeletion::NothingHeld;
        for kind in event.kinds.iter().copied().filter(|kind| ProviderEventEffects::is_recorded(*kind)) {
            // For each: an earlier one may have unlinked the identity.
            if let Some((user, identity)) = user_of(&mut write, event).await? {
                deletion =
                    self.take_effect(&mut write, kind, event, (&user, &identity), audit).await?.unwrap_or(deletion);
                outcome = ProviderEventOutcome::Done;
            } else if let Some(user) = end_named_session(&mut write, kind, event, audit.now).await? {
                note(write.connection(), audit, Some(user), &noted(kind, event)).await?;
                outcome = ProviderEventOutcome::Done;
            }
        }
        if let Some(code) = event.confirmation_code {
            note_data_deletion(write.connection(), code, event.provider, deletion, audit.now).await?;
        }
        write.commit().await?;
        Ok(outcome)
    }

    /// Returns what a request to delete data came to.
    async fn take_effect(
        &self,
        write: &mut Write<'_>,
        kind: SecurityEventKind,
        event: &ProviderEvent<'_>,
        (user, identity): (&User, &Identity),
        audit: &AuditContext,
    ) -> Result<Option<DataDeletion>, StoreError> {
        let effects = ProviderEventEffects::of(kind);
        // The provider's server is no device of theirs.
        let no_request = AuditContext { client: ClientInfo::default(), now: audit.now };
        match effects.sessions {
            EndedSessions::None => {}
            EndedSessions::OfIdentity if event.session.is_some() && kind == SecurityEventKind::Logout => {
                end_named_session(write, kind, event, audit.now).await?;
            }
            EndedSessions::OfIdentity => end_sessions_of_identity(write, user.id, identity, audit.now).await?,
            EndedSessions::OfUser => {
                end_sessions_of(write, user.id, None, SessionEnd::EndedByProvider, audit.now).await?;
            }
        }
        if effects.ends_grant && take_tokens(write, identity, None).await?.is_some() {
            end(write, identity.id, GrantEndReason::Revoked.code(), Confirmation::Received, audit.now).await?;
            let ended = AuditEvent::GrantEnded { provider: identity.provider.clone(), end: GrantEnd::Revoked };
            note(write.connection(), audit, Some(user.id), &ended).await?;
        }
        if effects.doubts_email
            && let Some(own) = user.verified_email.as_ref().filter(|own| Some(own.email()) == identity.email.as_ref())
        {
            let claimed = VerifiedEmail::on_record(own.email().clone(), VerificationMethod::ProviderClaim);
            adopt_email(write.connection(), user.id, &claimed).await?;
        }
        if effects.unlinks && !has_one_sign_in_method(write, user.id).await? {
            unlink(write, identity, audit.now).await?;
            let unlinked = AuditEvent::Unlinked { provider: identity.provider.clone() };
            note(write.connection(), audit, Some(user.id), &unlinked).await?;
        }
        if effects.warns {
            let kind = EmailKind::AccountAtRisk { provider: identity.provider.clone() };
            queue_to_user(write.connection(), &self.sealer, user, kind, &no_request).await?;
        }
        let deletion = match effects.erases {
            true => Some(delete_provider_data(write, user, identity, &no_request).await?),
            false => None,
        };
        // The events of a deleted account are deleted: this one names nobody then.
        let named = (deletion != Some(DataDeletion::AccountDeleted)).then_some(user.id);
        note(write.connection(), audit, named, &noted(kind, event)).await?;
        Ok(deletion)
    }
}

fn noted(kind: SecurityEventKind, event: &ProviderEvent<'_>) -> AuditEvent {
    AuditEvent::ProviderReported { provider: event.provider.to_owned(), kind }
}

/// False if the message came before. The row is swept when it could not be sent any more: only a provider's signature makes one.
async fn remember(write: &mut Write<'_>, event: &ProviderEvent<'_>) -> Result<bool, StoreError> {
    let marked =
        sqlx::query("INSERT INTO used_flows (id_hash, expires_at) VALUES ($1, $2) ON CONFLICT (id_hash) DO NOTHING")
            .bind(sha256_base64url(format!("event {} {}", event.provider, event.id)))
            .bind(event.replayable_until.unix_timestamp())
            .execute(write.connection())
            .await?;
    let is_first = marked.rows_affected() == 1;
    inspect::record(|_| Step::row("used_flows", if is_first { Change::Inserted } else { Change::Read }));
    Ok(is_first)
}

/// Under locks on the identity and then the user, in the order of every other transaction.
async fn user_of(write: &mut Write<'_>, event: &ProviderEvent<'_>) -> Result<Option<(User, Identity)>, StoreError> {
    let Some(key) = event.identity else { return Ok(None) };
    write.lock(&[lock_name(key)]).await?;
    let Some(known) = known_identity(write.connection(), key).await? else { return Ok(None) };
    write.lock(&[format!("user {}", known.user.id)]).await?;
    let identities = identities_of(write.connection(), known.user.id).await?;
    Ok(identities.into_iter().find(|identity| identity.id == known.id).map(|identity| (known.user, identity)))
}

/// Ends the sessions that the provider opened in its session. Returns their user.
async fn end_named_session(
    write: &mut Write<'_>,
    kind: SecurityEventKind,
    event: &ProviderEvent<'_>,
    now: OffsetDateTime,
) -> Result<Option<UserId>, StoreError> {
    let Some(sid) = event.session.filter(|_| kind == SecurityEventKind::Logout) else { return Ok(None) };
    let hash = provider_session_hash(event.provider, sid);
    let owner: Option<(String,)> = sqlx::query_as("SELECT user_id FROM sessions WHERE provider_session = $1 LIMIT 1")
        .bind(&hash)
        .fetch_optional(write.connection())
        .await?;
    let Some((owner,)) = owner else { return Ok(None) };
    let user = UserId::parse(&owner)?;
    note_ends_of_provider_session(write.connection(), user, &hash, SessionEnd::EndedByProvider, now).await?;
    delete(write, "DELETE FROM sessions WHERE user_id = $1 AND provider_session = $2 RETURNING id", user, &hash)
        .await?;
    Ok(Some(user))
}

async fn end_sessions_of_identity(
    write: &mut Write<'_>,
    user: UserId,
    identity: &Identity,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let id = identity.id.to_string();
    note_ends_of_identity(write.connection(), user, &id, SessionEnd::EndedByProvider, now).await?;
    delete(write, "DELETE FROM sessions WHERE user_id = $1 AND identity_id = $2 RETURNING id", user, &id).await
}

/// Deletes sessions of a user. `statement` has the user as its `$1` and `value` as its `$2`, and returns their ids.
async fn delete(write: &mut Write<'_>, statement: &'static str, user: UserId, value: &str) -> Result<(), StoreError> {
    let ended: Vec<(String,)> =
        sqlx::query_as(statement).bind(user.to_string()).bind(value).fetch_all(write.connection()).await?;
    for (id,) in &ended {
        write.revocation_cache().session(id);
        inspect::record(|_| Step::row("sessions", Change::Deleted));
    }
    Ok(())
}
