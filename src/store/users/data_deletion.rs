//! A provider's user asks there to have their data here deleted.

use time::OffsetDateTime;

use crate::accounts::{AuditEvent, DataDeletion, EmailAddress, EmailKind, Identity, User};
use crate::sealing::sha256_hex;
use crate::store::audit::context::AuditContext;
use crate::store::audit::events::note;
use crate::store::email::message::queue_to_user;
use crate::store::engine::connection::Connection;
use crate::store::engine::database::Database;
use crate::store::engine::write::Write;
use crate::store::error::StoreError;
use crate::store::users::delete::erase;
use crate::store::users::identities::unlink;
use crate::store::users::rows::time;
use crate::store::users::sign_in_methods::has_one_sign_in_method;

/// Characters of a confirmation code: 128 bits.
const CODE_LENGTH: usize = 32;

/// A request, for its page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataDeletionRequest {
    /// The provider's slug.
    pub provider: String,
    pub outcome: DataDeletion,
    pub requested_at: OffsetDateTime,
}

/// The code by which the provider's user finds the page. The same message always has the same one, so that its sender can
/// repeat it. `event` contains the provider's MAC: nobody else can know it.
pub fn confirmation_code(event: &str) -> String {
    sha256_hex(format!("confirmation {event}"))[..CODE_LENGTH].to_owned()
}

impl Database {
    /// What became of the request with this confirmation code.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn data_deletion(&self, code: &str) -> Result<Option<DataDeletionRequest>, StoreError> {
        if code.len() != CODE_LENGTH || !code.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(None);
        }
        let row: Option<(String, String, i64)> =
            sqlx::query_as("SELECT provider, outcome, requested_at FROM data_deletions WHERE code = $1")
                .bind(code.to_ascii_lowercase())
                .fetch_optional(&self.pool)
                .await?;
        let Some((provider, outcome, requested_at)) = row else { return Ok(None) };
        let outcome =
            DataDeletion::from_code(&outcome).ok_or_else(|| StoreError::Corrupt("data_deletions.outcome".into()))?;
        Ok(Some(DataDeletionRequest { provider, outcome, requested_at: time(requested_at)? }))
    }
}

/// Keeps what became of a request. Of a repeated message, the first outcome stays.
pub(in crate::store) async fn note_data_deletion(
    connection: &mut Connection,
    code: &str,
    provider: &str,
    outcome: DataDeletion,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO data_deletions (code, provider, outcome, requested_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (code) DO NOTHING",
    )
    .bind(code)
    .bind(provider)
    .bind(outcome.code())
    .bind(now.unix_timestamp())
    .execute(connection)
    .await?;
    Ok(())
}

/// Deletes what came from a provider: the identity with its grant, the name and picture that it gave, and an address that only
/// it claimed. With the last sign-in method goes the account. `audit` has no request: the provider's server is not the user's
/// device.
pub(in crate::store) async fn delete_provider_data(
    write: &mut Write<'_>,
    user: &User,
    identity: &Identity,
    audit: &AuditContext,
) -> Result<DataDeletion, StoreError> {
    if user.disabled_at.is_some() {
        return Ok(DataDeletion::Withheld);
    }
    let with_account = has_one_sign_in_method(write, user.id).await?;
    let kind = EmailKind::DataDeleted { provider: identity.provider.clone(), with_account };
    if with_account {
        erase(write, user, kind, audit).await?;
        return Ok(DataDeletion::AccountDeleted);
    }
    unlink(write, identity, audit.now).await?;
    forget_profile(write.connection(), identity).await?;
    let sealer = write.sealer();
    queue_to_user(write.connection(), sealer, user, kind, audit).await?;
    let unlinked = AuditEvent::Unlinked { provider: identity.provider.clone() };
    note(write.connection(), audit, Some(user.id), &unlinked).await?;
    Ok(DataDeletion::ProviderDataDeleted)
}

/// What another of the user's identities gave stays: a second account at the provider, or the same address elsewhere.
async fn forget_profile(connection: &mut Connection, identity: &Identity) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE users SET name = CASE WHEN name_from = $2 THEN NULL ELSE name END, \
         picture = CASE WHEN picture_from = $2 THEN NULL ELSE picture END, \
         name_from = CASE WHEN name_from = $2 THEN NULL ELSE name_from END, \
         picture_from = CASE WHEN picture_from = $2 THEN NULL ELSE picture_from END \
         WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM identities WHERE user_id = $1 AND provider = $2)",
    )
    .bind(identity.user.to_string())
    .bind(&identity.provider)
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "UPDATE users SET claimed_email = NULL WHERE id = $1 AND claimed_email = $2 \
         AND NOT EXISTS (SELECT 1 FROM identities WHERE user_id = $1 AND email = $2)",
    )
    .bind(identity.user.to_string())
    .bind(identity.email.as_ref().map(EmailAddress::as_str))
    .execute(connection)
    .await?;
    Ok(())
}
