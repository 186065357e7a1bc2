//! A session, its user, and what the user signs in with, by one query: the dashboard is the page that is opened most.

use time::OffsetDateTime;

use crate::accounts::Identity;
use crate::store::engine::database::Database;
use crate::store::engine::read::Columns;
use crate::store::error::StoreError;
use crate::store::sessions::queries::active_session;
use crate::store::sessions::rows::{ActiveSession, ActiveSessionRow, session_columns};
use crate::store::users::identities::IdentityRow;
use crate::store::users::rows::user_columns;
use crate::store::users::sign_in_methods::MethodsOnRecord;

/// A row for each identity, or one without.
struct Row {
    identity: Option<Identity>,
    /// In the first row alone: the session, and the numbers of passwords and passkeys.
    first: Option<(ActiveSession, i64, i64)>,
}

impl Row {
    fn read(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        let identity = match columns.next::<Option<String>>()? {
            Some(id) => Some(IdentityRow::read(id, columns)?.try_into()?),
            None => {
                columns.skip(OF_IDENTITY - 1);
                None
            }
        };
        if !columns.is_of_first_row() {
            return Ok(Self { identity, first: None });
        }
        let (passwords, passkeys) = (columns.next()?, columns.next()?);
        let active = ActiveSessionRow::read(columns)?.try_into()?;
        Ok(Self { identity, first: Some((active, passwords, passkeys)) })
    }
}

/// Columns of an identity.
const OF_IDENTITY: usize = 10;

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
        let sql = active_session!(
            "identities.id, identities.user_id, identities.issuer, identities.subject, \
             identities.provider AS identity_provider, identities.email, identities.email_verified, identities.name, \
             identities.linked_at, identities.last_used_at, \
             (SELECT count(*) FROM passwords WHERE passwords.user_id = users.id) AS passwords, \
             (SELECT count(*) FROM passkeys WHERE passkeys.user_id = users.id) AS passkeys, ",
            " LEFT JOIN identities ON identities.user_id = users.id",
            "sessions.id_hash = $1"
        );
        let mut identities = Vec::new();
        let mut of_session = None;
        for Row { identity, first } in self.pool.read(sql, (id_hash, now.unix_timestamp()), Row::read).await? {
            identities.extend(identity);
            of_session = of_session.or(first);
        }
        let Some((active, passwords, passkeys)) = of_session else { return Ok(None) };
        identities.sort_unstable_by_key(|identity| identity.id);
        let passkeys = if self.has_passkeys() { usize::try_from(passkeys).unwrap_or_default() } else { 0 };
        Ok(Some((active, MethodsOnRecord { identities, has_password: passwords > 0, passkeys })))
    }
}
