//! Tokens that were verified before: who asks often does not cost a signature each time.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use aws_lc_rs::digest::{SHA256, digest};

use super::{access_claims::AccessClaims, key_set::KeySet};

/// Tokens that are kept at most. Only what was verified gets in, so that nobody fills it with inventions; each takes some
/// four hundred bytes.
const MOST: usize = 10_000;

/// A token in the cache: the hash of the whole, signature and all.
pub(super) type Fingerprint = [u8; 32];

/// The claims of tokens by their fingerprints, each until its end and while its key is believed.
#[derive(Default)]
pub(super) struct Verified {
    tokens: Mutex<HashMap<Fingerprint, Entry>>,
}

struct Entry {
    kid: String,
    claims: Arc<AccessClaims>,
}

/// What a token is known by here.
pub(super) fn fingerprint(token: &str) -> Fingerprint {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
    bytes
}

impl Verified {
    /// The claims of a token that was verified before and is still valid.
    pub(super) fn get(&self, token: &Fingerprint, keys: &KeySet, now: i64) -> Option<Arc<AccessClaims>> {
        let tokens = self.lock();
        let entry = tokens.get(token)?;
        let valid = now < entry.claims.expires_at() && keys.verifier(&entry.kid, now).is_some();
        valid.then(|| Arc::clone(&entry.claims))
    }

    /// Keeps a token that was verified. Where there is no room, those go that have expired; where that is not enough, all
    /// go: each is worth one signature.
    pub(super) fn keep(&self, token: Fingerprint, kid: &str, claims: &Arc<AccessClaims>, now: i64) {
        let mut tokens = self.lock();
        if tokens.len() >= MOST {
            tokens.retain(|_, entry| now < entry.claims.expires_at());
            if tokens.len() >= MOST {
                tokens.clear();
            }
        }
        tokens.insert(token, Entry { kid: kid.to_owned(), claims: Arc::clone(claims) });
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Fingerprint, Entry>> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Verified({} tokens)", self.lock().len())
    }
}
