//! "This was not me": the link of a letter takes a change back.

use time::OffsetDateTime;

use super::database::Database;
use super::email_tokens::{
    LinkData, NewLink, UndoStep, find_link, make_link, take_link, void_later_undos, void_pending,
};
use super::error::StoreError;
use super::events::note;
use super::identities::{identities_of, unlink, unlink_since};
use super::occasion::Occasion;
use super::passwords::drop_password;
use super::sessions::delete_sessions_of;
use super::users::{address_owner, adopt_email, user};
use super::write::Write;
use crate::accounts::{EmailAddress, LetterToken, LinkKind, Proof, UserId, VerifiedEmail};

/// What became of an undo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undone {
    /// The change is taken back.
    Done {
        /// The token of a link to a new password, where the letter's address is the one that the user has.
        reset: Option<LetterToken>,
    },
    /// The link was used, ran out, or never was.
    NoLink,
}

impl Database {
    /// Takes a change back: what was linked is unlinked, the address is the old one again; the password goes, whoever
    /// set it, and so do all sessions and pending changes. Gives the token of a link to a new password, for the browser
    /// that asked.
    ///
    /// What came after the change goes as well, as far as its letters went elsewhere or nowhere: identities that were
    /// linked since, and undos in other mailboxes. Else Eve, who moved Ada's account to a mailbox of hers, linked her own
    /// Google account there, of which Ada is not told, or holds an undo of a second move: the account would be hers again
    /// whenever she likes.
    ///
    /// # Errors
    /// As every query: [`StoreError`]; nothing has changed then, and the link still works.
    pub async fn undo(&self, token: &LetterToken, occasion: &Occasion) -> Result<Undone, StoreError> {
        self.retried(|| self.undo_once(token, occasion)).await
    }

    async fn undo_once(&self, token: &LetterToken, occasion: &Occasion) -> Result<Undone, StoreError> {
        let mut write = self.write().await?;
        let Some(found) = find_link(write.connection(), token, occasion.now).await? else {
            return Ok(Undone::NoLink);
        };
        let user = found.user.map(|user| format!("user {user}"));
        let names = [format!("email {}", found.address)].into_iter().chain(user);
        write.lock(&names.collect::<Vec<_>>()).await?;
        let Some(link) = take_link(write.connection(), token, LinkKind::Undo, occasion.now).await? else {
            return Ok(Undone::NoLink);
        };
        let (Some(id), Some(step)) = (link.user, link.data.undo) else {
            return Err(StoreError::Corrupt("an undo of nothing".into()));
        };
        void_later_undos(write.connection(), id, &link.address, link.created_at).await?;
        unlink_since(&mut write, id, link.created_at, occasion.now).await?;
        let address = match &step {
            UndoStep::WayAdded { issuer, subject, .. } => {
                unlink_by_key(&mut write, id, [issuer, subject], occasion.now).await?;
                link.address
            }
            UndoStep::PasswordChanged => link.address,
            UndoStep::EmailChanged { old } => {
                give_back(&mut write, id, old).await?;
                old.clone()
            }
        };
        drop_password(write.connection(), id).await?;
        delete_sessions_of(&mut write, id, None).await?;
        void_pending(write.connection(), id).await?;
        let reset = reset_link(&mut write, id, &address, occasion).await?;
        let provider = match &step {
            UndoStep::WayAdded { provider, .. } => Some(provider.as_str()),
            _ => None,
        };
        note(write.connection(), occasion, "undo", Some(id), provider, step.code(), &[]).await?;
        write.commit().await?;
        Ok(Undone::Done { reset })
    }
}

impl UndoStep {
    const fn code(&self) -> &'static str {
        match self {
            Self::WayAdded { .. } => "unlinked",
            Self::PasswordChanged => "password_dropped",
            Self::EmailChanged { .. } => "email_given_back",
        }
    }
}

async fn unlink_by_key(
    write: &mut Write<'_>,
    user: UserId,
    [issuer, subject]: [&str; 2],
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    let identities = identities_of(write.connection(), user).await?;
    let added = identities.iter().find(|other| other.key.issuer() == issuer && other.key.subject() == subject);
    match added {
        Some(identity) => unlink(write, identity, now).await,
        None => Ok(()),
    }
}

/// The address is the user's again, unless somebody else has proven it meanwhile.
async fn give_back(write: &mut Write<'_>, id: UserId, old: &EmailAddress) -> Result<(), StoreError> {
    let owner = address_owner(write.connection(), old).await?;
    if owner.is_none_or(|owner| owner.id == id) {
        let email = VerifiedEmail::on_record(old.clone(), Proof::Letter);
        adopt_email(write.connection(), id, &email).await?;
    }
    Ok(())
}

/// The link to a new password: of use only where the letter went to the address that the user has.
async fn reset_link(
    write: &mut Write<'_>,
    id: UserId,
    address: &EmailAddress,
    occasion: &Occasion,
) -> Result<Option<LetterToken>, StoreError> {
    let theirs = user(write.connection(), id).await?.and_then(|user| user.verified_email);
    if theirs.is_none_or(|email| email.address() != address) {
        return Ok(None);
    }
    let data = &LinkData::default();
    let link = NewLink { kind: Some(LinkKind::Reset), user: Some(id), address, password: None, data };
    make_link(write.connection(), &link, occasion.now).await.map(Some)
}
