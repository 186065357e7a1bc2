//! A signed-in user removes a sign-in method.

use crate::accounts::{AuditEvent, EmailKind, IdentityId, RevokedAccess, SessionEnd, UserId};
use crate::store::account::announce::account_of;
use crate::store::account::change::{Begun, ChangeError};
use crate::store::audit::context::AuditContext;
use crate::store::audit::events::note;
use crate::store::email::message::queue_to_user;
use crate::store::engine::database::Database;
use crate::store::sessions::rows::SessionVersion;
use crate::store::users::identities::{identities_of, unlink};
use crate::store::users::sign_in_methods::has_one_sign_in_method;

impl Database {
    /// Unlinks an identity, but never the last sign-in method, even if another request removes one at the same time.
    /// Other sessions end. The email lists `revoked_access`.
    ///
    /// # Errors
    /// [`ChangeError`]: nothing has changed then.
    pub async fn unlink(
        &self,
        id: UserId,
        identity: IdentityId,
        revoked_access: Vec<RevokedAccess>,
        here: SessionVersion<'_>,
        audit: &AuditContext,
    ) -> Result<(), ChangeError> {
        let Begun { mut write, user } = self.begin_as(id, here).await?;
        let identities = identities_of(write.connection(), id).await?;
        let Some(removed) = identities.iter().find(|other| other.id == identity) else {
            return Err(ChangeError::NotFound);
        };
        if has_one_sign_in_method(&mut write, id).await? {
            return Err(ChangeError::LastSignInMethod);
        }
        unlink(&mut write, removed, audit.now).await?;
        self.credential_changed(&mut write, id, here.id, SessionEnd::MethodRemoved, audit.now).await?;
        let (provider, account) = (removed.provider.clone(), account_of(removed));
        let kind = EmailKind::MethodRemoved { provider, account, revoked_access };
        queue_to_user(write.connection(), &self.sealer, &user, kind, audit).await?;
        let event = AuditEvent::Unlinked { provider: removed.provider.clone() };
        note(write.connection(), audit, Some(id), &event).await?;
        write.commit().await?;
        Ok(())
    }
}
