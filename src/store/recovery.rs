//! A forgotten password, and the way back in.

use time::OffsetDateTime;

use super::audit_context::AuditContext;
use super::carry_out::carry_out_invalidation;
use super::credentials::undo_link;
use super::database::Database;
use super::email_tokens::{
    LinkData, NewLink, UndoStep, find_link, invalidate_later_undos, invalidate_links, make_link, take_link,
};
use super::emails::{queue_to_user, to_address};
use super::error::StoreError;
use super::events::note;
use super::linking_context::standing_of_address;
use super::passwords::put_password;
use super::queued_emails::queue;
use super::sign_up::PASSWORD;
use super::users::{adopt_email, user};
use crate::accounts::{
    EmailAddress, EmailKind, EmailOwner, EmailToken, LinkKind, PasswordHash, SignInMethod, User, UserId,
    VerificationMethod, VerifiedEmail, invalidated_at_recovery,
};

/// Whether a letter to the address leads to a new password. Who has none is told to come through a provider, if that
/// works: not where no provider of theirs is left, and not where the address is only a provider's word. There Eve, at a
/// provider that believes anything, may hold Ada's address, and the letter is how Ada gets it back.
fn gets_a_new_password(owner: &EmailOwner, switched_on: &[&str]) -> bool {
    let strong = owner.user.verified_email.as_ref().is_some_and(|email| email.method().is_strong());
    let comes_in = owner.methods.iter().any(|method| match method {
        SignInMethod::Password => false,
        SignInMethod::Provider(slug) => switched_on.contains(&slug.as_str()),
    });
    owner.methods.contains(&SignInMethod::Password) || !comes_in || !strong
}

impl Database {
    /// Queues the letter of a forgotten password: a link to a new one; that there is none and a provider is the way in;
    /// or that there is no account. `switched_on` are the providers through which anybody can come in. The queries and
    /// the rows are as many in each case. Earlier links are void.
    ///
    /// # Errors
    /// As every query: [`StoreError`]; nothing has changed then, and no letter goes out.
    pub async fn begin_reset(
        &self,
        address: &EmailAddress,
        switched_on: &[&str],
        data: &LinkData,
        audit: &AuditContext,
    ) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        let owner = standing_of_address(&mut write, address).await?.email_owner;
        let resets = owner.as_ref().is_some_and(|owner| gets_a_new_password(owner, switched_on));
        let user = owner.as_ref().map(|owner| owner.user.id);
        invalidate_links(write.connection(), user.filter(|_| resets).unwrap_or(UserId::NOBODY), LinkKind::Reset)
            .await?;
        let kind = resets.then_some(LinkKind::Reset);
        let link = NewLink { kind, user, address, password: None, data };
        let token = make_link(write.connection(), &link, audit.now).await?;
        let matter = match owner {
            Some(_) if resets => EmailKind::ResetPassword { token },
            Some(owner) => EmailKind::NoPassword { methods: owner.methods },
            None => EmailKind::NoAccount,
        };
        let message = to_address(address, matter, audit);
        queue(write.connection(), &self.sealer, user, &message, audit.now).await?;
        note(write.connection(), audit, "reset", user, Some(PASSWORD), "email_sent", &[]).await?;
        write.commit().await
    }

    /// Sets a new password by the link of a letter: every session ends, every pending change is void, and so is what was
    /// linked before anybody had proven the address. `None` when the link was used, ran out, or never was.
    ///
    /// # Errors
    /// As every query: [`StoreError`]; nothing has changed then, and the link still works.
    pub async fn finish_reset(
        &self,
        token: &EmailToken,
        password: &PasswordHash,
        audit: &AuditContext,
    ) -> Result<Option<(User, LinkData)>, StoreError> {
        self.retried(|| self.finish_reset_once(token, password, audit)).await
    }

    async fn finish_reset_once(
        &self,
        token: &EmailToken,
        password: &PasswordHash,
        audit: &AuditContext,
    ) -> Result<Option<(User, LinkData)>, StoreError> {
        let mut write = self.write().await?;
        let found = find_link(write.connection(), token, audit.now).await?;
        let Some(id) = found.and_then(|link| link.user) else { return Ok(None) };
        write.lock(&[format!("user {id}")]).await?;
        let Some(link) = take_link(write.connection(), token, LinkKind::Reset, audit.now).await? else {
            return Ok(None);
        };
        let Some(before) = user(write.connection(), id).await? else { return Ok(None) };
        // The link proves the address that the letter went to, and no other.
        let is_theirs = before.verified_email.as_ref().is_some_and(|email| *email.address() == link.address);
        if before.disabled_at.is_some() || !is_theirs {
            write.commit().await?;
            return Ok(None);
        }
        let first = super::passwords::password_of(write.connection(), id).await?.is_none();
        for invalidated in invalidated_at_recovery(&before.clone().into()) {
            carry_out_invalidation(&mut write, id, invalidated, audit.now).await?;
        }
        if !before.verified_email.as_ref().is_some_and(|email| email.method().is_strong()) {
            // Nor was it the reader of this mailbox who got the letters that went to others.
            invalidate_later_undos(write.connection(), id, &link.address, OffsetDateTime::UNIX_EPOCH).await?;
        }
        let reauthenticated = VerifiedEmail::on_record(link.address, VerificationMethod::EmailLink);
        adopt_email(write.connection(), id, &reauthenticated).await?;
        put_password(write.connection(), id, password, audit.now).await?;
        let undo = undo_link(&mut write, id, reauthenticated.address(), UndoStep::PasswordChanged, audit).await?;
        queue_to_user(write.connection(), &self.sealer, &before, EmailKind::PasswordChanged { first, undo }, audit)
            .await?;
        note(write.connection(), audit, "reset", Some(id), Some(PASSWORD), "password_changed", &[]).await?;
        let after = user(write.connection(), id).await?;
        let after = after.ok_or_else(|| StoreError::Corrupt("a user who was there".into()))?;
        write.commit().await?;
        Ok(Some((after, link.data)))
    }
}
