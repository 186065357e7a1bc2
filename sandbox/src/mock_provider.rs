//! What the sandbox knows about each mock provider, and the provider's state.

use std::ops::{Index, IndexMut};
use std::sync::Arc;

use axum::Router;
use axum::http::Method;

use super::bounded_map::BoundedMap;
use super::faults::{Endpoint, Faults};
use super::id_token::Patches;
use super::iss::IssRules;
use super::keys::{KeyRing, SigningKey};
use super::state::{Provider, SharedState};
use super::token_store::TokenStore;

/// Maximum number of applications with a signing key of their own.
const APP_KEYS: usize = 20;

/// The static description of a mock provider.
pub struct Facts {
    /// Used in paths and control calls; the registered client is `sandbox-<slug>`.
    pub slug: &'static str,
    pub label: &'static str,
    /// The path of its `iss`, below the sandbox's origin.
    pub issuer: &'static str,
    /// First path segments: the site, and the API if it has its own host.
    pub bases: &'static [&'static str],
    /// Environment variables for the application, each with a path below the sandbox's origin.
    pub addresses: &'static [(&'static str, &'static str)],
    /// Documents to link on the front page.
    pub documents: &'static [&'static str],
    pub routes: fn() -> Router<SharedState>,
    /// The endpoint of a path below one of `bases`, without the leading slash.
    pub endpoint: fn(&Method, &str) -> Option<Endpoint>,
}

pub struct MockProvider {
    pub keys: KeyRing,
    /// Keys of single applications, by client id (Microsoft).
    pub app_keys: BoundedMap<Arc<SigningKey>>,
    pub tokens: TokenStore,
    pub patches: Patches,
    pub faults: Faults,
    pub iss: IssRules,
}

pub struct MockProviders(Vec<MockProvider>);

impl MockProviders {
    pub fn new(first_key: &Arc<SigningKey>) -> Self {
        Self(Provider::ALL.iter().map(|_| MockProvider::new(first_key)).collect())
    }
}

impl MockProvider {
    fn new(first_key: &Arc<SigningKey>) -> Self {
        Self {
            keys: KeyRing::new(first_key.clone()),
            app_keys: BoundedMap::new(APP_KEYS),
            tokens: TokenStore::default(),
            patches: Patches::default(),
            faults: Faults::default(),
            iss: IssRules::default(),
        }
    }
}

impl Index<Provider> for MockProviders {
    type Output = MockProvider;

    fn index(&self, provider: Provider) -> &MockProvider {
        &self.0[provider as usize]
    }
}

impl IndexMut<Provider> for MockProviders {
    fn index_mut(&mut self, provider: Provider) -> &mut MockProvider {
        &mut self.0[provider as usize]
    }
}
