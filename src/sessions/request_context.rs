//! One request of one browser, with all that is needed to answer it.

use std::sync::Arc;

use http::{HeaderMap, HeaderValue};
use tokio::sync::Notify;
use tokio_util::task::TaskTracker;

use super::{cookies::Cookies, jar::Jar, session_error::SessionError, signed_in::SignedIn, transport::SessionHandle};
use crate::{
    accounts::{ClientInfo, EmailRequirement, IdentityId, User},
    grants::Grants,
    passwords::{Attempts, PasswordPool},
    relying_party::{Clock, RelyingParty},
    store::{AuditContext, Database},
};

/// A request as an intention sees it. The edge gathers it. Cheap to clone.
#[derive(Clone)]
pub struct RequestContext {
    /// The request's headers: our cookies are among them.
    pub headers: HeaderMap,
    /// What carries the browser's session.
    pub session: SessionHandle,
    /// Who is signed in in it.
    pub signed_in: Option<SignedIn>,
    /// Where the request comes from.
    pub client: ClientInfo,
    /// The database.
    pub database: Arc<Database>,
    /// Us at the providers.
    pub relying_party: RelyingParty,
    /// What people let us see there.
    pub grants: Grants,
    /// The cookies beside the session's.
    pub jar: Jar,
    /// How cookies are written.
    pub cookies: Cookies,
    /// Hashes and compares passwords.
    pub passwords: PasswordPool,
    /// How often one account may be tried.
    pub attempts: Attempts,
    /// Wakes whoever delivers letters; `None` where letters go nowhere, and the password way in is off.
    pub mail_wake: Option<Arc<Notify>>,
    /// Whether people need an e-mail address; nobody is asked where no letter could prove one.
    pub email_requirement: EmailRequirement,
    /// The time.
    pub clock: Clock,
    /// Where work goes that outlives the request.
    pub tasks: TaskTracker,
}

impl RequestContext {
    /// When this is, and where the request came from.
    pub fn audit(&self) -> AuditContext {
        AuditContext { client: self.client.clone(), now: self.clock.date() }
    }

    /// Letters were queued.
    pub fn wake_mail(&self) {
        if let Some(mail_wake) = &self.mail_wake {
            mail_wake.notify_one();
        }
    }

    /// Opens a session for a user who came by `way` (a provider's slug, or `password`), under a new id, and ends the one
    /// that the browser had. Gives the `Set-Cookie` values: the session's, and what this browser used last.
    ///
    /// # Errors
    /// When the session cannot be kept; the earlier one counts still then.
    pub async fn sign_in(
        &self,
        user: &User,
        method: &str,
        identity: Option<IdentityId>,
    ) -> Result<Vec<HeaderValue>, SessionError> {
        let session = self.session.open(self, user, method, identity).await?;
        Ok(session.into_iter().chain(self.jar.remember_method(method)).collect())
    }

    /// Gives the browser's session a new id, because its person proved who they are just now (`reauthenticated`) or changed a way
    /// in. Gives the `Set-Cookie` values; `None` when the session has ended meanwhile.
    ///
    /// # Errors
    /// When the database does not answer; the earlier id counts still then.
    pub async fn renew_session(&self, reauthenticated: bool) -> Result<Option<Vec<HeaderValue>>, SessionError> {
        self.session.renew(self, reauthenticated).await
    }

    /// Ends the browser's session, if there is one, and gives the `Set-Cookie` values that this takes.
    ///
    /// # Errors
    /// When the database does not answer: the session still counts then.
    pub async fn end_session(&self) -> Result<Vec<HeaderValue>, SessionError> {
        self.session.end(self).await
    }
}
