//! Queries on `email_tokens`: the links in our letters.

use serde::{Deserialize, Serialize};
use sqlx::{AnyConnection, FromRow};
use time::{Duration, OffsetDateTime};

use super::database::Database;
use super::error::StoreError;
use super::ids;
use super::user_rows::time;
use crate::accounts::{EmailAddress, EmailToken, LinkKind, PasswordHash, UserId};

/// Written where no link was sent.
const NOTHING: &str = "nothing";

/// What a link carries along; nothing secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkData {
    /// Where the person was going.
    pub return_to: Option<String>,
    /// What the browser that asked is known by: a hash of its cookie.
    pub browser: Option<String>,
    /// What an undo takes back.
    pub undo: Option<UndoStep>,
}

/// What an undo takes back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum UndoStep {
    /// An identity was linked.
    MethodAdded {
        /// The provider's slug.
        provider: String,
        /// Who vouches for it.
        issuer: String,
        /// Who it is there.
        subject: String,
    },
    /// A password was set or changed.
    PasswordChanged,
    /// The address was changed.
    EmailChanged {
        /// The one before.
        old: EmailAddress,
    },
}

/// A link that works.
#[derive(Clone, Debug)]
pub struct EmailLink {
    /// What it does.
    pub kind: LinkKind,
    /// Whose it is; nobody's for a sign-up.
    pub user: Option<UserId>,
    /// The address that the letter went to.
    pub address: EmailAddress,
    /// Of a sign-up: the password that was chosen.
    pub password: Option<PasswordHash>,
    /// What it carries along.
    pub data: LinkData,
    /// When it was asked for.
    pub created_at: OffsetDateTime,
}

#[derive(FromRow)]
struct LinkRow {
    kind: String,
    user_id: Option<String>,
    address: String,
    password_hash: Option<String>,
    data: String,
    created_at: i64,
}

impl EmailLink {
    /// `None` for a row that was only written for the work of it.
    fn of(row: LinkRow) -> Result<Option<Self>, StoreError> {
        let Some(kind) = LinkKind::ALL.into_iter().find(|kind| kind.code() == row.kind) else {
            return if row.kind == NOTHING { Ok(None) } else { Err(StoreError::Corrupt("email_tokens.kind".into())) };
        };
        Ok(Some(Self {
            kind,
            user: row.user_id.as_deref().map(UserId::parse).transpose()?,
            address: EmailAddress::parse(&row.address)?,
            password: row.password_hash.map(PasswordHash::from_row),
            data: serde_json::from_str(&row.data).map_err(|error| StoreError::Corrupt(error.to_string()))?,
            created_at: time(row.created_at)?,
        }))
    }
}

impl Database {
    /// What the link with this token does. Following it by GET uses nothing up: scanners of mail do that.
    ///
    /// # Errors
    /// As every query: [`StoreError`].
    pub async fn email_link(&self, token: &EmailToken, now: OffsetDateTime) -> Result<Option<EmailLink>, StoreError> {
        let mut connection = self.pool.acquire().await?;
        find_link(&mut connection, token, now).await
    }
}

/// What a link does, without using it up. What it is about is locked before it is taken: who has the lock makes other
/// links void, and two would wait for each other.
pub(super) async fn find_link(
    connection: &mut AnyConnection,
    token: &EmailToken,
    now: OffsetDateTime,
) -> Result<Option<EmailLink>, StoreError> {
    let row: Option<LinkRow> = sqlx::query_as(
        "SELECT kind, user_id, address, password_hash, data, created_at FROM email_tokens \
         WHERE token_hash = $1 AND expires_at > $2",
    )
    .bind(ids::hash_of(token))
    .bind(now.unix_timestamp())
    .fetch_optional(connection)
    .await?;
    Ok(row.map(EmailLink::of).transpose()?.flatten())
}

/// A link to be made.
pub(super) struct NewLink<'a> {
    /// `None` where nothing may follow: the row is there for the work alone, and its token goes nowhere.
    pub(super) kind: Option<LinkKind>,
    pub(super) user: Option<UserId>,
    pub(super) address: &'a EmailAddress,
    pub(super) password: Option<&'a PasswordHash>,
    pub(super) data: &'a LinkData,
}

/// Makes a link; gives its token, which is kept nowhere but in the letter.
pub(super) async fn make_link(
    connection: &mut AnyConnection,
    link: &NewLink<'_>,
    now: OffsetDateTime,
) -> Result<EmailToken, StoreError> {
    let token = ids::token()?;
    let lifetime = link.kind.map_or(Duration::minutes(1), LinkKind::lifetime);
    sqlx::query(
        "INSERT INTO email_tokens (token_hash, kind, user_id, address, password_hash, data, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(ids::hash_of(&token))
    .bind(link.kind.map_or(NOTHING, LinkKind::code))
    .bind(link.user.map(|user| user.to_string()))
    .bind(link.address.as_str())
    .bind(link.password.map(PasswordHash::as_str))
    .bind(serde_json::to_string(link.data).map_err(|error| StoreError::Corrupt(error.to_string()))?)
    .bind(now.unix_timestamp())
    .bind((now + lifetime).unix_timestamp())
    .execute(connection)
    .await?;
    Ok(token)
}

/// Uses a link up: the first caller gets it, everybody after finds nothing.
pub(super) async fn take_link(
    connection: &mut AnyConnection,
    token: &EmailToken,
    kind: LinkKind,
    now: OffsetDateTime,
) -> Result<Option<EmailLink>, StoreError> {
    let row: Option<LinkRow> = sqlx::query_as(
        "DELETE FROM email_tokens WHERE token_hash = $1 AND kind = $2 AND expires_at > $3 \
         RETURNING kind, user_id, address, password_hash, data, created_at",
    )
    .bind(ids::hash_of(token))
    .bind(kind.code())
    .bind(now.unix_timestamp())
    .fetch_optional(connection)
    .await?;
    Ok(row.map(EmailLink::of).transpose()?.flatten())
}

/// Makes the links of a kind void that a user's earlier letters carry.
pub(super) async fn invalidate_links(
    connection: &mut AnyConnection,
    user: UserId,
    kind: LinkKind,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM email_tokens WHERE user_id = $1 AND kind = $2")
        .bind(user.to_string())
        .bind(kind.code())
        .execute(connection)
        .await?;
    Ok(())
}

/// Makes every pending change of a user void: a new password that somebody waits for, an address that somebody wants to
/// bring in (the unexpired-e-mail-change attack). Undoing stays possible.
pub(super) async fn invalidate_pending(connection: &mut AnyConnection, user: UserId) -> Result<(), StoreError> {
    invalidate_links(connection, user, LinkKind::Reset).await?;
    invalidate_links(connection, user, LinkKind::ChangeEmail).await
}

/// Makes the undos of a user void that came after one that takes a change back, and went to other mailboxes: those of
/// whoever moved the account there, who would take it back with them.
pub(super) async fn invalidate_later_undos(
    connection: &mut AnyConnection,
    user: UserId,
    address: &EmailAddress,
    since: OffsetDateTime,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM email_tokens WHERE user_id = $1 AND kind = $2 AND address <> $3 AND created_at >= $4")
        .bind(user.to_string())
        .bind(LinkKind::Undo.code())
        .bind(address.as_str())
        .bind(since.unix_timestamp())
        .execute(connection)
        .await?;
    Ok(())
}

/// When an undo that goes to this mailbox is made: after all that went to others. Which of two came first must be clear,
/// and a second holds many changes.
pub(super) async fn after_other_undos(
    connection: &mut AnyConnection,
    user: UserId,
    address: &EmailAddress,
    now: OffsetDateTime,
) -> Result<OffsetDateTime, StoreError> {
    let (last,): (Option<i64>,) =
        sqlx::query_as("SELECT max(created_at) FROM email_tokens WHERE user_id = $1 AND kind = $2 AND address <> $3")
            .bind(user.to_string())
            .bind(LinkKind::Undo.code())
            .bind(address.as_str())
            .fetch_one(connection)
            .await?;
    let after = last.map(|last| time(last.saturating_add(1))).transpose()?;
    Ok(after.map_or(now, |after| after.max(now)))
}

/// Makes the sign-ups void that were begun with an address which somebody has proven.
pub(super) async fn invalidate_sign_ups(
    connection: &mut AnyConnection,
    address: &EmailAddress,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM email_tokens WHERE address = $1 AND kind = $2")
        .bind(address.as_str())
        .bind(LinkKind::SignUp.code())
        .execute(connection)
        .await?;
    Ok(())
}
