//! "This was not me": the link of a letter takes a change back.

use time::OffsetDateTime;

use super::audit_context::AuditContext;
use super::database::Database;
use super::email_tokens::{
    LinkData, NewLink, UndoStep, find_link, invalidate_later_undos, invalidate_pending, make_link, take_link,
};
use super::error::StoreError;
use super::events::note;
use super::identities::{identities_of, unlink, unlink_since};
use super::passwords::drop_password;
use super::sessions::delete_sessions_of;
use super::users::{adopt_email, email_owner, user};
use super::write::Write;
use crate::accounts::{EmailAddress, EmailToken, LinkKind, UserId, VerificationMethod, VerifiedEmail};

/// What became of an undo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undone {
    /// The change is taken back.
    Done {
        /// The token of a link to a new password, where the letter's address is the one that the user has.
        reset: Option<EmailToken>,
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
    pub async fn undo(&self, token: &EmailToken, audit: &AuditContext) -> Result<Undone, StoreError> {
        self.retried(|| self.undo_once(token, audit)).await
    }

    async fn undo_once(&self, token: &EmailToken, audit: &AuditContext) -> Result<Undone, StoreError> {
        let mut write = self.write().await?;
        let Some(found) = find_link(write.connection(), token, audit.now).await? else {
            return Ok(Undone::NoLink);
        };
        let user = found.user.map(|user| format!("user {user}"));
        let names = [format!("email {}", found.address)].into_iter().chain(user);
        write.lock(&names.collect::<Vec<_>>()).await?;
        let Some(link) = take_link(write.connection(), token, LinkKind::Undo, audit.now).await? else {
            return Ok(Undone::NoLink);
        };
        let (Some(id), Some(step)) = (link.user, link.data.undo) else {
            return Err(StoreError::Corrupt("an undo of nothing".into()));
        };
        invalidate_later_undos(write.connection(), id, &link.address, link.created_at).await?;
        unlink_since(&mut write, id, link.created_at, audit.now).await?;
        let address = match &step {
            UndoStep::MethodAdded { issuer, subject, .. } => {
                unlink_by_key(&mut write, id, [issuer, subject], audit.now).await?;
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
        invalidate_pending(write.connection(), id).await?;
        let reset = reset_link(&mut write, id, &address, audit).await?;
        let provider = match &step {
            UndoStep::MethodAdded { provider, .. } => Some(provider.as_str()),
            _ => None,
        };
        note(write.connection(), audit, "undo", Some(id), provider, step.code(), &[]).await?;
        write.commit().await?;
        Ok(Undone::Done { reset })
    }
}

impl UndoStep {
    const fn code(&self) -> &'static str {
        match self {
            Self::MethodAdded { .. } => "unlinked",
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
    let owner = email_owner(write.connection(), old).await?;
    if owner.is_none_or(|owner| owner.id == id) {
        let email = VerifiedEmail::on_record(old.clone(), VerificationMethod::EmailLink);
        adopt_email(write.connection(), id, &email).await?;
    }
    Ok(())
}

/// The link to a new password: of use only where the letter went to the address that the user has.
async fn reset_link(
    write: &mut Write<'_>,
    id: UserId,
    address: &EmailAddress,
    audit: &AuditContext,
) -> Result<Option<EmailToken>, StoreError> {
    let theirs = user(write.connection(), id).await?.and_then(|user| user.verified_email);
    if theirs.is_none_or(|email| email.address() != address) {
        return Ok(None);
    }
    let data = &LinkData::default();
    let link = NewLink { kind: Some(LinkKind::Reset), user: Some(id), address, password: None, data };
    make_link(write.connection(), &link, audit.now).await.map(Some)
}
