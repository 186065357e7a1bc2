//! "This wasn't me": the link in the email about a new device ends its session.

use crate::accounts::{AuditEvent, EmailToken, LinkKind, SessionEnd};
use crate::store::audit::context::AuditContext;
use crate::store::audit::events::note;
use crate::store::email::links::{find_link, take_link};
use crate::store::email::sign_in_codes::delete_sign_in_codes;
use crate::store::engine::database::Database;
use crate::store::error::StoreError;
use crate::store::second_factor::pending::delete_pending_sign_ins;
use crate::store::second_factor::trusted::delete_trusted_browsers;
use crate::store::sessions::end::delete_session;
use crate::store::sessions::ended::note_end;
use crate::store::sessions::known_browsers::{forget_browser, last_session_of};

impl Database {
    /// Ends the session that the email was about, and the one that its browser has opened since. No browser stays trusted,
    /// and no sign-in half done: they may be the thief's. False if the link is unknown, used or expired.
    ///
    /// # Errors
    /// [`StoreError`]: nothing has changed then, and the link still works.
    pub async fn disown_session(&self, token: &EmailToken, audit: &AuditContext) -> Result<bool, StoreError> {
        self.retried(|| self.disown_session_once(token, audit)).await
    }

    async fn disown_session_once(&self, token: &EmailToken, audit: &AuditContext) -> Result<bool, StoreError> {
        let mut write = self.write().await?;
        let Some(found) = find_link(write.connection(), token, audit.now).await? else { return Ok(false) };
        let names: Vec<_> = found.user.iter().map(|user| format!("user {user}")).collect();
        write.lock(&names).await?;
        let Some(link) = take_link(write.connection(), token, LinkKind::NotMe, audit.now).await? else {
            return Ok(false);
        };
        let (Some(user), Some(sign_in)) = (link.user, link.data.sign_in) else {
            return Err(StoreError::Corrupt("email_tokens.data".into()));
        };
        let later = last_session_of(write.connection(), user, &sign_in.browser).await?;
        for session in later.iter().chain([&sign_in.session]) {
            note_end(write.connection(), user, session, SessionEnd::Disowned, audit.now).await?;
            delete_session(&mut write, session).await?;
        }
        forget_browser(write.connection(), user, &sign_in.browser).await?;
        delete_pending_sign_ins(write.connection(), user).await?;
        delete_sign_in_codes(write.connection(), user).await?;
        delete_trusted_browsers(write.connection(), user).await?;
        note(write.connection(), audit, Some(user), &AuditEvent::SessionDisowned).await?;
        write.commit().await?;
        Ok(true)
    }
}
