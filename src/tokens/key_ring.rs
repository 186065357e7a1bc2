//! The signing keys of a machine: looked at every minute, and changed when it is time.

use std::sync::{Arc, Mutex, PoisonError};

use super::{
    error::TokensError,
    key_set::{KeySet, Opened},
    plan::{Entry, Plan, plan},
    signing_key::SigningKey,
};
use crate::{
    relying_party::{Cached, Clock, Lifetime, Missing},
    store::{Database, KeyChanges, StoredKey},
};

/// Seconds: a look each minute; keys that are in memory outlast a database that is away, for they know their own ends;
/// a stranger's `kid` causes one look in ten seconds.
const LOOKS: Lifetime = Lifetime { fresh: 60, hard: i64::MAX, cool_down: 10 };

/// The keys, shared by all requests.
#[derive(Debug)]
pub(super) struct KeyRing {
    database: Arc<Database>,
    clock: Clock,
    cached: Cached<KeySet>,
    opened: Mutex<Opened>,
}

impl KeyRing {
    /// The keys in this database. They are not looked at, nor made, before somebody needs one.
    pub(super) fn new(database: Arc<Database>, clock: Clock) -> Self {
        Self { database, clock, cached: Cached::new(LOOKS), opened: Mutex::default() }
    }

    /// The keys, a minute old at most where the database answers.
    pub(super) async fn current(&self) -> Result<Arc<KeySet>, TokensError> {
        let outcome = self.cached.get(self.clock.now(), self.look()).await;
        outcome.map_err(|missing| match missing {
            Missing::Failed(error) => error,
            Missing::FailedForAnother => TokensError::KeysUnread,
        })
    }

    /// Newer keys than these, which lack one; `None` when there are none, or somebody asked a moment ago.
    pub(super) async fn newer_than(&self, seen: &Arc<KeySet>) -> Result<Option<Arc<KeySet>>, TokensError> {
        let mut form_error = None;
        let look = async { self.look().await.map_err(|error| form_error = Some(error)) };
        let newer = self.cached.newer_than(seen, self.clock.now(), look).await;
        // A database that does not answer says nothing about the token.
        match form_error {
            Some(error) => Err(error),
            None => Ok(newer),
        }
    }

    async fn look(&self) -> Result<KeySet, TokensError> {
        let now = self.clock.now();
        let mut keys = self.database.signing_keys().await?;
        if self.is_work_to_do(&keys, now) {
            match self.database.arrange_signing_keys(|keys| carry_out(plan(&self.entries(keys), now))).await {
                Ok(arranged) => keys = arranged,
                // Read but not written: who has a token stays signed in, and the next look tries again.
                Err(error) if !keys.is_empty() => {
                    tracing::warn!(%error, "the signing keys could not be brought up to date");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(KeySet::of(&keys, &mut self.opened.lock().unwrap_or_else(PoisonError::into_inner)))
    }

    fn is_work_to_do(&self, keys: &[StoredKey], now: i64) -> bool {
        let sealed_long_ago = keys.iter().any(|key| key.private_key.is_some() && !key.sealed_anew);
        sealed_long_ago || !plan(&self.entries(keys), now).is_empty()
    }

    fn entries<'a>(&self, keys: &'a [StoredKey]) -> Vec<Entry<'a>> {
        let opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        entries(keys, |key| key.private_key.is_some() || opened.contains_key(&key.kid))
    }
}

/// The keys as the plan sees them.
pub(super) fn entries(keys: &[StoredKey], can_sign: impl Fn(&StoredKey) -> bool) -> Vec<Entry<'_>> {
    keys.iter().map(|key| Entry { kid: &key.kid, times: key.times, can_sign: can_sign(key) }).collect()
}

/// A plan as changes to the rows; keys that are to be made are made here.
pub(super) fn carry_out(plan: Plan) -> Result<KeyChanges, TokensError> {
    let make = plan.make.into_iter().map(SigningKey::generate).collect::<Result<_, _>>()?;
    Ok(KeyChanges { make, retime: plan.retime, drop: plan.drop })
}
