//! Queries on `identities`.

use sqlx::FromRow;
use time::OffsetDateTime;

use crate::accounts::{EmailAddress, Facts, Identity, IdentityId, IdentityKey, User, UserId};
use crate::inspect::{self, Change, Step};
use crate::store::engine::connection::Connection;
use crate::store::engine::database::Database;
use crate::store::engine::read::Columns;
use crate::store::engine::write::Write;
use crate::store::error::StoreError;
use crate::store::grants::end::revoke_grant;
use crate::store::users::rows::{UserRow, time, user_columns};

/// `provider` goes by a name of its own: a session has one, too.
#[derive(FromRow)]
pub(in crate::store) struct IdentityRow {
    id: String,
    user_id: String,
    issuer: String,
    subject: String,
    identity_provider: String,
    email: Option<String>,
    email_verified: i64,
    name: Option<String>,
    linked_at: i64,
    last_used_at: i64,
}

impl IdentityRow {
    /// What follows an `id` that is there, in the order of the fields.
    pub(in crate::store) fn read(id: String, columns: &mut Columns<'_>) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id,
            user_id: columns.next()?,
            issuer: columns.next()?,
            subject: columns.next()?,
            identity_provider: columns.next()?,
            email: columns.next()?,
            email_verified: columns.next()?,
            name: columns.next()?,
            linked_at: columns.next()?,
            last_used_at: columns.next()?,
        })
    }
}

impl TryFrom<IdentityRow> for Identity {
    type Error = StoreError;

    fn try_from(row: IdentityRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: IdentityId::parse(&row.id)?,
            user: UserId::parse(&row.user_id)?,
            key: IdentityKey::new(&row.issuer, &row.subject)?,
            provider: row.identity_provider,
            email: row.email.as_deref().map(EmailAddress::parse).transpose()?,
            email_verified: row.email_verified != 0,
            name: row.name,
            linked_at: time(row.linked_at)?,
            last_used_at: time(row.last_used_at)?,
        })
    }
}

impl Database {
    /// The oldest first.
    pub async fn identities(&self, user: UserId) -> Result<Vec<Identity>, StoreError> {
        let mut connection = self.pool.acquire().await?;
        identities_of(&mut connection, user).await
    }
}

/// The oldest first.
pub(in crate::store) async fn identities_of(
    connection: &mut Connection,
    user: UserId,
) -> Result<Vec<Identity>, StoreError> {
    let rows: Vec<IdentityRow> = sqlx::query_as(
        "SELECT id, user_id, issuer, subject, provider AS identity_provider, email, email_verified, name, linked_at, last_used_at \
         FROM identities WHERE user_id = $1 ORDER BY id",
    )
    .bind(user.to_string())
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(Identity::try_from).collect()
}

pub(in crate::store) struct KnownIdentity {
    pub(in crate::store) id: IdentityId,
    pub(in crate::store) email: Option<EmailAddress>,
    pub(in crate::store) user: User,
}

#[derive(FromRow)]
struct KnownIdentityRow {
    identity_id: String,
    identity_email: Option<String>,
    #[sqlx(flatten)]
    user: UserRow,
}

pub(in crate::store) async fn known_identity(
    connection: &mut Connection,
    key: &IdentityKey,
) -> Result<Option<KnownIdentity>, StoreError> {
    let row: Option<KnownIdentityRow> = sqlx::query_as(concat!(
        "SELECT identities.id AS identity_id, identities.email AS identity_email, ",
        user_columns!(),
        " FROM identities JOIN users ON users.id = identities.user_id \
         WHERE identities.issuer = $1 AND identities.subject = $2"
    ))
    .bind(key.issuer())
    .bind(key.subject())
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(KnownIdentity {
        id: IdentityId::parse(&row.identity_id)?,
        email: row.identity_email.as_deref().map(EmailAddress::parse).transpose()?,
        user: row.user.try_into()?,
    }))
}

pub(in crate::store) async fn count_identities(connection: &mut Connection, user: UserId) -> Result<i64, StoreError> {
    let (identities,) = sqlx::query_as("SELECT count(*) FROM identities WHERE user_id = $1")
        .bind(user.to_string())
        .fetch_one(connection)
        .await?;
    Ok(identities)
}

/// [`StoreError::Conflict`] when the identity is already linked.
pub(in crate::store) async fn link_identity(
    connection: &mut Connection,
    id: IdentityId,
    user: UserId,
    facts: &Facts,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    inspect::record(|_| Step::row("identities", Change::Inserted));
    sqlx::query(
        "INSERT INTO identities \
         (id, user_id, issuer, subject, provider, email, email_verified, name, linked_at, last_used_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
    )
    .bind(id.to_string())
    .bind(user.to_string())
    .bind(facts.identity.issuer())
    .bind(facts.identity.subject())
    .bind(&facts.provider)
    .bind(facts.email.email().map(EmailAddress::as_str))
    .bind(i64::from(facts.email.verified().is_some()))
    .bind(facts.name.as_deref())
    .bind(now.unix_timestamp())
    .execute(connection)
    .await?;
    Ok(())
}

/// Stores what the provider sent this time; an email address that it no longer sends is removed. The name stays until
/// the provider sends another: Apple sends it only once.
pub(in crate::store) async fn refresh_identity(
    connection: &mut Connection,
    known: &KnownIdentity,
    facts: &Facts,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    inspect::record(|_| Step::row("identities", Change::Updated));
    let email = facts.email.email();
    let has_changed = known.email.as_ref() != email;
    // SQLite writes the index of a column that a statement names, be it the same value.
    let sql = match has_changed {
        false => {
            "UPDATE identities SET email_verified = $2, name = COALESCE($3, name), last_used_at = $4 WHERE id = $1"
        }
        true => {
            "UPDATE identities SET email_verified = $2, name = COALESCE($3, name), last_used_at = $4, email = $5 \
             WHERE id = $1"
        }
    };
    let refresh = sqlx::query(sql)
        .bind(known.id.to_string())
        .bind(i64::from(facts.email.verified().is_some()))
        .bind(facts.name.as_deref())
        .bind(now.unix_timestamp());
    let refresh = if has_changed { refresh.bind(email.map(EmailAddress::as_str)) } else { refresh };
    refresh.execute(connection).await?;
    Ok(())
}

/// Deletes an identity and queues the revocation of its grant.
pub(in crate::store) async fn unlink(
    write: &mut Write<'_>,
    identity: &Identity,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    revoke_grant(write, identity, now).await?;
    inspect::record(|_| Step::row("identities", Change::Deleted));
    sqlx::query("DELETE FROM identities WHERE id = $1 AND user_id = $2")
        .bind(identity.id.to_string())
        .bind(identity.user.to_string())
        .execute(write.connection())
        .await?;
    Ok(())
}

/// Unlinks the identities that were linked at `since` or later.
pub(in crate::store) async fn unlink_since(
    write: &mut Write<'_>,
    user: UserId,
    since: OffsetDateTime,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    for identity in identities_of(write.connection(), user).await? {
        if identity.linked_at >= since {
            unlink(write, &identity, now).await?;
        }
    }
    Ok(())
}

pub(in crate::store) async fn unlink_all(
    write: &mut Write<'_>,
    user: UserId,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    for identity in identities_of(write.connection(), user).await? {
        unlink(write, &identity, now).await?;
    }
    Ok(())
}
