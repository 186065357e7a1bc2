//! The capability to call an API for a user.

use std::{fmt, marker::PhantomData};

use secrecy::SecretString;

use super::scope::ApiScope;
use crate::{accounts::Identity, oauth::Scopes, store::OpenGrant};

/// A capability: the scope `S` is granted for an identity, with a valid access token. Only
/// [`Grants::take`](super::Grants::take) makes it, so that no API can be called without a grant.
pub struct Granted<S: ApiScope> {
    pub(super) identity: Identity,
    pub(super) access_token: SecretString,
    /// Counts the grant's refreshes.
    pub(super) generation: i64,
    pub(super) scopes: Scopes,
    scope: PhantomData<fn() -> S>,
}

impl<S: ApiScope> Granted<S> {
    pub(super) fn new(identity: Identity, open: OpenGrant) -> Self {
        let OpenGrant { access_token, generation, scopes, .. } = open;
        Self { identity, access_token, generation, scopes, scope: PhantomData }
    }

    pub fn identity(&self) -> &Identity {
        &self.identity
    }
}

impl<S: ApiScope> fmt::Debug for Granted<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Granted({}, {})", S::ACCESS.code(), self.identity.id)
    }
}
