//! How a browser holds its session: an id in a cookie, or tokens in two cookies (`SESSION_MODE`).

use http::{HeaderMap, HeaderValue};
use tower_sessions::Session;

use super::{
    cookies::{self, Cookies},
    request_context::RequestContext,
    second_step::Opening,
    session_error::SessionError,
    session_store::{COOKIE, id_hash},
    signed_in::{self, PreparedSession, SignedIn},
    token_cookies::TokenCookies,
};
use crate::{
    accounts::{Authentications, ClientInfo, EmailToken, SessionEnd, User},
    relying_party::Clock,
    store::{Database, MethodsOnRecord, RefreshToken, StoreError},
    tokens::Tokens,
};

/// The transport of this installation.
#[derive(Clone, Debug)]
pub enum SessionTransport {
    /// An id, whose hash names the row.
    Cookie,
    /// An access token and a refresh token, each in a cookie.
    Tokens(TokenCookies),
}

/// The session of one request, if it has one.
#[derive(Clone, Debug)]
pub enum SessionHandle {
    Cookie(Session),
    Tokens(TokenCookies),
}

/// The result of [`SessionHandle::identify`].
#[derive(Debug, Default)]
pub struct Identified {
    pub signed_in: Option<SignedIn>,
    /// What the user signs in with, where it was read with the session.
    pub methods: Option<MethodsOnRecord>,
    /// `Set-Cookie` values: tokens that were exchanged on the way.
    pub cookies: Vec<HeaderValue>,
}

impl SessionTransport {
    pub fn tokens(tokens: Tokens, cookies: Cookies) -> Self {
        Self::Tokens(TokenCookies::new(tokens, cookies))
    }
}

impl SessionHandle {
    /// Looks up the signed-in user; `with_methods` for a page that shows what they sign in with, which a cookie's session
    /// brings along by the same query.
    ///
    /// # Errors
    /// If the database is down this is an error, never "signed out".
    pub async fn identify(
        &self,
        headers: &HeaderMap,
        client: &ClientInfo,
        database: &Database,
        clock: &Clock,
        with_methods: bool,
    ) -> Result<Identified, SessionError> {
        match self {
            Self::Cookie(session) if with_methods => {
                let found = signed_in::current_with_methods(session, database, clock).await?;
                let (signed_in, methods) = found.unzip();
                Ok(Identified { signed_in, methods, ..Identified::default() })
            }
            Self::Cookie(session) => {
                let signed_in = signed_in::current(session, database, clock).await?;
                Ok(Identified { signed_in, ..Identified::default() })
            }
            Self::Tokens(cookies) => cookies.identify(headers, client, database, clock).await,
        }
    }

    /// A session for the next sign-in to open by its own transaction; `None` where a session is a pair of tokens.
    ///
    /// # Errors
    /// If the system returns no random numbers.
    pub(super) fn prepare(&self, context: &RequestContext) -> Result<Option<PreparedSession>, StoreError> {
        match self {
            Self::Cookie(session) => PreparedSession::replacing(session, context).map(Some),
            Self::Tokens(_) => Ok(None),
        }
    }

    /// Why the session ended that this browser still has a cookie of. `None` without such a cookie, or if that is not known:
    /// the cookie's secret is the proof that it was this browser's session.
    ///
    /// # Errors
    /// If the database is down.
    pub(super) async fn end_reason(
        &self,
        headers: &HeaderMap,
        database: &Database,
        clock: &Clock,
    ) -> Result<Option<SessionEnd>, StoreError> {
        match self {
            Self::Cookie(session) => match session.id() {
                Some(id) => database.session_end(&id_hash(&id), clock.date()).await,
                None => Ok(None),
            },
            Self::Tokens(cookies) => match cookies.refresh(headers).and_then(RefreshToken::parse) {
                Some(refresh) => database.session_end_of_refresh_token(&refresh, clock.date()).await,
                None => Ok(None),
            },
        }
    }

    /// Opens a session under a new id, which ends the browser's earlier one, and returns the `Set-Cookie` values. The new
    /// id prevents session fixation (ASVS 5.0 7.2.4). `browser` is the token of this browser.
    pub(super) async fn open(
        &self,
        context: &RequestContext,
        user: &User,
        opening: Opening,
        browser: EmailToken,
    ) -> Result<Vec<HeaderValue>, SessionError> {
        match self {
            Self::Cookie(session) => {
                let opened = signed_in::open(context, session, user, opening, browser).await?;
                Ok(opened.into_iter().collect())
            }
            Self::Tokens(cookies) => cookies.open(context, user, opening, browser).await,
        }
    }

    /// Gives the browser's session a new id; `None` if it has ended.
    pub(super) async fn renew(
        &self,
        context: &RequestContext,
        reauthenticated_by: Option<Authentications>,
    ) -> Result<Option<Vec<HeaderValue>>, SessionError> {
        match self {
            Self::Cookie(_) => Ok(signed_in::renew(context, reauthenticated_by).await?.map(|cookie| vec![cookie])),
            Self::Tokens(cookies) => cookies.renew(context, reauthenticated_by).await,
        }
    }

    /// Ends the browser's session, if it has one, and returns the `Set-Cookie` values that clear its cookies.
    pub(super) async fn end(&self, context: &RequestContext) -> Result<Vec<HeaderValue>, SessionError> {
        match self {
            Self::Cookie(session) => {
                if session.id().is_some() {
                    session.flush().await?;
                }
                let name = context.cookies.name(COOKIE);
                let is_set = cookies::has(&context.headers, &name);
                Ok(is_set.then(|| context.cookies.clear(&name)).flatten().into_iter().collect())
            }
            Self::Tokens(cookies) => cookies.end(context).await,
        }
    }
}
