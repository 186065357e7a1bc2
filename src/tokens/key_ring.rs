//! The signing keys in this process: loaded from the database every minute, and rotated when due.

use std::sync::{Arc, Mutex, PoisonError};

use super::{
    error::TokensError,
    key_set::{KeySet, OpenedKeys},
    plan::{Entry, Plan, plan},
    signing_key::SigningKey,
};
use crate::{
    relying_party::{CacheError, Cached, Clock, Lifetime},
    store::{Database, KeyChanges, StoredKey},
};

/// Keys are loaded every minute, and at most every ten seconds for unknown `kid`s. While the database is unavailable,
/// the keys in memory stay in use: each has its own expiry.
const KEYS_LIFETIME: Lifetime = Lifetime { fresh: 60, max_age: i64::MAX, cool_down: 10 };

/// The keys, shared by all requests.
#[derive(Debug)]
pub(super) struct KeyRing {
    database: Arc<Database>,
    clock: Clock,
    cached: Cached<KeySet>,
    opened: Mutex<OpenedKeys>,
}

impl KeyRing {
    /// The keys of this database, loaded or generated on first use.
    pub(super) fn new(database: Arc<Database>, clock: Clock) -> Self {
        Self { database, clock, cached: Cached::new(KEYS_LIFETIME), opened: Mutex::default() }
    }

    /// The keys, at most a minute old if the database is available.
    pub(super) async fn current(&self) -> Result<Arc<KeySet>, TokensError> {
        self.cached.get(self.clock.now(), self.load()).await.map_err(|error| match error {
            CacheError::Fetch(error) => error,
            CacheError::SharedFetch => TokensError::KeysUnavailable,
        })
    }

    /// Newer keys than `seen`, which lacks one; `None` if there are none or the cool-down has not passed.
    pub(super) async fn newer_than(&self, seen: &Arc<KeySet>) -> Result<Option<Arc<KeySet>>, TokensError> {
        let mut load_error = None;
        let load = async { self.load().await.map_err(|error| load_error = Some(error)) };
        let newer = self.cached.newer_than(seen, self.clock.now(), load).await;
        // A database failure must not make the token look invalid.
        match load_error {
            Some(error) => Err(error),
            None => Ok(newer),
        }
    }

    async fn load(&self) -> Result<KeySet, TokensError> {
        let now = self.clock.now();
        let mut keys = self.database.signing_keys().await?;
        if self.needs_changes(&keys, now) {
            match self.database.arrange_signing_keys(|keys| changes(plan(&self.entries(keys), now))).await {
                Ok(changed) => keys = changed,
                // The keys that were read still verify; the next load tries again.
                Err(error) if !keys.is_empty() => {
                    tracing::warn!(%error, "signing keys could not be rotated");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(KeySet::of(&keys, &mut self.opened.lock().unwrap_or_else(PoisonError::into_inner)))
    }

    fn needs_changes(&self, keys: &[StoredKey], now: i64) -> bool {
        let has_old_seal = keys.iter().any(|key| key.private_key.is_some() && !key.sealed_with_newest_key);
        has_old_seal || !plan(&self.entries(keys), now).is_empty()
    }

    fn entries<'a>(&self, keys: &'a [StoredKey]) -> Vec<Entry<'a>> {
        let opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        entries(keys, |key| key.private_key.is_some() || opened.contains_key(&key.kid))
    }
}

/// The keys as input of the plan.
pub(super) fn entries(keys: &[StoredKey], can_sign: impl Fn(&StoredKey) -> bool) -> Vec<Entry<'_>> {
    keys.iter().map(|key| Entry { kid: &key.kid, times: key.times, can_sign: can_sign(key) }).collect()
}

/// The database changes of a plan; generates its new keys.
pub(super) fn changes(plan: Plan) -> Result<KeyChanges, TokensError> {
    let make = plan.make.into_iter().map(SigningKey::generate).collect::<Result<_, _>>()?;
    Ok(KeyChanges { make, retime: plan.retime, drop: plan.drop })
}
