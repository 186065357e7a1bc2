//! The signed-in user of a request.

use http::HeaderValue;
use secrecy::ExposeSecret;
use time::{Duration, OffsetDateTime};
use tower_sessions::{Session as Cookie, session::Id};

use super::{
    request_context::RequestContext,
    second_step::Opening,
    session_store::{ABSOLUTE, COOKIE, IDLE, id_hash},
};
use crate::{
    accounts::{AuthenticationMethod, Authentications, EmailToken, SecondFactorPolicy, User},
    relying_party::Clock,
    store::{ActiveSession, Database, MethodsOnRecord, NewSession, Renewal, Session, SessionOpening, StoreError},
};

/// How often "last seen" and the idle expiry are written at most: a read should rarely cost a write.
const TOUCH_AFTER: Duration = Duration::minutes(1);

/// The user of a session.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub user: User,
    pub session: Session,
}

/// How long an authentication suffices for sensitive changes.
pub const REAUTHENTICATION_LIFETIME: Duration = Duration::minutes(10);

impl From<ActiveSession> for SignedIn {
    fn from(ActiveSession { session, user }: ActiveSession) -> Self {
        Self { user, session }
    }
}

impl SignedIn {
    /// Whether the user authenticated in this session within [`REAUTHENTICATION_LIFETIME`], strongly enough for sensitive
    /// changes.
    pub fn is_recently_authenticated(&self, now: OffsetDateTime) -> bool {
        self.session.reauthenticated_by.allow_changes_since(now - REAUTHENTICATION_LIFETIME)
    }

    /// The recent steps of re-authentication with one more.
    pub(super) fn reauthenticated_by(&self, method: AuthenticationMethod, now: OffsetDateTime) -> Authentications {
        self.session.reauthenticated_by.and(method, now, now - REAUTHENTICATION_LIFETIME)
    }
}

/// The user of this request's session cookie, from one query; `None` without a cookie or a session.
///
/// # Errors
/// If the database is down, which is never "signed out".
pub async fn current(cookie: &Cookie, database: &Database, clock: &Clock) -> Result<Option<SignedIn>, StoreError> {
    let Some(id) = cookie.id() else { return Ok(None) };
    let Some(active) = database.load_session(&id_hash(&id), clock.date()).await? else { return Ok(None) };
    Ok(touched(active, None, database, clock).await)
}

/// The same with what the user signs in with, by the same query.
///
/// # Errors
/// If the database is down, which is never "signed out".
pub async fn current_with_methods(
    cookie: &Cookie,
    database: &Database,
    clock: &Clock,
) -> Result<Option<(SignedIn, MethodsOnRecord)>, StoreError> {
    let Some(id) = cookie.id() else { return Ok(None) };
    let found = database.load_session_with_methods(&id_hash(&id), clock.date()).await?;
    let Some((active, methods)) = found else { return Ok(None) };
    Ok(touched(active, None, database, clock).await.map(|signed_in| (signed_in, methods)))
}

/// Updates "last seen" if it is due. `None` if the session has ended meanwhile. `access_token` is the time (Unix seconds) at
/// which the access token was issued that identified the session: it shows that the client has the refresh token that came
/// with it.
pub(super) async fn touched(
    active: ActiveSession,
    access_token: Option<i64>,
    database: &Database,
    clock: &Clock,
) -> Option<SignedIn> {
    let (mut signed_in, now) = (SignedIn::from(active), clock.date());
    let session = &mut signed_in.session;
    if now - session.last_seen_at < TOUCH_AFTER {
        return Some(signed_in);
    }
    if let Some(issued_at) = access_token
        && let Err(error) = database.confirm_refresh_token(&session.id, issued_at).await
    {
        tracing::warn!(%error, "cannot confirm a refresh token");
    }
    match database.touch_session(&session.id, now + IDLE, now).await {
        Ok(true) => {
            session.last_seen_at = now;
            session.expires_at = (now + IDLE).min(session.absolute_expires_at);
        }
        Ok(false) => return None,
        // With a read-only database the user is still signed in.
        Err(error) => tracing::warn!(%error, "cannot update a session's last use"),
    }
    Some(signed_in)
}

/// Opens a session under a new id, which ends the browser's earlier one, and returns the `Set-Cookie` value. The new id
/// prevents session fixation (ASVS 5.0 7.2.4).
///
/// The earlier session stays until the new one is written: a failed sign-in changes nothing.
pub(super) async fn open(
    context: &RequestContext,
    earlier: &Cookie,
    user: &User,
    opening: Opening,
    browser: EmailToken,
) -> Result<Option<HeaderValue>, StoreError> {
    let now = context.clock.date();
    let session = NewSession {
        condition: opening.condition,
        browser: Some(browser),
        ..NewSession::beginning(user.id, opening.identity, opening.steps, &context.client, now)
    };
    let earlier = earlier.id().map(|id| id_hash(&id));
    loop {
        let id = Id::default();
        if context.database.replace_session(earlier.as_deref(), &id_hash(&id), &session).await? {
            return Ok(set_cookie(context, &id.to_string()));
        }
    }
}

/// A session whose secret is chosen before the transaction that opens it, with whatever else that changes.
pub(super) struct PreparedSession {
    id: Id,
    id_hash: String,
    earlier: Option<String>,
    browser: EmailToken,
    browser_cookie: HeaderValue,
}

impl PreparedSession {
    /// To replace the browser's `earlier` one.
    pub(super) fn replacing(earlier: &Cookie, context: &RequestContext) -> Result<Self, StoreError> {
        let id = Id::default();
        let (browser, browser_cookie) = context.browser()?;
        let earlier = earlier.id().map(|id| id_hash(&id));
        Ok(Self { id, id_hash: id_hash(&id), earlier, browser, browser_cookie })
    }

    /// `flow` is completed by it.
    pub(super) fn opening<'a>(
        &'a self,
        authentications: &'a Authentications,
        second_factor: SecondFactorPolicy,
        flow: Option<&'a str>,
    ) -> SessionOpening<'a> {
        SessionOpening {
            id_hash: &self.id_hash,
            earlier: self.earlier.as_deref(),
            authentications,
            browser: Some(&self.browser),
            second_factor,
            flow,
        }
    }

    /// The `Set-Cookie` values, once it is open.
    pub(super) fn cookies(self, context: &RequestContext) -> impl Iterator<Item = HeaderValue> + use<> {
        set_cookie(context, &self.id.to_string()).into_iter().chain([self.browser_cookie])
    }
}

/// Gives the browser's session a new secret.
pub(super) async fn renew(
    context: &RequestContext,
    reauthenticated_by: Option<Authentications>,
) -> Result<Option<HeaderValue>, StoreError> {
    let Some(SignedIn { session, .. }) = &context.signed_in else { return Ok(None) };
    let (id, now) = (Id::default(), context.clock.date());
    let renewal = Renewal { id: &session.id, version: session.version, reauthenticated_by, now };
    let secret = context.database.renew_session(&renewal, id.to_string().into(), &id_hash(&id)).await?;
    Ok(secret.and_then(|secret| set_cookie(context, secret.expose_secret())))
}

fn set_cookie(context: &RequestContext, secret: &str) -> Option<HeaderValue> {
    let name = context.cookies.name(COOKIE);
    context.cookies.set(&name, secret, ABSOLUTE.whole_seconds())
}
