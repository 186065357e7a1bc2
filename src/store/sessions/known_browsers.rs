//! The table `known_browsers`: browsers in which a user has signed in.

use time::Duration;

use crate::accounts::{AuthenticationMethod, EmailToken, UserId};
use crate::sealing::sha256_base64url;
use crate::store::account::security_notices::announce_new_device;
use crate::store::engine::connection::Connection;
use crate::store::engine::write::Write;
use crate::store::error::StoreError;
use crate::store::sessions::rows::NewSession;

/// How long a browser is known after its last sign-in.
const KNOWN_FOR: Duration = Duration::days(365);
/// Browsers of one user. One more drops the one that was used least recently.
const MAX_PER_USER: i64 = 20;

/// Notes which browser opened the session `id`, and announces a browser that is new. The user's first is not announced, and
/// one that could not be, as an email was sent within a day, stays unknown: its next sign-in is.
pub(in crate::store) async fn recognise(write: &mut Write<'_>, new: &NewSession, id: &str) -> Result<(), StoreError> {
    let Some(token) = &new.browser else { return Ok(()) };
    let browser = mark_of(new.user, token);
    if is_known(write.connection(), new, &browser, id).await? {
        return Ok(());
    }
    // The link of an email shows the mailbox to which the announcement would go.
    let opened_an_email = new.authentications.first() == Some(&AuthenticationMethod::EmailLink);
    if !opened_an_email
        && has_signed_in(write.connection(), new.user).await?
        && !announce_new_device(write, new, id, &browser).await?
    {
        return Ok(());
    }
    remember(write.connection(), new, &browser, id).await
}

/// A token that another user's rows do not show.
fn mark_of(user: UserId, token: &EmailToken) -> String {
    sha256_base64url(format!("{user} {}", token.expose()))
}

async fn is_known(connection: &mut Connection, new: &NewSession, browser: &str, id: &str) -> Result<bool, StoreError> {
    let used = sqlx::query(
        "UPDATE known_browsers SET session_id = $3, last_used_at = $4 \
         WHERE user_id = $1 AND browser = $2 AND last_used_at > $5",
    )
    .bind(new.user.to_string())
    .bind(browser)
    .bind(id)
    .bind(new.created_at.unix_timestamp())
    .bind((new.created_at - KNOWN_FOR).unix_timestamp())
    .execute(connection)
    .await?;
    Ok(used.rows_affected() == 1)
}

async fn has_signed_in(connection: &mut Connection, user: UserId) -> Result<bool, StoreError> {
    let row = sqlx::query("SELECT user_id FROM known_browsers WHERE user_id = $1 LIMIT 1")
        .bind(user.to_string())
        .fetch_optional(connection)
        .await?;
    Ok(row.is_some())
}

async fn remember(connection: &mut Connection, new: &NewSession, browser: &str, id: &str) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO known_browsers (user_id, browser, session_id, last_used_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (user_id, browser) DO UPDATE SET session_id = excluded.session_id, \
         last_used_at = excluded.last_used_at",
    )
    .bind(new.user.to_string())
    .bind(browser)
    .bind(id)
    .bind(new.created_at.unix_timestamp())
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "DELETE FROM known_browsers WHERE user_id = $1 AND browser IN (SELECT browser FROM known_browsers \
         WHERE user_id = $1 ORDER BY last_used_at DESC, browser LIMIT $2 OFFSET $2)",
    )
    .bind(new.user.to_string())
    .bind(MAX_PER_USER)
    .execute(connection)
    .await?;
    Ok(())
}

/// The session that a browser opened last, if it is known.
pub(in crate::store) async fn last_session_of(
    connection: &mut Connection,
    user: UserId,
    browser: &str,
) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> =
        sqlx::query_as("SELECT session_id FROM known_browsers WHERE user_id = $1 AND browser = $2")
            .bind(user.to_string())
            .bind(browser)
            .fetch_optional(connection)
            .await?;
    Ok(row.map(|(session,)| session))
}

/// One browser is known no longer.
pub(in crate::store) async fn forget_browser(
    connection: &mut Connection,
    user: UserId,
    browser: &str,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE known_browsers SET last_used_at = 0 WHERE user_id = $1 AND browser = $2")
        .bind(user.to_string())
        .bind(browser)
        .execute(connection)
        .await?;
    Ok(())
}

/// No browser is known any longer but the one that opened the session `except`: a thief's may be among them.
pub(in crate::store) async fn forget_browsers(
    connection: &mut Connection,
    user: UserId,
    except: Option<&str>,
) -> Result<(), StoreError> {
    // No id is empty.
    sqlx::query("UPDATE known_browsers SET last_used_at = 0 WHERE user_id = $1 AND session_id <> $2")
        .bind(user.to_string())
        .bind(except.unwrap_or_default())
        .execute(connection)
        .await?;
    Ok(())
}
