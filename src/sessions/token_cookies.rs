//! A session as tokens in two cookies. Pages need not know: an expired access token is exchanged on the way, and the answer
//! sets the next pair.

use http::{HeaderMap, HeaderValue};
use secrecy::ExposeSecret;

use super::{
    cookies::{self, Cookies},
    request_context::RequestContext,
    second_step::Opening,
    session_error::SessionError,
    signed_in::{SignedIn, touched},
    transport::Identified,
};
use crate::{
    accounts::{Authentications, ClientInfo, EmailToken, User},
    relying_party::Clock,
    store::{ActiveSession, Database, TokenHolder},
    tokens::{AccessClaims, AccessTokenError, NewTokenSession, RefreshTokenError, TokenPair, Tokens, TokensError},
};

const ACCESS: &str = "access_token";
const REFRESH: &str = "refresh_token";

/// Reads and writes the two cookies. Cheap to clone.
#[derive(Clone, Debug)]
pub struct TokenCookies {
    tokens: Tokens,
    cookies: Cookies,
}

impl TokenCookies {
    pub(super) fn new(tokens: Tokens, cookies: Cookies) -> Self {
        Self { tokens, cookies }
    }

    /// The browser's access token, unverified.
    pub fn access<'a>(&self, request: &'a HeaderMap) -> Option<&'a str> {
        cookies::find(request, &self.cookies.name(ACCESS))
    }

    /// The browser's refresh token, unverified.
    pub fn refresh<'a>(&self, request: &'a HeaderMap) -> Option<&'a str> {
        cookies::find(request, &self.cookies.name(REFRESH))
    }

    /// The `Set-Cookie` values of a pair. The cookie of the access token lives as long as the token, and that of the refresh
    /// token as long as the session can.
    pub fn set(&self, pair: &TokenPair, clock: &Clock) -> Vec<HeaderValue> {
        let session_lasts = (pair.session.session.absolute_expires_at - clock.date()).whole_seconds();
        let access = self.cookies.set(&self.cookies.name(ACCESS), pair.access_token.expose_secret(), pair.expires_in);
        let refresh = self.cookies.set(&self.cookies.name(REFRESH), pair.refresh_token.expose(), session_lasts);
        [access, refresh].into_iter().flatten().collect()
    }

    /// The `Set-Cookie` values that remove both, if the browser has one of them.
    pub fn clear(&self, request: &HeaderMap) -> Vec<HeaderValue> {
        let names = [ACCESS, REFRESH].map(|name| self.cookies.name(name));
        if !names.iter().any(|name| cookies::has(request, name)) {
            return Vec::new();
        }
        names.iter().filter_map(|name| self.cookies.clear(name)).collect()
    }

    /// The claims of the browser's access token, if it is valid.
    pub async fn claims(&self, request: &HeaderMap) -> Result<Option<std::sync::Arc<AccessClaims>>, TokensError> {
        let Some(access) = self.access(request) else { return Ok(None) };
        match self.tokens.verify(access).await {
            Ok(claims) => Ok(Some(claims)),
            Err(AccessTokenError::Internal(error)) => Err(error),
            Err(error) => {
                tracing::debug!(%error, "invalid access token in a cookie");
                Ok(None)
            }
        }
    }

    /// The session of the browser's refresh token, which is not used up.
    pub async fn look_at(&self, request: &HeaderMap) -> Result<Option<ActiveSession>, SessionError> {
        match self.refresh(request) {
            Some(refresh) => Ok(self.tokens.peek_session(refresh).await?),
            None => Ok(None),
        }
    }

    /// The signed-in user: by the access token, or else by the refresh token, which is used up.
    pub(super) async fn identify(
        &self,
        request: &HeaderMap,
        client: &ClientInfo,
        database: &Database,
        clock: &Clock,
    ) -> Result<Identified, SessionError> {
        if let Some(claims) = self.claims(request).await?
            && let Some(active) =
                database.load_session_version(claims.session(), claims.version(), clock.date()).await?
        {
            let signed_in = touched(active, Some(claims.issued_at()), database, clock).await;
            return Ok(Identified { signed_in, ..Identified::default() });
        }
        match self.refresh(request) {
            Some(refresh) => self.exchange(refresh, request, client, clock).await,
            None => Ok(Identified::default()),
        }
    }

    /// An unknown refresh token is not removed: before this answer arrives, another tab may sign in, and its cookies have the
    /// same names.
    async fn exchange(
        &self,
        refresh: &str,
        request: &HeaderMap,
        client: &ClientInfo,
        clock: &Clock,
    ) -> Result<Identified, SessionError> {
        match self.tokens.refresh(refresh, client).await {
            Ok(pair) => {
                Ok(Identified { cookies: self.set(&pair, clock), signed_in: Some(pair.session.into()), methods: None })
            }
            Err(RefreshTokenError::Unknown) => Ok(Identified::default()),
            Err(RefreshTokenError::Reused) => {
                tracing::warn!("refresh token reused: session ended");
                Ok(Identified { cookies: self.clear(request), ..Identified::default() })
            }
            // The user is still signed in, and so with a read-only database.
            Err(error @ RefreshTokenError::TooManyRequests { .. }) => {
                tracing::info!(%error, "refresh token not exchanged");
                Ok(Identified { signed_in: self.look_at(request).await?.map(SignedIn::from), ..Identified::default() })
            }
            Err(RefreshTokenError::Internal(TokensError::Store(error))) => match self.look_at(request).await {
                Ok(Some(active)) => {
                    tracing::warn!(%error, "cannot exchange a refresh token");
                    Ok(Identified { signed_in: Some(active.into()), ..Identified::default() })
                }
                _ => Err(error.into()),
            },
            Err(RefreshTokenError::Internal(error)) => Err(error.into()),
        }
    }

    pub(super) async fn open(
        &self,
        context: &RequestContext,
        user: &User,
        opening: Opening,
        browser: EmailToken,
    ) -> Result<Vec<HeaderValue>, SessionError> {
        let opening = NewTokenSession {
            user: user.id,
            identity: opening.identity,
            authentications: opening.steps,
            condition: opening.condition,
            browser: Some(browser),
            client: &context.client,
            holder: TokenHolder::Browser,
            earlier: context.signed_in.as_ref().map(|earlier| earlier.session.id.as_str()),
        };
        Ok(self.set(&self.tokens.issue_pair(&opening).await?, &context.clock))
    }

    pub(super) async fn renew(
        &self,
        context: &RequestContext,
        reauthenticated_by: Option<Authentications>,
    ) -> Result<Option<Vec<HeaderValue>>, SessionError> {
        let Some(signed_in) = &context.signed_in else { return Ok(None) };
        let pair = self.tokens.renew_pair(&signed_in.session, reauthenticated_by).await?;
        Ok(pair.map(|pair| self.set(&pair, &context.clock)))
    }

    /// A browser that is not signed in may still have a refresh token: its session ends as well.
    pub(super) async fn end(&self, context: &RequestContext) -> Result<Vec<HeaderValue>, SessionError> {
        let session = match (&context.signed_in, self.refresh(&context.headers)) {
            (Some(signed_in), _) => Some(signed_in.session.id.clone()),
            (None, Some(refresh)) => self.tokens.session_of(refresh).await?,
            (None, None) => None,
        };
        if let Some(session) = session {
            context.database.delete_session(&session).await?;
        }
        Ok(self.clear(&context.headers))
    }
}
