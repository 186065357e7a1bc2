//! A session carried by tokens in two cookies. The pages need not know: an access token that has expired is renewed on the
//! way, and the answer carries the next pair.

use http::{HeaderMap, HeaderValue};
use secrecy::ExposeSecret;

use super::{
    cookies::{self, Cookies},
    request_context::RequestContext,
    session_error::SessionError,
    signed_in::touched,
    transport::Identified,
};
use crate::{
    accounts::{ClientInfo, IdentityId, User},
    relying_party::Clock,
    store::{ActiveSession, Database},
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

    /// The access token that the browser sent; unverified.
    pub fn access<'a>(&self, request: &'a HeaderMap) -> Option<&'a str> {
        self.find(request, ACCESS)
    }

    /// The refresh token that the browser sent; unverified.
    pub fn refresh<'a>(&self, request: &'a HeaderMap) -> Option<&'a str> {
        self.find(request, REFRESH)
    }

    /// The `Set-Cookie` values that give the browser a pair. The access token's cookie lives no longer than the token, so
    /// that what is of no use is not sent; the refresh token's as long as the session can.
    pub fn set(&self, pair: &TokenPair, clock: &Clock) -> Vec<HeaderValue> {
        let session_lasts = (pair.session.session.absolute_expires_at - clock.date()).whole_seconds();
        let access = self.cookies.set(&self.cookies.name(ACCESS), pair.access_token.expose_secret(), pair.expires_in);
        let refresh = self.cookies.set(&self.cookies.name(REFRESH), pair.refresh_token.expose(), session_lasts);
        [access, refresh].into_iter().flatten().collect()
    }

    /// The `Set-Cookie` values that take both away, if the browser has one of them.
    pub fn clear(&self, request: &HeaderMap) -> Vec<HeaderValue> {
        if self.access(request).is_none() && self.refresh(request).is_none() {
            return Vec::new();
        }
        [ACCESS, REFRESH].into_iter().filter_map(|name| self.cookies.clear(&self.cookies.name(name))).collect()
    }

    /// What a valid access token among the cookies says. `None` where there is none.
    ///
    /// # Errors
    /// [`TokensError`].
    pub async fn claims(&self, request: &HeaderMap) -> Result<Option<std::sync::Arc<AccessClaims>>, TokensError> {
        let Some(access) = self.access(request) else { return Ok(None) };
        match self.tokens.verify(access).await {
            Ok(claims) => Ok(Some(claims)),
            Err(AccessTokenError::Internal(error)) => Err(error),
            Err(error) => {
                tracing::debug!(%error, "an access token in a cookie is not valid");
                Ok(None)
            }
        }
    }

    /// Who is signed in by a refresh token among the cookies, without using it.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn look_at(&self, request: &HeaderMap) -> Result<Option<ActiveSession>, SessionError> {
        match self.refresh(request) {
            Some(refresh) => Ok(self.tokens.peek_session(refresh).await?),
            None => Ok(None),
        }
    }

    /// Who is signed in: by the access token, or else by the refresh token, which is used up for it.
    pub(super) async fn identify(
        &self,
        request: &HeaderMap,
        client: &ClientInfo,
        database: &Database,
        clock: &Clock,
    ) -> Result<Identified, SessionError> {
        if let Some(claims) = self.claims(request).await?
            && let Some(active) = database.load_session(claims.session(), clock.date()).await?
        {
            let signed_in = touched(active, database, clock).await;
            return Ok(Identified { signed_in, cookies: Vec::new() });
        }
        match self.refresh(request) {
            Some(refresh) => self.exchange(refresh, request, client, clock).await,
            None => Ok(Identified::default()),
        }
    }

    /// A refresh token that leads nowhere stays where it is: by the time that this answer arrives, another tab may have
    /// signed in, and its cookies have the same names.
    async fn exchange(
        &self,
        refresh: &str,
        request: &HeaderMap,
        client: &ClientInfo,
        clock: &Clock,
    ) -> Result<Identified, SessionError> {
        match self.tokens.refresh(refresh, client).await {
            Ok(pair) => Ok(Identified { cookies: self.set(&pair, clock), signed_in: Some(pair.session.into()) }),
            Err(RefreshTokenError::Unknown) => Ok(Identified::default()),
            Err(RefreshTokenError::Reused) => {
                tracing::warn!("a refresh token in a cookie came again; its session is ended");
                Ok(Identified { signed_in: None, cookies: self.clear(request) })
            }
            // A database that can be read and not written still knows who is signed in.
            Err(RefreshTokenError::Internal(TokensError::Store(error))) => match self.look_at(request).await {
                Ok(Some(active)) => {
                    tracing::warn!(%error, "a refresh token could not be exchanged");
                    Ok(Identified { signed_in: Some(active.into()), cookies: Vec::new() })
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
        method: &str,
        identity: Option<IdentityId>,
    ) -> Result<Vec<HeaderValue>, SessionError> {
        let opening = NewTokenSession {
            user: user.id,
            identity,
            provider: method,
            client: &context.client,
            earlier: context.signed_in.as_ref().map(|earlier| earlier.session.id_hash.as_str()),
        };
        Ok(self.set(&self.tokens.issue_pair(&opening).await?, &context.clock))
    }

    pub(super) async fn renew(
        &self,
        context: &RequestContext,
        reauthenticated: bool,
    ) -> Result<Option<Vec<HeaderValue>>, SessionError> {
        let Some(signed_in) = &context.signed_in else { return Ok(None) };
        let pair = self.tokens.renew_pair(&signed_in.session.id_hash, reauthenticated).await?;
        Ok(pair.map(|pair| self.set(&pair, &context.clock)))
    }

    /// Who is not signed in may still hold a refresh token: whatever it was of ends as well.
    pub(super) async fn end(&self, context: &RequestContext) -> Result<Vec<HeaderValue>, SessionError> {
        let session = match (&context.signed_in, self.refresh(&context.headers)) {
            (Some(signed_in), _) => Some(signed_in.session.id_hash.clone()),
            (None, Some(refresh)) => self.tokens.session_of(refresh).await?,
            (None, None) => None,
        };
        if let Some(session) = session {
            context.database.delete_session(&session).await?;
        }
        Ok(self.clear(&context.headers))
    }

    fn find<'a>(&self, request: &'a HeaderMap, name: &str) -> Option<&'a str> {
        let name = self.cookies.name(name);
        cookies::of(request).find(|(cookie, _)| *cookie == name).map(|(_, value)| value)
    }
}
