//! Verifies a code: each counts once, in the statement that compares it.

use time::OffsetDateTime;

use crate::accounts::{
    AuditEvent, AuthenticationMethod, EmailKind, LocalMethod, RecoveryCode, SecondFactorCode, SecondFactorEvent, User,
    UserId,
};
use crate::store::account::change::ChangeError;
use crate::store::account::security_notices::note_failed_try;
use crate::store::audit::context::AuditContext;
use crate::store::audit::events::note;
use crate::store::email::message::queue_to_user;
use crate::store::engine::database::Database;
use crate::store::engine::write::Write;
use crate::store::error::StoreError;
use crate::store::second_factor::app::{Secret, secret_of};
use crate::store::second_factor::pending::count_try;
use crate::store::sessions::rows::SessionVersion;
use crate::store::users::queries::user;
use crate::totp::{TotpCode, TotpVerdict};

/// What became of a typed code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecondFactorOutcome {
    /// It is used up.
    Accepted(AuthenticationMethod),
    Wrong,
    /// The sign-in was finished or given up meanwhile, timed out, or had too many tries; or the user has no app any more.
    Expired,
}

impl Database {
    /// Verifies a code at the second step of a sign-in, and counts the try. `None` is a text that can be no code.
    ///
    /// # Errors
    /// [`StoreError`]: nothing was counted then, and the code still works.
    pub async fn verify_second_step(
        &self,
        id: UserId,
        pending: &str,
        code: Option<&SecondFactorCode>,
        audit: &AuditContext,
    ) -> Result<SecondFactorOutcome, StoreError> {
        let mut write = self.write_as(id).await?;
        if !count_try(write.connection(), id, pending, audit.now).await? {
            return Ok(SecondFactorOutcome::Expired);
        }
        let outcome = self.verify(&mut write, id, code, audit).await?;
        if let SecondFactorOutcome::Accepted(method) = &outcome {
            let method = local_method(method);
            note(write.connection(), audit, Some(id), &AuditEvent::SecondFactorPassed { method }).await?;
        }
        write.commit().await?;
        Ok(outcome)
    }

    /// Verifies a code by which a signed-in user re-authenticates.
    ///
    /// # Errors
    /// [`ChangeError`]; as above.
    pub async fn reauthenticate_with_code(
        &self,
        id: UserId,
        here: SessionVersion<'_>,
        code: Option<&SecondFactorCode>,
        audit: &AuditContext,
    ) -> Result<SecondFactorOutcome, ChangeError> {
        let mut write = self.begin_as(id, here).await?.write;
        let outcome = self.verify(&mut write, id, code, audit).await?;
        write.commit().await?;
        Ok(outcome)
    }

    async fn verify(
        &self,
        write: &mut Write<'_>,
        id: UserId,
        code: Option<&SecondFactorCode>,
        audit: &AuditContext,
    ) -> Result<SecondFactorOutcome, StoreError> {
        let user = user(write.connection(), id).await?.filter(|user| user.disabled_at.is_none());
        let (Some(user), Some(app)) = (user, secret_of(write.connection(), &self.sealer, id).await?) else {
            return Ok(SecondFactorOutcome::Expired);
        };
        let accepted = match code {
            None => None,
            Some(SecondFactorCode::Totp(code)) => use_totp(write, id, &app, code, audit.now).await?,
            Some(SecondFactorCode::Recovery(code)) => self.use_recovery_code(write, &user, &app, code, audit).await?,
        };
        if let Some(method) = accepted {
            return Ok(SecondFactorOutcome::Accepted(method));
        }
        note_failed_try(write, audit, id, &AuditEvent::SecondFactor(SecondFactorEvent::Refused)).await?;
        Ok(SecondFactorOutcome::Wrong)
    }

    async fn use_recovery_code(
        &self,
        write: &mut Write<'_>,
        user: &User,
        app: &Secret,
        code: &RecoveryCode,
        audit: &AuditContext,
    ) -> Result<Option<AuthenticationMethod>, StoreError> {
        let used = sqlx::query("DELETE FROM recovery_codes WHERE mac = $1 AND user_id = $2")
            .bind(code.mac(&app.secret))
            .bind(user.id.to_string())
            .execute(write.connection())
            .await?;
        if used.rows_affected() == 0 {
            return Ok(None);
        }
        let (left,): (i64,) = sqlx::query_as("SELECT count(*) FROM recovery_codes WHERE user_id = $1")
            .bind(user.id.to_string())
            .fetch_one(write.connection())
            .await?;
        let kind = EmailKind::RecoveryCodeUsed { left: u32::try_from(left).unwrap_or_default() };
        queue_to_user(write.connection(), &self.sealer, user, kind, audit).await?;
        Ok(Some(AuthenticationMethod::RecoveryCode))
    }
}

/// The comparison and the mark are one statement: of two requests with one code, the second finds the step used.
async fn use_totp(
    write: &mut Write<'_>,
    user: UserId,
    app: &Secret,
    code: &TotpCode,
    now: OffsetDateTime,
) -> Result<Option<AuthenticationMethod>, StoreError> {
    let TotpVerdict::Accepted { step } = code.judge(&app.secret, now.unix_timestamp(), Some(app.last_step)) else {
        return Ok(None);
    };
    let used = sqlx::query("UPDATE totp SET last_step = $2, last_used_at = $3 WHERE user_id = $1 AND last_step < $2")
        .bind(user.to_string())
        .bind(step)
        .bind(now.unix_timestamp())
        .execute(write.connection())
        .await?;
    Ok((used.rows_affected() == 1).then_some(AuthenticationMethod::Totp))
}

const fn local_method(method: &AuthenticationMethod) -> LocalMethod {
    match method {
        AuthenticationMethod::RecoveryCode => LocalMethod::RecoveryCode,
        _ => LocalMethod::Totp,
    }
}
