//! What a signed-in person changes about their ways in.

use super::audit_context::AuditContext;
use super::carry_out::invalidated;
use super::database::Database;
use super::email_tokens::{
    LinkData, NewLink, UndoStep, after_other_undos, find_link, invalidate_links, invalidate_pending, make_link,
    take_link,
};
use super::emails::{queue_to_user, to_address};
use super::error::StoreError;
use super::events::note;
use super::identities::{identities_of, unlink};
use super::linking_context::standing_of_address;
use super::passwords::{password_of, put_password};
use super::queued_emails::queue;
use super::sessions::{delete_sessions_of, is_open};
use super::sign_up::PASSWORD;
use super::users::{adopt_email, user};
use super::write::Write;
use crate::accounts::{
    EmailAddress, EmailKind, EmailMessage, EmailToken, Identity, IdentityId, LinkKind, PasswordHash, RevokedAccess,
    User, UserId, VerificationMethod, VerifiedEmail, claimed_accounts,
};

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// It is done.
    Done,
    /// The session of who asked has ended meanwhile.
    SignedOut,
    /// There is no such thing (any more), or it is somebody else's.
    NotThere,
    /// It is the last way in.
    LastSignInMethod,
    /// A verified address is needed first.
    EmailNeeded,
    /// Another user has the address by now.
    AddressTaken,
    /// The link was asked for by another user.
    OfAnother,
}

impl Database {
    /// Sets or changes a user's password; their other sessions end. Tells whether it is their first one.
    ///
    /// # Errors
    /// As every query: [`StoreError`]; nothing has changed then.
    pub async fn set_password(
        &self,
        id: UserId,
        password: &PasswordHash,
        here: &str,
        audit: &AuditContext,
    ) -> Result<Changed, StoreError> {
        let mut write = self.write_as(id).await?;
        let Some(user) = user(write.connection(), id).await? else { return Ok(Changed::NotThere) };
        if !is_open(write.connection(), id, here).await? {
            return Ok(Changed::SignedOut);
        }
        let Some(email) = user.verified_email.clone() else { return Ok(Changed::EmailNeeded) };
        let first = password_of(write.connection(), id).await?.is_none();
        put_password(write.connection(), id, password, audit.now).await?;
        self.credential_changed(&mut write, id, here).await?;
        let undo = undo_link(&mut write, id, email.address(), UndoStep::PasswordChanged, audit).await?;
        queue_to_user(write.connection(), &self.sealer, &user, EmailKind::PasswordChanged { first, undo }, audit)
            .await?;
        let outcome = if first { "password_set" } else { "password_changed" };
        note(write.connection(), audit, "password", Some(id), Some(PASSWORD), outcome, &[]).await?;
        write.commit().await?;
        Ok(Changed::Done)
    }

    /// Unlinks an identity, never the last way in, whatever else is unlinked at the same moment; the user's other
    /// sessions end. The letter tells them what is given back with it.
    ///
    /// # Errors
    /// As every query: [`StoreError`]; nothing has changed then.
    pub async fn unlink(
        &self,
        id: UserId,
        identity: IdentityId,
        revoked_access: Vec<RevokedAccess>,
        here: &str,
        audit: &AuditContext,
    ) -> Result<Changed, StoreError> {
        let mut write = self.write_as(id).await?;
        let Some(user) = user(write.connection(), id).await? else { return Ok(Changed::NotThere) };
        if !is_open(write.connection(), id, here).await? {
            return Ok(Changed::SignedOut);
        }
        let identities = identities_of(write.connection(), id).await?;
        let Some(leaving) = identities.iter().find(|other| other.id == identity) else {
            return Ok(Changed::NotThere);
        };
        if identities.len() == 1 && password_of(write.connection(), id).await?.is_none() {
            return Ok(Changed::LastSignInMethod);
        }
        unlink(&mut write, leaving, audit.now).await?;
        self.credential_changed(&mut write, id, here).await?;
        let (provider, account) = (leaving.provider.clone(), account_of(leaving));
        let matter = EmailKind::MethodRemoved { provider, account, revoked_access };
        queue_to_user(write.connection(), &self.sealer, &user, matter, audit).await?;
        note(write.connection(), audit, "unlink", Some(id), Some(&leaving.provider), "unlinked", &[]).await?;
        write.commit().await?;
        Ok(Changed::Done)
    }

    /// Queues the letter to an address that is to become a user's. Somebody else's address gets a letter that says so;
    /// who asked is told nothing of that.
    ///
    /// # Errors
    /// As every query: [`StoreError`]; nothing has changed then, and no letter goes out.
    pub async fn begin_email_change(
        &self,
        id: UserId,
        address: &EmailAddress,
        data: &LinkData,
        audit: &AuditContext,
    ) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        write.lock(&[format!("user {id}"), format!("email {address}")]).await?;
        invalidate_links(write.connection(), id, LinkKind::ChangeEmail).await?;
        let taken = standing_of_address(&mut write, address).await?.email_owner.is_some();
        let kind = (!taken).then_some(LinkKind::ChangeEmail);
        let link = NewLink { kind, user: Some(id), address, password: None, data };
        let token = make_link(write.connection(), &link, audit.now).await?;
        let matter = if taken { EmailKind::EmailTaken } else { EmailKind::ConfirmEmailChange { token } };
        queue(write.connection(), &self.sealer, Some(id), &to_address(address, matter, audit), audit.now).await?;
        note(write.connection(), audit, "email", Some(id), None, "email_sent", &[]).await?;
        write.commit().await
    }

    /// Gives a user the address that the link of a letter proves. Only to the user who asked for it, who has to be the
    /// one that follows it: else Eve has Ada's address sent to Ada's mailbox for Eve's account, and one click of Ada's
    /// makes Ada's address Eve's. Other sessions end; the old address gets a letter that can take it back.
    ///
    /// # Errors
    /// As every query: [`StoreError`]; nothing has changed then, and the link still works.
    pub async fn finish_email_change(
        &self,
        id: UserId,
        token: &EmailToken,
        here: &str,
        audit: &AuditContext,
    ) -> Result<(Changed, LinkData), StoreError> {
        self.retried(|| self.finish_email_change_once(id, token, here, audit)).await
    }

    async fn finish_email_change_once(
        &self,
        id: UserId,
        token: &EmailToken,
        here: &str,
        audit: &AuditContext,
    ) -> Result<(Changed, LinkData), StoreError> {
        let nothing = |changed| Ok((changed, LinkData::default()));
        let mut write = self.write().await?;
        let Some(found) = find_link(write.connection(), token, audit.now).await? else {
            return nothing(Changed::NotThere);
        };
        write.lock(&[format!("user {id}"), format!("email {}", found.address)]).await?;
        let Some(link) = take_link(write.connection(), token, LinkKind::ChangeEmail, audit.now).await? else {
            return nothing(Changed::NotThere);
        };
        if link.user != Some(id) {
            return nothing(Changed::OfAnother);
        }
        let Some(before) = user(write.connection(), id).await? else { return nothing(Changed::NotThere) };
        if !is_open(write.connection(), id, here).await? {
            return nothing(Changed::SignedOut);
        }
        let standing = standing_of_address(&mut write, &link.address).await?;
        if standing.email_owner.is_some_and(|owner| owner.user.id != id) {
            return nothing(Changed::AddressTaken);
        }
        invalidated(&mut write, &claimed_accounts(&standing.email_holders, id), audit.now).await?;
        let email = VerifiedEmail::on_record(link.address.clone(), VerificationMethod::EmailLink);
        adopt_email(write.connection(), id, &email).await?;
        super::email_tokens::invalidate_sign_ups(write.connection(), &link.address).await?;
        self.credential_changed(&mut write, id, here).await?;
        if let Some(old) = &before.verified_email {
            self.announce_address_changed(&mut write, &before, old.address(), &link.address, audit).await?;
        }
        note(write.connection(), audit, "email", Some(id), None, "email_changed", &[]).await?;
        write.commit().await?;
        Ok((Changed::Done, link.data))
    }

    /// A transaction in which nobody else changes this user's ways in: of two that each remove the last but one, the
    /// second finds it the last.
    pub(super) async fn write_as(&self, user: UserId) -> Result<Write<'_>, StoreError> {
        let mut write = self.write().await?;
        write.lock(&[format!("user {user}")]).await?;
        Ok(write)
    }

    /// What was open or under way for the old credentials ends, but for the browser that changed them.
    pub(super) async fn credential_changed(
        &self,
        write: &mut Write<'_>,
        user: UserId,
        here: &str,
    ) -> Result<(), StoreError> {
        delete_sessions_of(write, user, Some(here)).await?;
        invalidate_pending(write.connection(), user).await
    }

    /// Writes to a user's old address that they have another one now.
    pub(super) async fn announce_address_changed(
        &self,
        write: &mut Write<'_>,
        user: &User,
        old: &EmailAddress,
        new: &EmailAddress,
        audit: &AuditContext,
    ) -> Result<(), StoreError> {
        let undo = undo_link(write, user.id, old, UndoStep::EmailChanged { old: old.clone() }, audit).await?;
        let matter = EmailKind::EmailChanged { new: new.clone(), undo };
        let message = EmailMessage { to: old.clone(), name: user.name.clone(), matter, cause: audit.cause() };
        queue(write.connection(), &self.sealer, Some(user.id), &message, audit.now).await
    }

    /// Writes to a user that a provider became a way in.
    pub(super) async fn announce_way_added(
        &self,
        write: &mut Write<'_>,
        user: &User,
        identity: &Identity,
        audit: &AuditContext,
    ) -> Result<(), StoreError> {
        let Some(email) = &user.verified_email else { return Ok(()) };
        let step = UndoStep::MethodAdded {
            provider: identity.provider.clone(),
            issuer: identity.key.issuer().to_owned(),
            subject: identity.key.subject().to_owned(),
        };
        let undo = undo_link(write, user.id, email.address(), step, audit).await?;
        let matter =
            EmailKind::MethodAdded { provider: identity.provider.clone(), account: account_of(identity), undo };
        queue_to_user(write.connection(), &self.sealer, user, matter, audit).await
    }
}

/// What an account at a provider goes by.
fn account_of(identity: &Identity) -> Option<String> {
    identity.email.as_ref().map(ToString::to_string).or_else(|| identity.name.clone())
}

pub(super) async fn undo_link(
    write: &mut Write<'_>,
    user: UserId,
    address: &EmailAddress,
    step: UndoStep,
    audit: &AuditContext,
) -> Result<EmailToken, StoreError> {
    let link = NewLink {
        kind: Some(LinkKind::Undo),
        user: Some(user),
        address,
        password: None,
        data: &LinkData { undo: Some(step), ..LinkData::default() },
    };
    let now = after_other_undos(write.connection(), user, address, audit.now).await?;
    make_link(write.connection(), &link, now).await
}
