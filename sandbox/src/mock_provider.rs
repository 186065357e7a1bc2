//! What the sandbox has to know of a provider that it plays, and that provider's part of the state.

use std::ops::{Index, IndexMut};
use std::sync::Arc;

use axum::Router;
use axum::http::Method;

use super::faults::{Endpoint, Faults};
use super::id_token::Patches;
use super::iss::IssRules;
use super::keys::{KeyRing, SigningKey};
use super::state::{Provider, SharedState};
use super::token_store::TokenStore;

/// A provider, told to the rest of the sandbox.
pub struct Facts {
    /// Its name in control calls; `sandbox-<slug>` is the client that is registered there.
    pub slug: &'static str,
    /// What a person calls it.
    pub label: &'static str,
    /// The path of its `iss`, below the sandbox's origin.
    pub issuer: &'static str,
    /// The first segments of its paths: the site, and the API where that is a host of its own.
    pub bases: &'static [&'static str],
    /// The variables that lead a relying party to it, each with a path below the sandbox's origin.
    pub addresses: &'static [(&'static str, &'static str)],
    /// Paths of documents that a developer may want to look at.
    pub documents: &'static [&'static str],
    /// SandboxState below its bases.
    pub routes: fn() -> Router<SharedState>,
    /// Which endpoint a path below one of its bases is, without the slash between them.
    pub endpoint: fn(&Method, &str) -> Option<Endpoint>,
}

/// One provider's part of the state.
pub struct MockProvider {
    /// Signing keys.
    pub keys: KeyRing,
    /// Codes, tokens, consent.
    pub tokens: TokenStore,
    /// Armed changes of id_tokens.
    pub patches: Patches,
    /// Armed faults of endpoints.
    pub faults: Faults,
    /// Armed `iss` of authorization responses.
    pub iss: IssRules,
}

/// All of them, by provider.
pub struct MockProviders(Vec<MockProvider>);

impl MockProviders {
    /// As at the start.
    pub fn new(first_key: &Arc<SigningKey>) -> Self {
        Self(Provider::ALL.iter().map(|_| MockProvider::new(first_key)).collect())
    }
}

impl MockProvider {
    fn new(first_key: &Arc<SigningKey>) -> Self {
        Self {
            keys: KeyRing::new(first_key.clone()),
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
