//! The table `email_codes`: codes that re-authenticate a session. Those by which a browser signs in are in `sign_in_codes`.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use time::OffsetDateTime;

use crate::accounts::{
    AuditEvent, EMAIL_CODE_ATTEMPTS, EMAIL_CODE_LIFETIME, EmailAddress, EmailCode, EmailCodeFacts, EmailKind, LinkKind,
    LocalMethod, UserId, VerificationMethod, VerifiedEmail,
};
use crate::sealing::random_bytes;
use crate::store::account::change::ChangeError;
use crate::store::account::security_notices::note_failed_try;
use crate::store::audit::context::AuditContext;
use crate::store::audit::events::note;
use crate::store::email::message::to_address;
use crate::store::email::queue::queue;
use crate::store::engine::connection::Connection;
use crate::store::engine::database::Database;
use crate::store::error::StoreError;
use crate::store::sessions::rows::SessionVersion;

/// A code that waits to be typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingEmailCode {
    /// Where it was sent.
    pub email: String,
    /// The page to continue on.
    pub return_to: String,
}

/// What became of a typed code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EmailCodeOutcome {
    /// It is used up.
    Accepted(PendingEmailCode),
    Wrong,
    /// There is none for this session: it was used, timed out, or had too many tries.
    Expired,
}

/// Email, its verification method, passwords and apps, passkeys, undo links.
type FactsRow = (Option<String>, Option<String>, i64, i64, i64);

impl Database {
    /// What decides whether a user may authenticate by a code.
    pub async fn email_code_facts(&self, user: UserId, now: OffsetDateTime) -> Result<EmailCodeFacts, StoreError> {
        let mut connection = self.pool.acquire().await?;
        facts(&mut connection, user, self.has_passkeys(), now).await
    }

    /// The code of a session, if it is still valid.
    pub async fn pending_email_code(
        &self,
        session: &str,
        now: OffsetDateTime,
    ) -> Result<Option<PendingEmailCode>, StoreError> {
        let row: Option<(String, String)> = sqlx::query_as(
            "SELECT email, return_to FROM email_codes WHERE asked_by = $1 AND expires_at > $2 AND attempts < $3",
        )
        .bind(session)
        .bind(now.unix_timestamp())
        .bind(EMAIL_CODE_ATTEMPTS)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|(email, return_to)| PendingEmailCode { email, return_to }))
    }

    /// Queues the email with a code for this session, which replaces an earlier one. [`ChangeError::NotFound`] if the user
    /// may not authenticate so.
    pub async fn begin_email_code(
        &self,
        user: UserId,
        here: SessionVersion<'_>,
        return_to: &str,
        audit: &AuditContext,
    ) -> Result<(), ChangeError> {
        let mut write = self.begin_as(user, here).await?.write;
        let facts = facts(write.connection(), user, self.has_passkeys(), audit.now).await?;
        let email = facts.recipient().ok_or(ChangeError::NotFound)?;
        let code = EmailCode::from_random(random_bytes()?);
        sqlx::query(
            "INSERT INTO email_codes (asked_by, session_id, user_id, email, code_mac, attempts, return_to, expires_at) \
             VALUES ($1, $1, $2, $3, $4, 0, $5, $6) ON CONFLICT (asked_by) DO UPDATE SET email = excluded.email, \
             code_mac = excluded.code_mac, attempts = 0, return_to = excluded.return_to, \
             expires_at = excluded.expires_at",
        )
        .bind(here.id)
        .bind(user.to_string())
        .bind(email.as_str())
        .bind(URL_SAFE_NO_PAD.encode(self.sealer.mac(&authenticated(here.id, &code))))
        .bind(return_to)
        .bind((audit.now + EMAIL_CODE_LIFETIME).unix_timestamp())
        .execute(write.connection())
        .await?;
        let message = to_address(email, EmailKind::Code { code }, audit);
        queue(write.connection(), &self.sealer, Some(user), &message, audit.now).await?;
        note(write.connection(), audit, Some(user), &AuditEvent::EmailCodeRequested).await?;
        write.commit().await?;
        Ok(())
    }

    /// Counts a try and compares. `None` is no code at all, and counts as well.
    pub async fn use_email_code(
        &self,
        user: UserId,
        here: SessionVersion<'_>,
        code: Option<&EmailCode>,
        audit: &AuditContext,
    ) -> Result<EmailCodeOutcome, ChangeError> {
        let mut write = self.begin_as(user, here).await?.write;
        let row: Option<(String, String, String)> = sqlx::query_as(
            "UPDATE email_codes SET attempts = attempts + 1 \
             WHERE asked_by = $1 AND user_id = $2 AND expires_at > $3 AND attempts < $4 \
             RETURNING code_mac, email, return_to",
        )
        .bind(here.id)
        .bind(user.to_string())
        .bind(audit.now.unix_timestamp())
        .bind(EMAIL_CODE_ATTEMPTS)
        .fetch_optional(write.connection())
        .await?;
        let facts = facts(write.connection(), user, self.has_passkeys(), audit.now).await?;
        let recipient = facts.recipient().map(EmailAddress::as_str);
        // The address, or what the account has, may have changed since.
        let Some((mac, email, return_to)) = row.filter(|(_, email, _)| recipient == Some(email)) else {
            return Ok(EmailCodeOutcome::Expired);
        };
        let mac = URL_SAFE_NO_PAD.decode(mac).map_err(|_| StoreError::Corrupt("email_codes.code_mac".into()))?;
        if !code.is_some_and(|code| self.sealer.is_authentic(&authenticated(here.id, code), &mac)) {
            let event = AuditEvent::WrongCode { method: LocalMethod::EmailCode };
            note_failed_try(&mut write, audit, user, &event).await?;
            write.commit().await?;
            return Ok(EmailCodeOutcome::Wrong);
        }
        sqlx::query("DELETE FROM email_codes WHERE asked_by = $1").bind(here.id).execute(write.connection()).await?;
        write.commit().await?;
        Ok(EmailCodeOutcome::Accepted(PendingEmailCode { email, return_to }))
    }
}

pub(in crate::store) async fn facts(
    connection: &mut Connection,
    user: UserId,
    has_passkeys: bool,
    now: OffsetDateTime,
) -> Result<EmailCodeFacts, StoreError> {
    let row: Option<FactsRow> = sqlx::query_as(
        "SELECT users.verified_email, users.verified_email_method, \
         (SELECT count(*) FROM passwords WHERE passwords.user_id = users.id) \
         + (SELECT count(*) FROM totp WHERE totp.user_id = users.id), \
         (SELECT count(*) FROM passkeys WHERE passkeys.user_id = users.id), \
         (SELECT count(*) FROM email_tokens WHERE email_tokens.user_id = users.id AND email_tokens.kind = $2 \
          AND email_tokens.email <> users.verified_email AND email_tokens.expires_at > $3) \
         FROM users WHERE users.id = $1",
    )
    .bind(user.to_string())
    .bind(LinkKind::Undo.code())
    .bind(now.unix_timestamp())
    .fetch_optional(connection)
    .await?;
    let Some((email, method, stronger, passkeys, undo_links)) = row else { return Ok(EmailCodeFacts::default()) };
    let method = method.as_deref().and_then(VerificationMethod::from_code);
    let verified_email = match (email, method) {
        (Some(email), Some(method)) => Some(VerifiedEmail::on_record(EmailAddress::parse(&email)?, method)),
        _ => None,
    };
    Ok(EmailCodeFacts {
        verified_email,
        has_stronger: stronger > 0 || (has_passkeys && passkeys > 0),
        can_be_undone: undo_links > 0,
    })
}

/// What the MAC covers: the code of another session or browser is another message.
pub(in crate::store) fn authenticated(asked_by: &str, code: &EmailCode) -> Vec<u8> {
    format!("email code {asked_by} {}", code.expose()).into_bytes()
}
