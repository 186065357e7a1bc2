//! Who somebody is, for others who ask: no cookie is set and no token used up by it.

use std::sync::Arc;

use http::HeaderMap;
use tower_sessions::session::Id;

use super::{
    carrier::Carrier,
    cookies::{self, Cookies},
    not_carried::NotCarried,
    session_store::id_hash,
    signed_in::{SignedIn, touched},
};
use crate::{
    accounts::{EmailAddress, User, UserId},
    relying_party::Clock,
    store::{ActiveSession, Database},
    tokens::{AccessClaims, TokenFault, Tokens},
};

/// As much of a signed-in person as another service is told.
#[derive(Clone, PartialEq, Eq)]
pub struct Known {
    /// Who.
    pub id: UserId,
    /// The address that they have proven.
    pub email: Option<EmailAddress>,
    /// What to call them.
    pub name: Option<String>,
}

/// What is asked with.
pub struct Looker<'a> {
    /// The database.
    pub database: &'a Database,
    /// Verifies what bearers bring.
    pub tokens: &'a Tokens,
    /// What carries the sessions of browsers.
    pub carrier: &'a Carrier,
    /// How cookies are written.
    pub cookies: Cookies,
    /// The time.
    pub clock: &'a Clock,
}

impl Looker<'_> {
    /// Who brings an access token.
    ///
    /// # Errors
    /// [`NotCarried`].
    pub async fn bearer(&self, unverified: &str) -> Result<Option<Known>, NotCarried> {
        match self.tokens.verify(unverified).await {
            Ok(claims) => self.of_claims(claims).await,
            Err(TokenFault::OutOfOrder(fault)) => Err(fault.into()),
            Err(fault) => {
                tracing::debug!(%fault, "a bearer's token is not valid");
                Ok(None)
            }
        }
    }

    /// Whose browser it is. A refresh token that could be used is enough: it is looked at, and stays as it is.
    ///
    /// # Errors
    /// [`NotCarried`].
    pub async fn browser(&self, request: &HeaderMap) -> Result<Option<Known>, NotCarried> {
        match self.carrier {
            Carrier::Cookie => match self.session_id(request) {
                Some(id) => self.session(&id_hash(&id)).await,
                None => Ok(None),
            },
            Carrier::Tokens(carried) => {
                if let Some(claims) = carried.claims(request).await?
                    && let Some(known) = self.of_claims(claims).await?
                {
                    return Ok(Some(known));
                }
                Ok(self.touched(carried.look_at(request).await?).await)
            }
        }
    }

    /// The token's word is taken while nothing is known of an end of its session; else the database is asked.
    async fn of_claims(&self, claims: Arc<AccessClaims>) -> Result<Option<Known>, NotCarried> {
        if self.database.is_surely_open(claims.session(), claims.user(), claims.issued_at()) {
            return Ok(Some(Known::from(&*claims)));
        }
        self.session(claims.session()).await
    }

    async fn session(&self, id_hash: &str) -> Result<Option<Known>, NotCarried> {
        let active = self.database.load_session(id_hash, self.clock.date()).await?;
        Ok(self.touched(active).await)
    }

    /// Who only ever visits what stands behind us has to stay signed in as well.
    async fn touched(&self, active: Option<ActiveSession>) -> Option<Known> {
        touched(active?, self.database, self.clock).await.map(Known::from)
    }

    fn session_id(&self, request: &HeaderMap) -> Option<Id> {
        let name = self.cookies.name("session");
        let (_, value) = cookies::of(request).find(|(cookie, _)| *cookie == name)?;
        value.parse().ok()
    }
}

impl From<SignedIn> for Known {
    fn from(signed_in: SignedIn) -> Self {
        let User { id, verified_email, name, .. } = signed_in.user;
        Self { id, email: verified_email.map(|email| email.address().clone()), name }
    }
}

impl From<&AccessClaims> for Known {
    fn from(claims: &AccessClaims) -> Self {
        Self { id: claims.user(), email: claims.email().cloned(), name: claims.name().map(str::to_owned) }
    }
}

#[cfg(test)]
mod tests {
    use crate::{store::DOUBT_LASTS, tokens::LIFETIME};

    #[test]
    fn a_session_that_ended_is_in_doubt_for_longer_than_any_token_lives() {
        const { assert!(DOUBT_LASTS > LIFETIME) };
    }
}
