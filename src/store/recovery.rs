//! A forgotten password, and the way back in.

use time::OffsetDateTime;

use super::carry_out::carry_out_void;
use super::credentials::undo_link;
use super::database::Database;
use super::email_tokens::{LinkData, NewLink, UndoStep, find_link, make_link, take_link, void_later_undos, void_links};
use super::error::StoreError;
use super::events::note;
use super::letters::{queue_to_user, to_address};
use super::occasion::Occasion;
use super::passwords::put_password;
use super::queued_letters::queue;
use super::sign_up::PASSWORD;
use super::standing::standing_of_address;
use super::users::{adopt_email, user};
use crate::accounts::{
    AddressOwner, EmailAddress, LetterToken, LinkKind, Matter, PasswordHash, Proof, User, UserId, VerifiedEmail, Way,
    void_at_recovery,
};

/// Whether a letter to the address leads to a new password. Who has none is told to come through a provider, if that
/// works: not where no provider of theirs is left, and not where the address is only a provider's word. There Eve, at a
/// provider that believes anything, may hold Ada's address, and the letter is how Ada gets it back.
fn gets_a_new_password(owner: &AddressOwner, switched_on: &[&str]) -> bool {
    let strong = owner.user.verified_email.as_ref().is_some_and(|email| email.proof().is_strong());
    let comes_in = owner.ways.iter().any(|way| match way {
        Way::Password => false,
        Way::Provider(slug) => switched_on.contains(&slug.as_str()),
    });
    owner.ways.contains(&Way::Password) || !comes_in || !strong
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
        occasion: &Occasion,
    ) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        let owner = standing_of_address(&mut write, address).await?.address_owner;
        let resets = owner.as_ref().is_some_and(|owner| gets_a_new_password(owner, switched_on));
        let user = owner.as_ref().map(|owner| owner.user.id);
        void_links(write.connection(), user.filter(|_| resets).unwrap_or(UserId::NOBODY), LinkKind::Reset).await?;
        let kind = resets.then_some(LinkKind::Reset);
        let link = NewLink { kind, user, address, password: None, data };
        let token = make_link(write.connection(), &link, occasion.now).await?;
        let matter = match owner {
            Some(_) if resets => Matter::ResetPassword { token },
            Some(owner) => Matter::NoPassword { ways: owner.ways },
            None => Matter::NoAccount,
        };
        let letter = to_address(address, matter, occasion);
        queue(write.connection(), &self.sealer, user, &letter, occasion.now).await?;
        note(write.connection(), occasion, "reset", user, Some(PASSWORD), "letter", &[]).await?;
        write.commit().await
    }

    /// Sets a new password by the link of a letter: every session ends, every pending change is void, and so is what was
    /// linked before anybody had proven the address. `None` when the link was used, ran out, or never was.
    ///
    /// # Errors
    /// As every query: [`StoreError`]; nothing has changed then, and the link still works.
    pub async fn finish_reset(
        &self,
        token: &LetterToken,
        password: &PasswordHash,
        occasion: &Occasion,
    ) -> Result<Option<(User, LinkData)>, StoreError> {
        self.retried(|| self.finish_reset_once(token, password, occasion)).await
    }

    async fn finish_reset_once(
        &self,
        token: &LetterToken,
        password: &PasswordHash,
        occasion: &Occasion,
    ) -> Result<Option<(User, LinkData)>, StoreError> {
        let mut write = self.write().await?;
        let found = find_link(write.connection(), token, occasion.now).await?;
        let Some(id) = found.and_then(|link| link.user) else { return Ok(None) };
        write.lock(&[format!("user {id}")]).await?;
        let Some(link) = take_link(write.connection(), token, LinkKind::Reset, occasion.now).await? else {
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
        for void in void_at_recovery(&before.clone().into()) {
            carry_out_void(&mut write, id, void, occasion.now).await?;
        }
        if !before.verified_email.as_ref().is_some_and(|email| email.proof().is_strong()) {
            // Nor was it the reader of this mailbox who got the letters that went to others.
            void_later_undos(write.connection(), id, &link.address, OffsetDateTime::UNIX_EPOCH).await?;
        }
        let proven = VerifiedEmail::on_record(link.address, Proof::Letter);
        adopt_email(write.connection(), id, &proven).await?;
        put_password(write.connection(), id, password, occasion.now).await?;
        let undo = undo_link(&mut write, id, proven.address(), UndoStep::PasswordChanged, occasion).await?;
        queue_to_user(write.connection(), &self.sealer, &before, Matter::PasswordChanged { first, undo }, occasion)
            .await?;
        note(write.connection(), occasion, "reset", Some(id), Some(PASSWORD), "password_changed", &[]).await?;
        let after = user(write.connection(), id).await?;
        let after = after.ok_or_else(|| StoreError::Corrupt("a user who was there".into()))?;
        write.commit().await?;
        Ok(Some((after, link.data)))
    }
}
