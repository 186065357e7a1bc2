//! The signing keys in memory: the one that signs, those that verify, and the published JWK set.

use std::{collections::HashMap, sync::Arc};

use serde_json::{Value, json};

use super::{
    jwk,
    plan::{Entry, KeyState, signer, state},
    signing_key::{SigningKey, VerifyingKey},
};
use crate::store::{KeyTimes, StoredKey};

/// The keys at the time of loading. Each key has its times, so an old set never uses a key beyond them.
#[derive(Debug, Default)]
pub(super) struct KeySet {
    keys: Vec<Key>,
}

#[derive(Debug)]
struct Key {
    kid: String,
    times: KeyTimes,
    signing: Option<Arc<SigningKey>>,
    verifying: VerifyingKey,
    jwk: Value,
}

/// Private keys that were unsealed before, by `kid`: a key keeps signing here after another server sealed it with a
/// `SECRET_KEY` that this one does not have yet.
pub(super) type OpenedKeys = HashMap<String, Arc<SigningKey>>;

impl KeySet {
    /// Parses stored keys. A malformed one is skipped and logged.
    pub(super) fn of(stored: &[StoredKey], opened: &mut OpenedKeys) -> Self {
        opened.retain(|kid, _| stored.iter().any(|key| key.kid == *kid));
        let keys = stored.iter().filter_map(|stored| {
            let key = Key::of(stored, opened);
            if key.is_none() {
                tracing::warn!(kid = %stored.kid, "malformed signing key skipped");
            }
            key
        });
        Self { keys: keys.collect() }
    }

    /// The current signing key.
    pub(super) fn signer(&self, now: i64) -> Option<&SigningKey> {
        let entries: Vec<_> = self.keys.iter().map(Key::entry).collect();
        let kid = signer(&entries, now)?.kid;
        self.keys.iter().find(|key| key.kid == kid)?.signing.as_deref()
    }

    /// The key with this `kid`, unless it is expired.
    pub(super) fn verifier(&self, kid: &str, now: i64) -> Option<&VerifyingKey> {
        self.unexpired(now).find(|key| key.kid == kid).map(|key| &key.verifying)
    }

    /// The published JWK set (RFC 7517 §5): next, current and past keys.
    pub(super) fn jwks(&self, now: i64) -> Value {
        let keys: Vec<&Value> = self.unexpired(now).map(|key| &key.jwk).collect();
        json!({ "keys": keys })
    }

    fn unexpired(&self, now: i64) -> impl Iterator<Item = &Key> {
        self.keys.iter().filter(move |key| state(&key.times, now) != KeyState::Expired)
    }
}

impl Key {
    fn of(stored: &StoredKey, opened: &mut OpenedKeys) -> Option<Self> {
        let signing = match opened.get(&stored.kid) {
            Some(key) => Some(Arc::clone(key)),
            None => stored.private_key.as_ref().and_then(SigningKey::from_pkcs8).map(Arc::new),
        };
        let jwk: Value = serde_json::from_str(&stored.public_jwk).ok()?;
        let point = jwk::point(&jwk)?;
        // Public and private key must both match `kid`: a row with swapped parts is rejected.
        let is_consistent = jwk::thumbprint(&point)? == stored.kid
            && signing.as_ref().is_none_or(|signing| signing.kid() == stored.kid);
        if !is_consistent {
            return None;
        }
        if let Some(signing) = &signing {
            opened.insert(stored.kid.clone(), Arc::clone(signing));
        }
        Some(Self {
            kid: stored.kid.clone(),
            times: stored.times,
            signing,
            verifying: VerifyingKey::from_point(&point)?,
            jwk: jwk::jwk(&point)?,
        })
    }

    fn entry(&self) -> Entry<'_> {
        Entry { kid: &self.kid, times: self.times, can_sign: self.signing.is_some() }
    }
}
