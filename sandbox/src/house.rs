//! What the sandbox has to know of a provider that it plays, and that provider's part of the state.

use std::ops::{Index, IndexMut};
use std::sync::Arc;

use axum::Router;
use axum::http::Method;

use super::faults::{Endpoint, Faults};
use super::id_token::Patches;
use super::iss::IssRules;
use super::keys::{KeyRing, SigningKey};
use super::ledger::Ledger;
use super::world::{Provider, World};

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
    /// Everything below its bases.
    pub routes: fn() -> Router<World>,
    /// Which endpoint a path below one of its bases is, without the slash between them.
    pub endpoint: fn(&Method, &str) -> Option<Endpoint>,
}

/// One provider's part of the state.
pub struct House {
    /// Signing keys.
    pub keys: KeyRing,
    /// Codes, tokens, consent.
    pub ledger: Ledger,
    /// Armed changes of id_tokens.
    pub patches: Patches,
    /// Armed faults of endpoints.
    pub faults: Faults,
    /// Armed `iss` of authorization responses.
    pub iss: IssRules,
}

/// All of them, by provider.
pub struct Houses(Vec<House>);

impl Houses {
    /// As at the start.
    pub fn new(first_key: &Arc<SigningKey>) -> Self {
        Self(Provider::ALL.iter().map(|_| House::new(first_key)).collect())
    }
}

impl House {
    fn new(first_key: &Arc<SigningKey>) -> Self {
        Self {
            keys: KeyRing::new(first_key.clone()),
            ledger: Ledger::default(),
            patches: Patches::default(),
            faults: Faults::default(),
            iss: IssRules::default(),
        }
    }
}

impl Index<Provider> for Houses {
    type Output = House;

    fn index(&self, provider: Provider) -> &House {
        &self.0[provider as usize]
    }
}

impl IndexMut<Provider> for Houses {
    fn index_mut(&mut self, provider: Provider) -> &mut House {
        &mut self.0[provider as usize]
    }
}
