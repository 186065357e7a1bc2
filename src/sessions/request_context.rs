//! One request of one browser.

use std::{ops::Deref, sync::Arc};

use http::{HeaderMap, HeaderValue};
use time::OffsetDateTime;

use super::{
    second_step::{Opening, SIGNED_IN, record_session},
    services::Services,
    session_error::SessionError,
    sign_in::SignIn,
    signed_in::SignedIn,
    transport::SessionHandle,
};
use crate::{
    accounts::{
        AuditEvent, AuthenticationMethod, Authentications, ClientInfo, EmailToken, IdentityId, SessionEnd, User,
        UserId, short_name,
    },
    codes::done::Done,
    inspect::{self, Step},
    limits::blocks,
    sealing::RandomError,
    store::{Admission, AuditContext, OpeningCondition, RightCode, StoreError},
};

/// What the use cases know of a request, with the [`Services`]. Cheap to clone.
#[derive(Clone)]
pub struct RequestContext {
    /// The request's headers, cookies among them.
    pub headers: HeaderMap,
    /// The browser's session.
    pub session: SessionHandle,
    pub signed_in: Option<SignedIn>,
    pub client: ClientInfo,
    pub services: Arc<Services>,
}

impl Deref for RequestContext {
    type Target = Services;

    fn deref(&self) -> &Services {
        &self.services
    }
}

impl RequestContext {
    /// What decides whether a new user is admitted. `opened` is the email's link that this browser opened.
    pub fn admission<'a>(&'a self, opened: Option<&'a EmailToken>) -> Admission<'a> {
        Admission { sign_up: &self.sign_up, opened, now: self.clock.date() }
    }

    /// The token of this browser, by which accounts recognise it, and the `Set-Cookie` value that keeps it.
    ///
    /// # Errors
    /// If the system returns no random numbers.
    pub(super) fn browser(&self) -> Result<(EmailToken, HeaderValue), StoreError> {
        self.jar.browser(&self.headers, self.clock.now()).map_err(|_| RandomError.into())
    }

    /// The same for a program, which keeps no cookies: its user agent and its network. Both can be imitated, by somebody who
    /// is in the same network.
    pub(super) fn program(&self) -> EmailToken {
        let network = self.client.ip.and_then(|ip| blocks(ip).next());
        let network = network.map(|(block, _)| block.to_string()).unwrap_or_default();
        EmailToken::new(format!("program {network} {}", self.client.user_agent.as_deref().unwrap_or_default()))
    }

    /// The email's link that this browser opened last.
    pub fn opened_link(&self) -> Option<EmailToken> {
        self.jar.email_link.find(&self.headers, self.clock.now())
    }

    /// The signed-in user, if they are an administrator.
    pub fn administrator(&self) -> Option<&SignedIn> {
        self.signed_in.as_ref().filter(|signed_in| self.admins.includes(&signed_in.user))
    }

    /// The time and the client, for the audit trail.
    pub fn audit(&self) -> AuditContext {
        AuditContext { client: self.client.clone(), now: self.clock.date() }
    }

    /// Adds to the audit trail what no transaction of the store did. That it cannot be written is only logged: the user
    /// could do nothing about it.
    pub async fn record(&self, user: Option<UserId>, event: &AuditEvent) {
        if let Err(error) = self.database.record_event(&self.audit(), user, event).await {
            tracing::warn!(%error, ?event, "cannot write to the audit trail");
        }
    }

    /// Signs a user in by a method that they have just completed: opens a session under a new id, and ends the one that the
    /// browser had. Or begins the second step, if one is due.
    ///
    /// # Errors
    /// If the session cannot be written; the browser keeps its earlier session then.
    pub async fn sign_in(
        &self,
        user: &User,
        method: AuthenticationMethod,
        identity: Option<IdentityId>,
    ) -> Result<SignIn, SessionError> {
        let steps = Authentications::by(method, self.clock.date());
        self.open_or_ask(user, Opening { steps, identity, condition: OpeningCondition::None }).await
    }

    /// The same by a code from an email, which is used up by what it opens: if that fails, the user types it again.
    /// `beside_stronger` as of [`AuthenticationMethod::EmailCode`].
    ///
    /// # Errors
    /// [`StoreError::EmailCodeUsed`], or if the session cannot be written.
    pub async fn sign_in_with_email_code(
        &self,
        user: &User,
        beside_stronger: bool,
        code: RightCode,
    ) -> Result<SignIn, SessionError> {
        let steps = Authentications::by(AuthenticationMethod::EmailCode { beside_stronger }, self.clock.date());
        self.open_or_ask(user, Opening { steps, identity: None, condition: OpeningCondition::EmailCode(code) }).await
    }

    /// The same by the password that was set at `set_at`, unless it was changed since it was compared.
    ///
    /// # Errors
    /// [`StoreError::PasswordChanged`], or if the session cannot be written.
    pub async fn sign_in_with_password(&self, user: &User, set_at: OffsetDateTime) -> Result<SignIn, SessionError> {
        let steps = Authentications::by(AuthenticationMethod::Password, self.clock.date());
        self.open_or_ask(user, Opening { steps, identity: None, condition: OpeningCondition::PasswordSetAt(set_at) })
            .await
    }

    /// What is left of a sign-in whose session is open: the browser remembers its method. `session` are the `Set-Cookie`
    /// values of the session.
    pub(super) fn signed_in_by(
        &self,
        user: &User,
        method: &AuthenticationMethod,
        session: impl IntoIterator<Item = HeaderValue>,
    ) -> SignIn {
        let now = self.clock.now();
        let remembered = self.jar.remember_sign_in(&self.headers, method.code(), short_name(user), now);
        record_session(user, method.code());
        self.metrics.count_sign_in(method.code(), SIGNED_IN);
        SignIn::Complete(session.into_iter().chain(remembered).collect())
    }

    /// The `Set-Cookie` value by which the next page says what was done.
    pub fn say_done(&self, done: Done) -> Option<HeaderValue> {
        self.jar.done.keep(&done.code().to_owned(), self.clock.now()).ok()
    }

    /// Gives the session a new secret, because its user changed a sign-in method. Returns the `Set-Cookie` values; `None` if
    /// the session has ended meanwhile.
    ///
    /// # Errors
    /// If the database is down; the earlier secret is still valid then.
    pub async fn renew_session(&self) -> Result<Option<Vec<HeaderValue>>, SessionError> {
        if self.signed_in.is_none() {
            return Ok(None);
        }
        inspect::record(|_| Step::Session { what: "The session gets a new secret", parameters: Vec::new() });
        self.session.renew(self, None).await
    }

    /// Why this browser is no longer signed in; `None` if it is, or if that is not known.
    ///
    /// # Errors
    /// If the database is down.
    pub async fn session_end(&self) -> Result<Option<SessionEnd>, StoreError> {
        if self.signed_in.is_some() {
            return Ok(None);
        }
        let end = self.session.end_reason(&self.headers, &self.database, &self.clock).await?;
        let signed_out_here = || self.jar.signed_out.find(&self.headers, self.clock.now());
        Ok(end.or_else(|| signed_out_here().map(|()| SessionEnd::SignedOutHere)))
    }

    /// Ends the browser's session, if it has one, and returns the `Set-Cookie` values.
    ///
    /// # Errors
    /// If the database is down; the session is still valid then.
    pub async fn end_session(&self) -> Result<Vec<HeaderValue>, SessionError> {
        inspect::record(|_| Step::Session { what: "The session ends", parameters: Vec::new() });
        self.session.end(self).await
    }
}
