//! The JWK sets of a provider: one for all our clients, or one for each (Entra).

use std::sync::{Mutex, PoisonError};

use url::Url;

use super::{
    ProviderFailure,
    cached::{Cached, Lifetime},
};
use crate::{oidc::JwkSet, providers::Provider};

/// A withdrawn key is trusted for ten minutes at most, or for an hour while the provider is unavailable.
const LIFETIME: Lifetime = Lifetime { fresh: 600, max_age: 3600, cool_down: 30 };

/// Their caches.
#[derive(Debug)]
pub(super) struct KeySets {
    pub(super) main: Cached<JwkSet>,
    /// By client id; as many as are configured.
    further: Vec<(String, Cached<JwkSet>)>,
    pub(super) failure: LastFailure,
}

/// A JWK set and where it is.
pub(super) struct KeySet<'a> {
    pub(super) cache: &'a Cached<JwkSet>,
    pub(super) jwks_uri: Url,
}

impl KeySets {
    pub(super) fn new(provider: &Provider) -> Self {
        let further = provider.further_client_ids.iter().map(|id| (id.clone(), Cached::new(LIFETIME))).collect();
        Self { main: Cached::new(LIFETIME), further, failure: LastFailure::default() }
    }

    pub(super) fn of_client(&self, client_id: &str) -> &Cached<JwkSet> {
        self.further.iter().find(|(id, _)| id == client_id).map_or(&self.main, |(_, cache)| cache)
    }
}

/// What the last failed fetch of a document found, for those who waited for it.
#[derive(Debug)]
pub(super) struct LastFailure(Mutex<ProviderFailure>);

impl Default for LastFailure {
    fn default() -> Self {
        Self(Mutex::new(ProviderFailure::UNAVAILABLE))
    }
}

impl LastFailure {
    pub(super) fn set(&self, failure: ProviderFailure) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = failure;
    }

    pub(super) fn get(&self) -> ProviderFailure {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
