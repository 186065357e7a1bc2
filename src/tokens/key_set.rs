//! The signing keys as they are in memory: who signs, who verifies, and the document that tells the world.

use std::{collections::HashMap, sync::Arc};

use serde_json::{Value, json};

use super::{
    jwk,
    plan::{Entry, KeyState, signer, state},
    signing_key::{SigningKey, VerifyingKey},
};
use crate::store::{KeyTimes, StoredKey};

/// All keys, as they were when somebody looked. Each knows its times: a set that grew old signs and believes nothing that
/// a fresh one would not.
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

/// Private halves that were opened before, by `kid`. A key that another machine has sealed with a `SECRET_KEY` which this
/// one does not have yet goes on signing here.
pub(super) type Opened = HashMap<String, Arc<SigningKey>>;

impl KeySet {
    /// Reads the keys; one that is damaged is left out, for it must not take the others along.
    pub(super) fn of(stored: &[StoredKey], opened: &mut Opened) -> Self {
        opened.retain(|kid, _| stored.iter().any(|key| key.kid == *kid));
        let keys = stored.iter().filter_map(|stored| {
            let key = Key::of(stored, opened);
            if key.is_none() {
                tracing::warn!(kid = %stored.kid, "a signing key cannot be read and is left out");
            }
            key
        });
        Self { keys: keys.collect() }
    }

    /// The key that signs now.
    pub(super) fn signer(&self, now: i64) -> Option<&SigningKey> {
        let entries: Vec<_> = self.keys.iter().map(Key::entry).collect();
        let kid = signer(&entries, now)?.kid;
        self.keys.iter().find(|key| key.kid == kid)?.signing.as_deref()
    }

    /// The key of this name, if it is believed now.
    pub(super) fn verifier(&self, kid: &str, now: i64) -> Option<&VerifyingKey> {
        self.believed(now).find(|key| key.kid == kid).map(|key| &key.verifying)
    }

    /// The set as others read it (RFC 7517 §5): next, current and past keys.
    pub(super) fn document(&self, now: i64) -> Value {
        let keys: Vec<&Value> = self.believed(now).map(|key| &key.jwk).collect();
        json!({ "keys": keys })
    }

    fn believed(&self, now: i64) -> impl Iterator<Item = &Key> {
        self.keys.iter().filter(move |key| state(&key.times, now) != KeyState::Expired)
    }
}

impl Key {
    fn of(stored: &StoredKey, opened: &mut Opened) -> Option<Self> {
        let signing = match opened.get(&stored.kid) {
            Some(key) => Some(Arc::clone(key)),
            None => stored.private_key.as_ref().and_then(SigningKey::from_pkcs8).map(Arc::new),
        };
        let jwk: Value = serde_json::from_str(&stored.public_jwk).ok()?;
        let point = jwk::point(&jwk)?;
        // The name holds a row together: a public half of somebody else's is not this key.
        let holds = jwk::thumbprint(&point)? == stored.kid
            && signing.as_ref().is_none_or(|signing| signing.kid() == stored.kid);
        if !holds {
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
