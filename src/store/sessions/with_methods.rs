//! A session, its user, and what the user signs in with, by one query: the dashboard is the page that is opened most.

use sqlx::FromRow;
use time::OffsetDateTime;

use crate::accounts::Identity;
use crate::store::engine::database::Database;
use crate::store::error::StoreError;
use crate::store::sessions::queries::active_session;
use crate::store::sessions::rows::{ActiveSession, ActiveSessionRow, session_columns};
use crate::store::users::identities::IdentityRow;
use crate::store::users::rows::user_columns;
use crate::store::users::sign_in_methods::MethodsOnRecord;

#[derive(FromRow)]
struct CountsRow {
    /// `None` in the only row of a user without identities.
    id: Option<String>,
    passwords: i64,
    passkeys: i64,
}

impl Database {
    /// As [`load_session`](Self::load_session), with what the user signs in with.
    ///
    /// # Errors
    /// [`StoreError`], which does not mean signed out.
    pub async fn load_session_with_methods(
        &self,
        id_hash: &str,
        now: OffsetDateTime,
    ) -> Result<Option<(ActiveSession, MethodsOnRecord)>, StoreError> {
        // A row for each identity.
        let rows = sqlx::query(active_session!(
            ", identities.id, identities.issuer, identities.subject, identities.provider AS identity_provider, \
             identities.email, identities.email_verified, identities.name, identities.linked_at, \
             identities.last_used_at, \
             (SELECT count(*) FROM passwords WHERE passwords.user_id = users.id) AS passwords, \
             (SELECT count(*) FROM passkeys WHERE passkeys.user_id = users.id) AS passkeys",
            " LEFT JOIN identities ON identities.user_id = users.id",
            "sessions.id_hash = $1"
        ))
        .bind(id_hash)
        .bind(now.unix_timestamp())
        .fetch_all(&self.pool)
        .await?;
        let Some(first) = rows.first() else { return Ok(None) };
        let active = ActiveSessionRow::from_row(first)?.try_into()?;
        let counts = CountsRow::from_row(first)?;
        let with_identity = if counts.id.is_some() { &rows[..] } else { &[] };
        let identity = |row| Identity::try_from(IdentityRow::from_row(row)?);
        let mut identities = with_identity.iter().map(identity).collect::<Result<Vec<_>, StoreError>>()?;
        identities.sort_unstable_by_key(|identity| identity.id);
        let passkeys = if self.has_passkeys() { usize::try_from(counts.passkeys).unwrap_or_default() } else { 0 };
        Ok(Some((active, MethodsOnRecord { identities, has_password: counts.passwords > 0, passkeys })))
    }
}
