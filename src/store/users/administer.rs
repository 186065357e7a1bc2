//! What operators and administrators do to a user. Each change is one transaction, takes effect in every process when it
//! commits, and is in the audit trail with its actor.

use crate::accounts::{
    AuditEvent, EmailAddress, EmailKind, IdentityId, RevokedAccess, SecondFactorEvent, SessionEnd, User, UserId,
    VerificationMethod, VerifiedEmail, claimed_accounts,
};
use crate::store::account::announce::account_of;
use crate::store::account::change::{Begun, ChangeError};
use crate::store::audit::context::AuditContext;
use crate::store::audit::events::note;
use crate::store::email::links::{invalidate_pending, invalidate_sign_ups};
use crate::store::email::message::queue_to_user;
use crate::store::engine::database::Database;
use crate::store::engine::write::Write;
use crate::store::error::StoreError;
use crate::store::linking::carry_out::invalidate_squatted;
use crate::store::linking::gather::linking_context_of_email;
use crate::store::second_factor::app::delete_app;
use crate::store::sessions::end::{end_sessions_of, user_at};
use crate::store::sessions::rows::SessionVersion;
use crate::store::users::delete::erase;
use crate::store::users::identities::{identities_of, unlink};
use crate::store::users::passwords::{drop_password, password_of};
use crate::store::users::queries::{adopt_email, user};
use crate::store::users::sign_in_methods::has_one_sign_in_method;

/// On whose authority a user is changed.
#[derive(Clone, Copy, Debug)]
pub enum Authority<'a> {
    /// A command on the server.
    Operator,
    /// A signed-in administrator, whose session must still be open: it may have been ended because it was stolen.
    Admin(UserId, SessionVersion<'a>),
}

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Administered {
    Done,
    /// It was so before. Nothing was recorded.
    Unchanged,
}

/// A sign-in method to be removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemovedMethod {
    Password,
    Identity(IdentityId),
    /// Not a way to sign in by itself: it can be removed always.
    SecondFactor,
}

impl Database {
    /// Disables a user: they cannot sign in, and their sessions and pending changes end for good.
    ///
    /// # Errors
    /// [`ChangeError`]: nothing has changed then. Likewise below. [`ChangeError::SignedOut`] is the administrator's session,
    /// [`ChangeError::NotFound`] a user, or a sign-in method, that does not exist.
    pub async fn disable_user(
        &self,
        id: UserId,
        authority: Authority<'_>,
        audit: &AuditContext,
    ) -> Result<Administered, ChangeError> {
        let Begun { mut write, user } = self.begin_by(id, None, authority).await?;
        if user.disabled_at.is_some() {
            return Ok(Administered::Unchanged);
        }
        end_sessions_of(&mut write, id, None, SessionEnd::Disabled, audit.now).await?;
        invalidate_pending(write.connection(), id).await?;
        set_disabled_at(&mut write, id, Some(audit.now.unix_timestamp())).await?;
        finish(write, id, &AuditEvent::Disabled, audit).await
    }

    /// Lets a disabled user sign in again.
    pub async fn enable_user(
        &self,
        id: UserId,
        authority: Authority<'_>,
        audit: &AuditContext,
    ) -> Result<Administered, ChangeError> {
        let Begun { mut write, user } = self.begin_by(id, None, authority).await?;
        if user.disabled_at.is_none() {
            return Ok(Administered::Unchanged);
        }
        set_disabled_at(&mut write, id, None).await?;
        finish(write, id, &AuditEvent::Enabled, audit).await
    }

    /// Ends all sessions of a user.
    pub async fn sign_user_out(
        &self,
        id: UserId,
        authority: Authority<'_>,
        audit: &AuditContext,
    ) -> Result<Administered, ChangeError> {
        let Begun { mut write, .. } = self.begin_by(id, None, authority).await?;
        if end_sessions_of(&mut write, id, None, SessionEnd::SignedOutByAdmin, audit.now).await? == 0 {
            // Sign-ins that are half done have ended, and so has the trust in browsers.
            write.commit().await?;
            return Ok(Administered::Unchanged);
        }
        finish(write, id, &AuditEvent::AllSessionsEnded, audit).await
    }

    /// Deletes a user as they would themselves: see [`delete_user`](Self::delete_user).
    pub async fn remove_user(
        &self,
        id: UserId,
        authority: Authority<'_>,
        revoked_access: Vec<RevokedAccess>,
        audit: &AuditContext,
    ) -> Result<Administered, ChangeError> {
        let Begun { mut write, user } = self.begin_by(id, None, authority).await?;
        erase(&mut write, &user, EmailKind::AccountDeleted { revoked_access }, audit).await?;
        write.commit().await?;
        Ok(Administered::Done)
    }

    /// Gives a user an email address on the operator's word. Sessions and pending changes end, and the old address gets an
    /// email that can undo it.
    pub async fn set_email(
        &self,
        id: UserId,
        email: &EmailAddress,
        authority: Authority<'_>,
        audit: &AuditContext,
    ) -> Result<Administered, ChangeError> {
        let Begun { mut write, user } = self.begin_by(id, Some(email), authority).await?;
        let new = VerifiedEmail::on_record(email.clone(), VerificationMethod::EmailLink);
        if user.verified_email.as_ref() == Some(&new) {
            return Ok(Administered::Unchanged);
        }
        let linking_context = linking_context_of_email(&mut write, email).await?;
        if linking_context.email_owner.is_some_and(|owner| owner.user.id != id) {
            return Err(ChangeError::EmailTaken);
        }
        invalidate_squatted(&mut write, &claimed_accounts(&linking_context.email_holders, id), audit.now).await?;
        adopt_email(write.connection(), id, &new).await?;
        invalidate_sign_ups(write.connection(), email).await?;
        end_sessions_of(&mut write, id, None, SessionEnd::SignedOutByAdmin, audit.now).await?;
        invalidate_pending(write.connection(), id).await?;
        if let Some(old) = user.verified_email.as_ref().filter(|old| old.email() != email) {
            self.announce_email_changed(&mut write, &user, old.email(), email, audit).await?;
        }
        finish(write, id, &AuditEvent::EmailChanged, audit).await
    }

    /// Removes the second factor, or a sign-in method, but never the last one. Sessions and pending changes end, and the user
    /// gets an email.
    pub async fn remove_sign_in_method(
        &self,
        id: UserId,
        method: RemovedMethod,
        authority: Authority<'_>,
        audit: &AuditContext,
    ) -> Result<Administered, ChangeError> {
        let Begun { mut write, user } = self.begin_by(id, None, authority).await?;
        if method == RemovedMethod::SecondFactor {
            return self.remove_second_factor(write, &user, audit).await;
        }
        let identities = identities_of(write.connection(), id).await?;
        let has_password = password_of(write.connection(), id).await?.is_some();
        let removed = match method {
            RemovedMethod::Password => has_password.then_some(None),
            RemovedMethod::Identity(identity) => identities.iter().find(|other| other.id == identity).map(Some),
            RemovedMethod::SecondFactor => None,
        };
        let Some(removed) = removed else { return Err(ChangeError::NotFound) };
        if has_one_sign_in_method(&mut write, id).await? {
            return Err(ChangeError::LastSignInMethod);
        }
        let event = match removed {
            None => {
                drop_password(write.connection(), id).await?;
                AuditEvent::PasswordRemoved
            }
            Some(identity) => {
                unlink(&mut write, identity, audit.now).await?;
                let (provider, account) = (identity.provider.clone(), account_of(identity));
                let kind = EmailKind::MethodRemoved { provider, account, revoked_access: Vec::new() };
                queue_to_user(write.connection(), &self.sealer, &user, kind, audit).await?;
                AuditEvent::Unlinked { provider: identity.provider.clone() }
            }
        };
        end_sessions_of(&mut write, id, None, SessionEnd::SignedOutByAdmin, audit.now).await?;
        invalidate_pending(write.connection(), id).await?;
        finish(write, id, &event, audit).await
    }

    async fn remove_second_factor(
        &self,
        mut write: Write<'_>,
        user: &User,
        audit: &AuditContext,
    ) -> Result<Administered, ChangeError> {
        if !delete_app(write.connection(), user.id).await? {
            return Err(ChangeError::NotFound);
        }
        end_sessions_of(&mut write, user.id, None, SessionEnd::SignedOutByAdmin, audit.now).await?;
        invalidate_pending(write.connection(), user.id).await?;
        self.announce_removed_app(&mut write, user, audit).await?;
        finish(write, user.id, &AuditEvent::SecondFactor(SecondFactorEvent::Removed), audit).await
    }

    /// Locks the user (and the email address, and the administrator, whose session is checked), and reads them.
    async fn begin_by(
        &self,
        id: UserId,
        email: Option<&EmailAddress>,
        authority: Authority<'_>,
    ) -> Result<Begun<'_>, ChangeError> {
        let mut write = self.write().await?;
        let admin = match authority {
            Authority::Operator => None,
            Authority::Admin(admin, session) => Some((admin, session)),
        };
        let mut names = vec![format!("user {id}")];
        names.extend(email.map(|email| format!("email {email}")));
        names.extend(admin.map(|(admin, _)| format!("user {admin}")));
        write.lock(&names).await?;
        if let Some((admin, session)) = admin {
            user_at(write.connection(), admin, session).await?.ok_or(ChangeError::SignedOut)?;
        }
        let user = user(write.connection(), id).await?.ok_or(ChangeError::NotFound)?;
        Ok(Begun { write, user })
    }
}

async fn set_disabled_at(write: &mut Write<'_>, id: UserId, at: Option<i64>) -> Result<(), StoreError> {
    write.revocation_cache().user(id);
    sqlx::query("UPDATE users SET disabled_at = $2 WHERE id = $1")
        .bind(id.to_string())
        .bind(at)
        .execute(write.connection())
        .await?;
    Ok(())
}

async fn finish(
    mut write: Write<'_>,
    id: UserId,
    event: &AuditEvent,
    audit: &AuditContext,
) -> Result<Administered, ChangeError> {
    note(write.connection(), audit, Some(id), event).await?;
    write.commit().await?;
    Ok(Administered::Done)
}
