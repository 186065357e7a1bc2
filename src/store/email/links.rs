//! The table `email_tokens`: links in emails.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use time::{Duration, OffsetDateTime};

use crate::accounts::{EmailAddress, EmailToken, LinkKind, PasswordHash, UserId};
use crate::store::account::pending_email_change::forget;
use crate::store::engine::connection::Connection;
use crate::store::engine::database::Database;
use crate::store::error::StoreError;
use crate::store::ids;
use crate::store::users::rows::time;

/// Valid undo links of one user, a week's. Only a recovery may add more.
const MAX_UNDO_LINKS: i64 = 100;

/// The kind of a row without a sent link.
const NOTHING: &str = "nothing";

/// Stored with a link in plain text: nothing secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkData {
    pub return_to: Option<String>,
    /// A hash of the requesting browser's cookie.
    pub browser: Option<String>,
    pub undo: Option<UndoStep>,
    /// Of "This wasn't me".
    pub sign_in: Option<AnnouncedSignIn>,
}

/// A sign-in in a new browser, as its email describes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnnouncedSignIn {
    /// The id of the session.
    pub session: String,
    /// What `known_browsers` calls the browser.
    pub browser: String,
    /// Browser and operating system, from the user agent.
    pub device: String,
    pub ip: Option<IpAddr>,
}

/// The change that an undo link undoes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum UndoStep {
    MethodAdded {
        /// The provider's slug.
        provider: String,
        issuer: String,
        subject: String,
    },
    PasskeyAdded,
    /// An authenticator app was set up, replaced or removed.
    SecondFactorChanged,
    PasswordChanged,
    EmailChanged {
        old: EmailAddress,
    },
}

/// A link that is neither used nor expired.
#[derive(Clone, Debug)]
pub struct EmailLink {
    pub kind: LinkKind,
    /// `None` for a sign-up.
    pub user: Option<UserId>,
    /// Where the email went.
    pub email: EmailAddress,
    /// Of a sign-up.
    pub password: Option<PasswordHash>,
    pub data: LinkData,
    pub created_at: OffsetDateTime,
}

#[derive(FromRow)]
struct LinkRow {
    kind: String,
    user_id: Option<String>,
    email: String,
    password_hash: Option<String>,
    data: String,
    created_at: i64,
}

impl EmailLink {
    /// `None` for a row without a sent link.
    fn of(row: LinkRow) -> Result<Option<Self>, StoreError> {
        let Some(kind) = LinkKind::ALL.into_iter().find(|kind| kind.code() == row.kind) else {
            return if row.kind == NOTHING { Ok(None) } else { Err(StoreError::Corrupt("email_tokens.kind".into())) };
        };
        Ok(Some(Self {
            kind,
            user: row.user_id.as_deref().map(UserId::parse).transpose()?,
            email: EmailAddress::parse(&row.email)?,
            password: row.password_hash.map(PasswordHash::from_row),
            data: serde_json::from_str(&row.data).map_err(|error| StoreError::Corrupt(error.to_string()))?,
            created_at: time(row.created_at)?,
        }))
    }
}

impl Database {
    /// Looks the link up without using it: mail scanners follow links by GET.
    pub async fn email_link(&self, token: &EmailToken, now: OffsetDateTime) -> Result<Option<EmailLink>, StoreError> {
        let mut connection = self.pool.acquire().await?;
        find_link(&mut connection, token, now).await
    }
}

/// Looks a link up without using it. Callers lock its user or email address before they take it: the holder of that
/// lock invalidates other links, and the opposite order would deadlock.
pub(in crate::store) async fn find_link(
    connection: &mut Connection,
    token: &EmailToken,
    now: OffsetDateTime,
) -> Result<Option<EmailLink>, StoreError> {
    let row: Option<LinkRow> = sqlx::query_as(
        "SELECT kind, user_id, email, password_hash, data, created_at FROM email_tokens \
         WHERE token_hash = $1 AND expires_at > $2",
    )
    .bind(ids::hash_of(token))
    .bind(now.unix_timestamp())
    .fetch_optional(connection)
    .await?;
    Ok(row.map(EmailLink::of).transpose()?.flatten())
}

pub(in crate::store) struct NewLink<'a> {
    /// `None` for a row without a sent link, written so that every request costs the same.
    pub(in crate::store) kind: Option<LinkKind>,
    pub(in crate::store) user: Option<UserId>,
    pub(in crate::store) email: &'a EmailAddress,
    pub(in crate::store) password: Option<&'a PasswordHash>,
    pub(in crate::store) data: &'a LinkData,
}

/// Returns the token, of which the database keeps only the hash.
pub(in crate::store) async fn make_link(
    connection: &mut Connection,
    link: &NewLink<'_>,
    now: OffsetDateTime,
) -> Result<EmailToken, StoreError> {
    let token = ids::token()?;
    let lifetime = link.kind.map_or(Duration::minutes(1), LinkKind::lifetime);
    sqlx::query(
        "INSERT INTO email_tokens (token_hash, kind, user_id, email, password_hash, data, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(ids::hash_of(&token))
    .bind(link.kind.map_or(NOTHING, LinkKind::code))
    .bind(link.user.map(|user| user.to_string()))
    .bind(link.email.as_str())
    .bind(link.password.map(PasswordHash::as_str))
    .bind(serde_json::to_string(link.data).map_err(|error| StoreError::Corrupt(error.to_string()))?)
    .bind(now.unix_timestamp())
    .bind((now + lifetime).unix_timestamp())
    .execute(connection)
    .await?;
    Ok(token)
}

/// Uses a link: only the first caller gets it.
pub(in crate::store) async fn take_link(
    connection: &mut Connection,
    token: &EmailToken,
    kind: LinkKind,
    now: OffsetDateTime,
) -> Result<Option<EmailLink>, StoreError> {
    let row: Option<LinkRow> = sqlx::query_as(
        "DELETE FROM email_tokens WHERE token_hash = $1 AND kind = $2 AND expires_at > $3 \
         RETURNING kind, user_id, email, password_hash, data, created_at",
    )
    .bind(ids::hash_of(token))
    .bind(kind.code())
    .bind(now.unix_timestamp())
    .fetch_optional(connection)
    .await?;
    Ok(row.map(EmailLink::of).transpose()?.flatten())
}

/// How many links of a kind a user could open.
pub(in crate::store) async fn count_links(
    connection: &mut Connection,
    user: UserId,
    kind: LinkKind,
    now: OffsetDateTime,
) -> Result<i64, StoreError> {
    let (links,) =
        sqlx::query_as("SELECT count(*) FROM email_tokens WHERE user_id = $1 AND kind = $2 AND expires_at > $3")
            .bind(user.to_string())
            .bind(kind.code())
            .bind(now.unix_timestamp())
            .fetch_one(connection)
            .await?;
    Ok(links)
}

/// Whether the user has changed sign-in methods so often that another change waits until one of the undo links has expired.
/// None of them goes to make room: an attacker would remove the one that the owner needs.
pub(in crate::store) async fn has_too_many_undo_links(
    connection: &mut Connection,
    user: UserId,
    now: OffsetDateTime,
) -> Result<bool, StoreError> {
    Ok(count_links(connection, user, LinkKind::Undo, now).await? >= MAX_UNDO_LINKS)
}

pub(in crate::store) async fn invalidate_links(
    connection: &mut Connection,
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

/// Invalidates pending password resets and email changes (the unexpired-email-change attack). Undo links stay valid.
pub(in crate::store) async fn invalidate_pending(connection: &mut Connection, user: UserId) -> Result<(), StoreError> {
    invalidate_links(connection, user, LinkKind::Reset).await?;
    invalidate_links(connection, user, LinkKind::ChangeEmail).await?;
    forget(connection, user).await.map(drop)
}

/// Invalidates undo links that were sent to other mailboxes since: an attacker who moved the account there would use
/// them to take it back.
pub(in crate::store) async fn invalidate_later_undos(
    connection: &mut Connection,
    user: UserId,
    email: &EmailAddress,
    since: OffsetDateTime,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM email_tokens WHERE user_id = $1 AND kind = $2 AND email <> $3 AND created_at >= $4")
        .bind(user.to_string())
        .bind(LinkKind::Undo.code())
        .bind(email.as_str())
        .bind(since.unix_timestamp())
        .execute(connection)
        .await?;
    Ok(())
}

/// The creation time of an undo link to this mailbox: later than those to other mailboxes, as their order decides which
/// is still valid and times have a resolution of a second.
pub(in crate::store) async fn after_other_undos(
    connection: &mut Connection,
    user: UserId,
    email: &EmailAddress,
    now: OffsetDateTime,
) -> Result<OffsetDateTime, StoreError> {
    let (last,): (Option<i64>,) =
        sqlx::query_as("SELECT max(created_at) FROM email_tokens WHERE user_id = $1 AND kind = $2 AND email <> $3")
            .bind(user.to_string())
            .bind(LinkKind::Undo.code())
            .bind(email.as_str())
            .fetch_one(connection)
            .await?;
    let after = last.map(|last| time(last.saturating_add(1))).transpose()?;
    Ok(after.map_or(now, |after| after.max(now)))
}

/// Invalidates pending sign-ups with an email address that has been verified.
pub(in crate::store) async fn invalidate_sign_ups(
    connection: &mut Connection,
    email: &EmailAddress,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM email_tokens WHERE email = $1 AND kind = $2")
        .bind(email.as_str())
        .bind(LinkKind::SignUp.code())
        .execute(connection)
        .await?;
    Ok(())
}
