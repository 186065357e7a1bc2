//! Codes by which a browser signs in: the rows of `email_codes` without a session.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::accounts::{
    AuditEvent, EMAIL_CODE_ATTEMPTS, EMAIL_CODE_LIFETIME, EmailAddress, EmailCode, EmailKind, User, UserId,
};
use crate::sealing::random_bytes;
use crate::store::audit::context::AuditContext;
use crate::store::audit::events::note;
use crate::store::email::codes::{authenticated, facts};
use crate::store::email::message::to_address;
use crate::store::email::queue::queue;
use crate::store::engine::connection::Connection;
use crate::store::engine::database::Database;
use crate::store::error::StoreError;
use crate::store::linking::gather::linking_context_of_email;
use crate::store::users::queries::user;

/// What became of a typed code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInCodeOutcome {
    /// The transaction that signs the user in uses it up.
    Right {
        user: Box<User>,
        /// The account has a password, a passkey or an authenticator app.
        has_stronger: bool,
        code: RightCode,
    },
    Wrong,
    /// This browser has none: it was used, timed out, or had too many tries; or the account has changed meanwhile.
    Expired,
}

/// A code that was typed right, and works until it is used up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RightCode {
    asked_by: String,
    /// Of this code: the browser may have asked for another one meanwhile.
    code_mac: String,
}

/// A row that a try was counted in: its MAC, address and user.
type Tried = (String, String, Option<String>);

impl Database {
    /// Queues the email with a code for the browser `asked_by`, a hash of the id in its cookie, in place of its earlier one;
    /// or an email that says why there is none. Each case runs the same number of queries.
    ///
    /// # Errors
    /// [`StoreError`]: nothing has changed then, and no email is sent.
    pub async fn begin_sign_in_code(
        &self,
        email: &EmailAddress,
        asked_by: &str,
        audit: &AuditContext,
    ) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        let owner = linking_context_of_email(&mut write, email).await?.email_owner;
        let owner_id = owner.as_ref().map(|owner| owner.user.id);
        let facts =
            facts(write.connection(), owner_id.unwrap_or(UserId::NOBODY), self.has_passkeys(), audit.now).await?;
        let code = EmailCode::from_random(random_bytes()?);
        let (user, kind) = match owner {
            Some(owner) if facts.may_sign_in(email) => {
                (Some(owner.user.id), EmailKind::SignInCode { code: code.clone() })
            }
            Some(owner) => (None, EmailKind::NoSignInCode { methods: owner.methods }),
            None => (None, EmailKind::NoAccountToSignIn),
        };
        sqlx::query(
            "INSERT INTO email_codes (asked_by, user_id, email, code_mac, attempts, return_to, expires_at) \
             VALUES ($1, $2, $3, $4, 0, '', $5) ON CONFLICT (asked_by) DO UPDATE SET user_id = excluded.user_id, \
             email = excluded.email, code_mac = excluded.code_mac, attempts = 0, expires_at = excluded.expires_at",
        )
        .bind(asked_by)
        .bind(user.map(|user| user.to_string()))
        .bind(email.as_str())
        .bind(URL_SAFE_NO_PAD.encode(self.sealer.mac(&authenticated(asked_by, &code))))
        .bind((audit.now + EMAIL_CODE_LIFETIME).unix_timestamp())
        .execute(write.connection())
        .await?;
        let message = to_address(email, kind, audit);
        queue(write.connection(), &self.sealer, owner_id, &message, audit.now).await?;
        note(write.connection(), audit, owner_id, &AuditEvent::SignInCodeRequested).await?;
        write.commit().await
    }

    /// Counts a try and compares. `None` is no code at all, and counts as well. A right code costs no try: what it opens may fail,
    /// and the user types it again.
    pub async fn check_sign_in_code(
        &self,
        asked_by: &str,
        code: Option<&EmailCode>,
        audit: &AuditContext,
    ) -> Result<SignInCodeOutcome, StoreError> {
        let mut write = self.write().await?;
        let tried: Option<Tried> = sqlx::query_as(
            "UPDATE email_codes SET attempts = attempts + 1 \
             WHERE asked_by = $1 AND session_id IS NULL AND expires_at > $2 AND attempts < $3 \
             RETURNING code_mac, email, user_id",
        )
        .bind(asked_by)
        .bind(audit.now.unix_timestamp())
        .bind(EMAIL_CODE_ATTEMPTS)
        .fetch_optional(write.connection())
        .await?;
        let Some((code_mac, email, id)) = tried else { return Ok(SignInCodeOutcome::Expired) };
        let id = id.as_deref().map(UserId::parse).transpose()?;
        let mac = URL_SAFE_NO_PAD.decode(&code_mac).map_err(|_| StoreError::Corrupt("email_codes.code_mac".into()))?;
        let is_right = code.is_some_and(|code| self.sealer.is_authentic(&authenticated(asked_by, code), &mac));
        let Some(id) = id.filter(|_| is_right) else {
            note(write.connection(), audit, id, &AuditEvent::WrongSignInCode).await?;
            write.commit().await?;
            return Ok(SignInCodeOutcome::Wrong);
        };
        let facts = facts(write.connection(), id, self.has_passkeys(), audit.now).await?;
        let user = user(write.connection(), id).await?.filter(|user| user.disabled_at.is_none());
        // The address, or how it was verified, may have changed since. Rolled back.
        Ok(match user.filter(|_| EmailAddress::parse(&email).is_ok_and(|email| facts.may_sign_in(&email))) {
            Some(user) => {
                let code = RightCode { asked_by: asked_by.to_owned(), code_mac };
                SignInCodeOutcome::Right { user: Box::new(user), has_stronger: facts.has_stronger, code }
            }
            None => SignInCodeOutcome::Expired,
        })
    }
}

/// Under the user's lock.
///
/// # Errors
/// [`StoreError::EmailCodeUsed`]
pub(in crate::store) async fn use_up(
    connection: &mut Connection,
    user: UserId,
    code: &RightCode,
) -> Result<(), StoreError> {
    let used = sqlx::query("DELETE FROM email_codes WHERE asked_by = $1 AND code_mac = $2 AND user_id = $3")
        .bind(&code.asked_by)
        .bind(&code.code_mac)
        .bind(user.to_string())
        .execute(connection)
        .await?;
    if used.rows_affected() == 1 { Ok(()) } else { Err(StoreError::EmailCodeUsed) }
}

/// Codes go with the user's sessions: a thief's may be among them.
pub(in crate::store) async fn delete_sign_in_codes(
    connection: &mut Connection,
    user: UserId,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM email_codes WHERE user_id = $1 AND session_id IS NULL")
        .bind(user.to_string())
        .execute(connection)
        .await?;
    Ok(())
}
