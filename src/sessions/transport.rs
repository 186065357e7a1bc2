//! What carries a session: a cookie, or tokens in two cookies (`SESSION_MODE`).

use http::{HeaderMap, HeaderValue};
use tower_sessions::Session;

use super::{
    cookies::Cookies,
    request_context::RequestContext,
    session_error::SessionError,
    signed_in::{self, SignedIn},
    token_cookies::TokenCookies,
};
use crate::{
    accounts::{ClientInfo, IdentityId, User},
    relying_party::Clock,
    store::Database,
    tokens::Tokens,
};

/// What carries the sessions of this installation.
#[derive(Clone, Debug)]
pub enum SessionTransport {
    /// A cookie, whose hash is the session's id: the row is asked for with each request.
    Cookie,
    /// An access token and a refresh token, each in a cookie.
    Tokens(TokenCookies),
}

/// What carries the session of one request, if there is a session.
#[derive(Clone, Debug)]
pub enum SessionHandle {
    /// The cookie.
    Cookie(Session),
    /// The two cookies.
    Tokens(TokenCookies),
}

/// What was learned of a request's cookies.
#[derive(Debug, Default)]
pub struct Identified {
    /// Who is signed in.
    pub signed_in: Option<SignedIn>,
    /// `Set-Cookie` values for the answer: tokens that were renewed on the way.
    pub cookies: Vec<HeaderValue>,
}

impl SessionTransport {
    /// Tokens in cookies, written as all of ours are.
    pub fn tokens(tokens: Tokens, cookies: Cookies) -> Self {
        Self::Tokens(TokenCookies::new(tokens, cookies))
    }
}

impl SessionHandle {
    /// Who is signed in. Nothing is told of nobody: a database that does not answer is no signed-out browser.
    ///
    /// # Errors
    /// [`SessionError`], when the database does not answer.
    pub async fn identify(
        &self,
        headers: &HeaderMap,
        client: &ClientInfo,
        database: &Database,
        clock: &Clock,
    ) -> Result<Identified, SessionError> {
        match self {
            Self::Cookie(session) => {
                let signed_in = signed_in::current(session, database, clock).await?;
                Ok(Identified { signed_in, cookies: Vec::new() })
            }
            Self::Tokens(cookies) => cookies.identify(headers, client, database, clock).await,
        }
    }

    /// Opens a session under a new id, ends the one that the browser had, and gives the `Set-Cookie` values. What somebody
    /// planted before the sign-in is worth nothing after it (session fixation; ASVS 5.0 7.2.4).
    pub(super) async fn open(
        &self,
        context: &RequestContext,
        user: &User,
        method: &str,
        identity: Option<IdentityId>,
    ) -> Result<Vec<HeaderValue>, SessionError> {
        match self {
            Self::Cookie(session) => {
                Ok(signed_in::open(context, session, user, method, identity).await?.into_iter().collect())
            }
            Self::Tokens(cookies) => cookies.open(context, user, method, identity).await,
        }
    }

    /// Gives the browser's session another id; `None` when it has ended.
    pub(super) async fn renew(
        &self,
        context: &RequestContext,
        reauthenticated: bool,
    ) -> Result<Option<Vec<HeaderValue>>, SessionError> {
        match self {
            Self::Cookie(_) => Ok(signed_in::renew(context, reauthenticated).await?.map(|cookie| vec![cookie])),
            Self::Tokens(cookies) => cookies.renew(context, reauthenticated).await,
        }
    }

    /// Ends the browser's session, if it has one, and gives the `Set-Cookie` values that take its cookies away where the
    /// session's layer does not do so itself.
    pub(super) async fn end(&self, context: &RequestContext) -> Result<Vec<HeaderValue>, SessionError> {
        match self {
            Self::Cookie(session) => {
                if session.id().is_some() {
                    session.flush().await?;
                }
                Ok(Vec::new())
            }
            Self::Tokens(cookies) => cookies.end(context).await,
        }
    }
}
