//! Queries on `totp` and `recovery_codes`.

use sqlx::FromRow;
use time::OffsetDateTime;

use crate::accounts::{RecoveryCode, SecondFactors, UserId};
use crate::sealing::{RandomError, Sealer, random_bytes};
use crate::store::engine::connection::Connection;
use crate::store::engine::database::Database;
use crate::store::error::StoreError;
use crate::store::users::rows::time;
use crate::totp::TotpSecret;

/// A user's authenticator app, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthenticatorApp {
    pub added_at: OffsetDateTime,
    pub last_used_at: Option<OffsetDateTime>,
    /// Asked also after a provider that does not say how it authenticated the user.
    pub after_providers: bool,
    /// Recovery codes that are left.
    pub recovery_codes: u32,
}

/// The app as a code is verified by it.
pub(in crate::store) struct Secret {
    pub(in crate::store) secret: TotpSecret,
    pub(in crate::store) last_step: i64,
    pub(in crate::store) enrolled_at: OffsetDateTime,
    pub(in crate::store) after_providers: bool,
}

#[derive(FromRow)]
struct AppRow {
    added_at: i64,
    last_used_at: Option<i64>,
    after_providers: i64,
    codes: i64,
}

impl Database {
    pub async fn authenticator_app(&self, user: UserId) -> Result<Option<AuthenticatorApp>, StoreError> {
        let row: Option<AppRow> = sqlx::query_as(
            "SELECT added_at, last_used_at, after_providers, \
             (SELECT count(*) FROM recovery_codes WHERE recovery_codes.user_id = totp.user_id) AS codes \
             FROM totp WHERE user_id = $1",
        )
        .bind(user.to_string())
        .fetch_optional(&self.pool)
        .await?;
        row.map(|row| {
            Ok(AuthenticatorApp {
                added_at: time(row.added_at)?,
                last_used_at: row.last_used_at.map(time).transpose()?,
                after_providers: row.after_providers != 0,
                recovery_codes: u32::try_from(row.codes).unwrap_or(u32::MAX),
            })
        })
        .transpose()
    }

    /// What every sign-in asks, in one query. A passkey counts here whether or not passkeys are on.
    pub async fn second_factors(&self, user: UserId) -> Result<SecondFactors, StoreError> {
        let mut connection = self.pool.acquire().await?;
        second_factors_of(&mut connection, user).await
    }
}

/// As [`Database::second_factors`].
pub(in crate::store) async fn second_factors_of(
    connection: &mut Connection,
    user: UserId,
) -> Result<SecondFactors, StoreError> {
    let (after_providers, passkeys): (Option<i64>, i64) = sqlx::query_as(
        "SELECT (SELECT after_providers FROM totp WHERE user_id = $1), \
         (SELECT count(*) FROM passkeys WHERE user_id = $1)",
    )
    .bind(user.to_string())
    .fetch_one(connection)
    .await?;
    Ok(SecondFactors {
        app: after_providers.is_some(),
        passkey: passkeys > 0,
        after_providers: after_providers == Some(1),
    })
}

/// What the secret is sealed for: it opens for no other user.
pub(in crate::store) fn place(user: UserId) -> String {
    format!("totp {user}")
}

pub(in crate::store) async fn has_app(connection: &mut Connection, user: UserId) -> Result<bool, StoreError> {
    let row = sqlx::query("SELECT user_id FROM totp WHERE user_id = $1")
        .bind(user.to_string())
        .fetch_optional(connection)
        .await?;
    Ok(row.is_some())
}

/// # Errors
/// [`StoreError::Corrupt`] if no key opens it: `SECRET_KEY` lost one.
pub(in crate::store) async fn secret_of(
    connection: &mut Connection,
    sealer: &Sealer,
    user: UserId,
) -> Result<Option<Secret>, StoreError> {
    let row: Option<(String, i64, i64, i64)> =
        sqlx::query_as("SELECT secret, last_step, enrolled_at, after_providers FROM totp WHERE user_id = $1")
            .bind(user.to_string())
            .fetch_optional(connection)
            .await?;
    let Some((sealed, last_step, enrolled_at, after_providers)) = row else { return Ok(None) };
    let secret = sealer.open(&place(user), &sealed).ok().and_then(|bytes| TotpSecret::from_bytes(&bytes));
    let secret = secret.ok_or_else(|| StoreError::Corrupt("totp.secret".into()))?;
    Ok(Some(Secret { secret, last_step, enrolled_at: time(enrolled_at)?, after_providers: after_providers != 0 }))
}

/// Stores an app in place of an earlier one, whose recovery codes go.
pub(in crate::store) async fn put_app(
    connection: &mut Connection,
    sealer: &Sealer,
    user: UserId,
    app: &Secret,
    now: OffsetDateTime,
) -> Result<(), StoreError> {
    delete_app(connection, user).await?;
    let sealed = sealer.seal(&place(user), app.secret.expose()).map_err(|_| RandomError)?;
    sqlx::query(
        "INSERT INTO totp (user_id, secret, last_step, after_providers, enrolled_at, added_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(user.to_string())
    .bind(sealed)
    .bind(app.last_step)
    .bind(i64::from(app.after_providers))
    .bind(app.enrolled_at.unix_timestamp())
    .bind(now.unix_timestamp())
    .execute(connection)
    .await?;
    Ok(())
}

/// With its recovery codes. False if there was none.
pub(in crate::store) async fn delete_app(connection: &mut Connection, user: UserId) -> Result<bool, StoreError> {
    let deleted = sqlx::query("DELETE FROM totp WHERE user_id = $1").bind(user.to_string()).execute(connection).await?;
    Ok(deleted.rows_affected() == 1)
}

/// Removes the second factor of a user who first had one at `since` or later. One that was there before stays, even with a
/// new app: who reads the mailbox alone must not get rid of it.
pub(in crate::store) async fn delete_app_since(
    connection: &mut Connection,
    user: UserId,
    since: OffsetDateTime,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM totp WHERE user_id = $1 AND enrolled_at >= $2")
        .bind(user.to_string())
        .bind(since.unix_timestamp())
        .execute(connection)
        .await?;
    Ok(())
}

/// New codes in place of the others, to be shown once.
pub(in crate::store) async fn replace_recovery_codes(
    connection: &mut Connection,
    user: UserId,
    secret: &TotpSecret,
) -> Result<Vec<RecoveryCode>, StoreError> {
    sqlx::query("DELETE FROM recovery_codes WHERE user_id = $1")
        .bind(user.to_string())
        .execute(&mut *connection)
        .await?;
    let mut codes = Vec::with_capacity(RecoveryCode::COUNT);
    for _ in 0..RecoveryCode::COUNT {
        let code = RecoveryCode::from_random(random_bytes()?);
        sqlx::query("INSERT INTO recovery_codes (mac, user_id) VALUES ($1, $2)")
            .bind(code.mac(secret))
            .bind(user.to_string())
            .execute(&mut *connection)
            .await?;
        codes.push(code);
    }
    Ok(codes)
}
