//! Who somebody is, for others who ask: no cookie is set and no token used up by it.

use std::sync::Arc;

use http::HeaderMap;
use tower_sessions::session::Id;

use super::{
    cookies::{self, Cookies},
    session_error::SessionError,
    session_store::id_hash,
    signed_in::{SignedIn, touched},
    transport::SessionTransport,
};
use crate::{
    accounts::{EmailAddress, User, UserId},
    relying_party::Clock,
    store::{ActiveSession, Database},
    tokens::{AccessClaims, AccessTokenError, Tokens},
};

/// As much of a signed-in person as another service is told.
#[derive(Clone, PartialEq, Eq)]
pub struct Principal {
    /// Who.
    pub id: UserId,
    /// The address that they have proven.
    pub email: Option<EmailAddress>,
    /// What to call them.
    pub name: Option<String>,
}

/// What is asked with.
pub struct ForwardAuth<'a> {
    /// The database.
    pub database: &'a Database,
    /// Verifies what bearers bring.
    pub tokens: &'a Tokens,
    /// What carries the sessions of browsers.
    pub transport: &'a SessionTransport,
    /// How cookies are written.
    pub cookies: Cookies,
    /// The time.
    pub clock: &'a Clock,
}

impl ForwardAuth<'_> {
    /// Who brings an access token.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn bearer(&self, unverified: &str) -> Result<Option<Principal>, SessionError> {
        match self.tokens.verify(unverified).await {
            Ok(claims) => self.of_claims(claims).await,
            Err(AccessTokenError::Internal(error)) => Err(error.into()),
            Err(error) => {
                tracing::debug!(%error, "a bearer's token is not valid");
                Ok(None)
            }
        }
    }

    /// Whose browser it is. A refresh token that could be used is enough: it is looked at, and stays as it is.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn browser(&self, request: &HeaderMap) -> Result<Option<Principal>, SessionError> {
        match self.transport {
            SessionTransport::Cookie => match self.session_id(request) {
                Some(id) => self.session(&id_hash(&id)).await,
                None => Ok(None),
            },
            SessionTransport::Tokens(session_handle) => {
                if let Some(claims) = session_handle.claims(request).await?
                    && let Some(known) = self.of_claims(claims).await?
                {
                    return Ok(Some(known));
                }
                Ok(self.touched(session_handle.look_at(request).await?).await)
            }
        }
    }

    /// The token's word is taken while nothing is known of an end of its session; else the database is asked.
    async fn of_claims(&self, claims: Arc<AccessClaims>) -> Result<Option<Principal>, SessionError> {
        if self.database.is_not_revoked(claims.session(), claims.user(), claims.issued_at()) {
            return Ok(Some(Principal::from(&*claims)));
        }
        self.session(claims.session()).await
    }

    async fn session(&self, id_hash: &str) -> Result<Option<Principal>, SessionError> {
        let active = self.database.load_session(id_hash, self.clock.date()).await?;
        Ok(self.touched(active).await)
    }

    /// Who only ever visits what stands behind us has to stay signed in as well.
    async fn touched(&self, active: Option<ActiveSession>) -> Option<Principal> {
        touched(active?, self.database, self.clock).await.map(Principal::from)
    }

    fn session_id(&self, request: &HeaderMap) -> Option<Id> {
        let name = self.cookies.name("session");
        let (_, value) = cookies::of(request).find(|(cookie, _)| *cookie == name)?;
        value.parse().ok()
    }
}

impl From<SignedIn> for Principal {
    fn from(signed_in: SignedIn) -> Self {
        let User { id, verified_email, name, .. } = signed_in.user;
        Self { id, email: verified_email.map(|email| email.email().clone()), name }
    }
}

impl From<&AccessClaims> for Principal {
    fn from(claims: &AccessClaims) -> Self {
        Self { id: claims.user(), email: claims.email().cloned(), name: claims.name().map(str::to_owned) }
    }
}

#[cfg(test)]
mod tests {
    use crate::{store::REVOCATION_MEMORY, tokens::LIFETIME};

    #[test]
    fn a_session_that_ended_is_in_doubt_for_longer_than_any_token_lives() {
        const { assert!(REVOCATION_MEMORY > LIFETIME) };
    }
}
