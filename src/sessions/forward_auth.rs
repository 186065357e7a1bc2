//! Forward auth: who sends a request, without setting a cookie or using up a token.

use std::sync::Arc;

use http::HeaderMap;

use super::{
    cookies::Cookies,
    session_error::SessionError,
    session_store::{id_hash, session_id},
    signed_in::{SignedIn, touched},
    transport::SessionTransport,
};
use crate::{
    accounts::{EmailAddress, User, UserId},
    relying_party::Clock,
    store::{ActiveSession, Database},
    tokens::{AccessClaims, AccessTokenError, Tokens},
};

/// Which credentials forward auth accepts (`FORWARD_AUTH_CREDENTIALS`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AcceptedCredentials {
    #[default]
    Both,
    /// Cookies alone: every `Authorization` header is the service's own.
    Cookie,
    /// Access tokens alone.
    Bearer,
}

/// What another service learns of a signed-in user.
#[derive(Clone, PartialEq, Eq)]
pub struct Principal {
    pub id: UserId,
    /// Verified.
    pub email: Option<EmailAddress>,
    pub name: Option<String>,
}

/// The services that a check needs.
pub struct ForwardAuth<'a> {
    pub database: &'a Database,
    pub tokens: &'a Tokens,
    pub transport: &'a SessionTransport,
    pub cookies: Cookies,
    pub clock: &'a Clock,
}

impl ForwardAuth<'_> {
    /// The user of an access token.
    pub async fn bearer(&self, unverified: &str) -> Result<Option<Principal>, SessionError> {
        match self.tokens.verify(unverified).await {
            Ok(claims) => self.of_claims(claims).await,
            Err(AccessTokenError::Internal(error)) => Err(error.into()),
            Err(error) => {
                tracing::debug!(%error, "invalid access token in the Authorization header");
                Ok(None)
            }
        }
    }

    /// The user of a browser's cookies. A valid refresh token suffices and is not used up.
    pub async fn browser(&self, request: &HeaderMap) -> Result<Option<Principal>, SessionError> {
        match self.transport {
            SessionTransport::Cookie => match session_id(request, self.cookies) {
                Some(id) => {
                    let active = self.database.load_session(&id_hash(&id), self.clock.date()).await?;
                    Ok(self.touched(active, None).await)
                }
                None => Ok(None),
            },
            SessionTransport::Tokens(cookies) => {
                if let Some(claims) = cookies.claims(request).await?
                    && let Some(principal) = self.of_claims(claims).await?
                {
                    return Ok(Some(principal));
                }
                Ok(self.touched(cookies.look_at(request).await?, None).await)
            }
        }
    }

    /// Accepts the claims unless the session may have been revoked; then the database decides.
    async fn of_claims(&self, claims: Arc<AccessClaims>) -> Result<Option<Principal>, SessionError> {
        if self.database.is_not_revoked(claims.session(), claims.user(), claims.issued_at()) {
            return Ok(Some(Principal::from(&*claims)));
        }
        let now = self.clock.date();
        let active = self.database.load_session_version(claims.session(), claims.version(), now).await?;
        Ok(self.touched(active, Some(claims.issued_at())).await)
    }

    /// A user who only visits the services behind the proxy must stay signed in as well.
    async fn touched(&self, active: Option<ActiveSession>, access_token: Option<i64>) -> Option<Principal> {
        touched(active?, access_token, self.database, self.clock).await.map(Principal::from)
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
    fn a_revocation_is_remembered_longer_than_a_token_lives() {
        const { assert!(REVOCATION_MEMORY > LIFETIME) };
    }
}
