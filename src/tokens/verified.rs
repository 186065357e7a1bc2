//! A cache of verified access tokens, which saves the signature check of repeated requests.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use aws_lc_rs::digest::{SHA256, digest};

use super::{
    access_claims::{AccessClaims, LEEWAY_SECONDS},
    key_set::KeySet,
};

/// Capacity. Only verified tokens are stored, about 400 bytes each, so invalid tokens cannot fill the cache.
const MAX_TOKENS: usize = 10_000;

/// SHA-256 of a whole token, signature included.
pub(super) type Fingerprint = [u8; 32];

/// The claims of verified tokens by fingerprint, each valid until the token or its key expires.
#[derive(Default)]
pub(super) struct VerifiedTokens {
    tokens: Mutex<HashMap<Fingerprint, Entry>>,
}

struct Entry {
    kid: String,
    claims: Arc<AccessClaims>,
}

pub(super) fn fingerprint(token: &str) -> Fingerprint {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
    bytes
}

impl VerifiedTokens {
    /// The claims of a cached token that is still valid. One from the future is not: while a clock that was ahead steps back,
    /// tokens would last for longer than they may.
    pub(super) fn get(&self, token: &Fingerprint, keys: &KeySet, now: i64) -> Option<Arc<AccessClaims>> {
        let tokens = self.lock();
        let entry = tokens.get(token)?;
        let claims = &entry.claims;
        let in_time = claims.issued_at() <= now.saturating_add(LEEWAY_SECONDS) && now < claims.expires_at();
        let valid = in_time && keys.verifier(&entry.kid, now).is_some();
        valid.then(|| Arc::clone(&entry.claims))
    }

    /// Caches a verified token. A full cache drops its expired tokens, or all if none has expired: each costs one
    /// signature check to add again.
    pub(super) fn insert(&self, token: Fingerprint, kid: &str, claims: &Arc<AccessClaims>, now: i64) {
        let mut tokens = self.lock();
        if tokens.len() >= MAX_TOKENS {
            tokens.retain(|_, entry| now < entry.claims.expires_at());
            if tokens.len() >= MAX_TOKENS {
                tokens.clear();
            }
        }
        tokens.insert(token, Entry { kid: kid.to_owned(), claims: Arc::clone(claims) });
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Fingerprint, Entry>> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for VerifiedTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifiedTokens({} tokens)", self.lock().len())
    }
}
