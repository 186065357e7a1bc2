//! Users of another system.

use time::OffsetDateTime;

use crate::accounts::{
    Answer, AuditEvent, EmailAddress, Facts, IdentityId, NewEmail, PasswordHash, UserId, decide_by_import,
};
use crate::sealing::random_bytes;
use crate::store::audit::context::AuditContext;
use crate::store::audit::events::note;
use crate::store::email::invitations::use_up_invitation;
use crate::store::engine::database::Database;
use crate::store::engine::write::Write;
use crate::store::error::StoreError;
use crate::store::linking::carry_out::invalidate_squatted;
use crate::store::linking::gather::{linking_context_of_email, lock_name};
use crate::store::users::identities::{known_identity, link_identity};
use crate::store::users::passwords::put_password;
use crate::store::users::queries::user;

/// A user as another system has them.
#[derive(Clone, Debug)]
pub struct ImportedUser {
    /// Kept; without it, a new one.
    pub id: Option<UserId>,
    pub name: Option<String>,
    /// An https URL.
    pub picture: Option<String>,
    pub email: NewEmail,
    pub password: Option<PasswordHash>,
    /// Each once.
    pub identities: Vec<Facts>,
    pub created_at: OffsetDateTime,
    pub disabled_at: Option<OffsetDateTime>,
}

/// What became of an imported user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Imported {
    Created(UserId),
    /// This user has the id, the verified email address or one of the identities. Nothing was changed or added: an import
    /// must not put sign-in methods into an account.
    Exists(UserId),
}

impl Database {
    /// Creates the users in one transaction, except those whose id, verified email address or identity a user has: a repeated
    /// import creates nobody twice. Who claims one of the addresses without having verified it loses it, as at a sign-up. With
    /// `dry_run` the transaction is rolled back.
    ///
    /// # Errors
    /// [`StoreError`]: nothing has changed then.
    pub async fn import_users(
        &self,
        users: &[ImportedUser],
        dry_run: bool,
        audit: &AuditContext,
    ) -> Result<Vec<Imported>, StoreError> {
        self.retried(|| self.import_users_once(users, dry_run, audit)).await
    }

    async fn import_users_once(
        &self,
        users: &[ImportedUser],
        dry_run: bool,
        audit: &AuditContext,
    ) -> Result<Vec<Imported>, StoreError> {
        let mut write = self.write().await?;
        // All at once, because they are sorted: user by user, two imports could deadlock.
        write.lock(&users.iter().flat_map(lock_names).collect::<Vec<String>>()).await?;
        let mut outcomes = Vec::with_capacity(users.len());
        for user in users {
            outcomes.push(import_user(&mut write, user, dry_run, audit).await?);
        }
        if !dry_run {
            write.commit().await?;
        }
        Ok(outcomes)
    }
}

fn lock_names(user: &ImportedUser) -> impl Iterator<Item = String> + '_ {
    let email = match &user.email {
        NewEmail::Verified(email) => Some(format!("email {}", email.email())),
        NewEmail::Claimed(_) | NewEmail::None => None,
    };
    let identities = user.identities.iter().map(|facts| lock_name(&facts.identity));
    identities.chain(email).chain(user.id.map(|id| format!("user {id}")))
}

async fn import_user(
    write: &mut Write<'_>,
    imported: &ImportedUser,
    dry_run: bool,
    audit: &AuditContext,
) -> Result<Imported, StoreError> {
    if let Some(existing) = existing(write, imported).await? {
        return Ok(Imported::Exists(existing));
    }
    if let NewEmail::Verified(email) = &imported.email {
        let linking_context = linking_context_of_email(write, email.email()).await?;
        match (decide_by_import(email, &linking_context), linking_context.email_owner) {
            (Answer::ClaimFromUnverified { squatted_accounts, .. }, _) if !dry_run => {
                invalidate_squatted(write, &squatted_accounts, audit.now).await?;
            }
            (Answer::Refuse(_), Some(owner)) => return Ok(Imported::Exists(owner.user.id)),
            _ => {}
        }
        use_up_invitation(write.connection(), email.email()).await?;
    }
    let id = match imported.id {
        Some(id) => id,
        None => UserId::new(imported.created_at, random_bytes()?),
    };
    insert(write, id, imported).await?;
    for facts in &imported.identities {
        let identity = IdentityId::new(imported.created_at, random_bytes()?);
        link_identity(write.connection(), identity, id, facts, imported.created_at).await?;
    }
    if let Some(password) = &imported.password {
        put_password(write.connection(), id, password, imported.created_at).await?;
    }
    note(write.connection(), audit, Some(id), &AuditEvent::Imported).await?;
    Ok(Imported::Created(id))
}

/// The user with the same id or one of the identities.
async fn existing(write: &mut Write<'_>, imported: &ImportedUser) -> Result<Option<UserId>, StoreError> {
    if let Some(id) = imported.id
        && user(write.connection(), id).await?.is_some()
    {
        return Ok(Some(id));
    }
    for facts in &imported.identities {
        if let Some(known) = known_identity(write.connection(), &facts.identity).await? {
            return Ok(Some(known.user.id));
        }
    }
    Ok(None)
}

async fn insert(write: &mut Write<'_>, id: UserId, imported: &ImportedUser) -> Result<(), StoreError> {
    let (verified, claimed) = match &imported.email {
        NewEmail::None => (None, None),
        NewEmail::Claimed(email) => (None, Some(email.email())),
        NewEmail::Verified(email) => (Some(email), None),
    };
    let source = imported.identities.first().map(|facts| facts.provider.as_str());
    sqlx::query(
        "INSERT INTO users (id, name, picture, verified_email, verified_email_method, claimed_email, created_at, \
         disabled_at, name_from, picture_from) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(id.to_string())
    .bind(imported.name.as_deref())
    .bind(imported.picture.as_deref())
    .bind(verified.map(|email| email.email().as_str()))
    .bind(verified.map(|email| email.method().code()))
    .bind(claimed.map(EmailAddress::as_str))
    .bind(imported.created_at.unix_timestamp())
    .bind(imported.disabled_at.map(OffsetDateTime::unix_timestamp))
    .bind(imported.name.as_ref().and(source))
    .bind(imported.picture.as_ref().and(source))
    .execute(write.connection())
    .await?;
    Ok(())
}
