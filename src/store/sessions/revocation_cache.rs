//! Recently revoked sessions, in memory, so that checking an access token costs no query.
//!
//! A token was issued at most five minutes ago, while its session was open. If this process is the only server of a
//! SQLite file (`sole_process`), every revocation passes here, and a session that is not in the cache is still open.
//! Otherwise another process may have ended it, and each check queries the database. A command that ends sessions announces
//! it, and tokens are checked by a query until all of that moment have expired.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use time::OffsetDateTime;

use crate::accounts::UserId;
use crate::store::engine::database::Database;
use crate::store::engine::sole_process::{ANNOUNCED, Alone};

/// How long a revocation is remembered, in seconds: longer than the lifetime of a token that was being signed at that
/// moment.
pub const REVOCATION_MEMORY: i64 = 360;

/// An entry takes some hundred bytes.
const MAX_ENTRIES: usize = 10_000;

/// Sessions, and users of whom some sessions were revoked, each with the time of the revocation.
#[derive(Debug)]
pub(in crate::store) struct RevocationCache {
    entries: Mutex<RevocationEntries>,
    alone: Arc<Alone>,
}

#[derive(Debug)]
struct RevocationEntries {
    /// The cache is incomplete for tokens issued up to this time: another process may have ended their sessions, or the
    /// cache was full. Unix seconds.
    incomplete_until: i64,
    names: HashMap<String, i64>,
}

impl Database {
    /// True if the session of an access token is certainly still open; `issued_at` in Unix seconds. False means that
    /// the database has to be queried, as always without [`claim_alone`](Self::claim_alone).
    pub fn is_not_revoked(&self, session: &str, user: UserId, issued_at: i64) -> bool {
        if self.alone.was_announced() {
            self.revocation_cache.mark_incomplete(ANNOUNCED);
        }
        self.alone.is_held() && self.revocation_cache.has_none_of(&[session, &user.to_string()], issued_at)
    }
}

impl RevocationCache {
    /// Incomplete for everything before now.
    pub(in crate::store) fn new(alone: Arc<Alone>) -> Self {
        Self { entries: Mutex::new(RevocationEntries { incomplete_until: now(), names: HashMap::new() }), alone }
    }

    /// Revocations up to now, and for so long from now, may be missing.
    pub(in crate::store) fn mark_incomplete(&self, lasting: Duration) {
        let mut entries = self.lock();
        let until = now().saturating_add(i64::try_from(lasting.as_secs()).unwrap_or(i64::MAX));
        entries.incomplete_until = entries.incomplete_until.max(until);
    }

    /// A session ends or gets another id. Call it before the transaction commits; if that fails, the entry costs a
    /// query.
    pub(in crate::store) fn session(&self, id_hash: &str) {
        self.alone.announce();
        self.note(id_hash.to_owned(), now());
    }

    /// Sessions of a user end, or claims in their access tokens change.
    pub(in crate::store) fn user(&self, user: UserId) {
        self.alone.announce();
        self.note(user.to_string(), now());
    }

    fn note(&self, name: String, now: i64) {
        let mut entries = self.lock();
        if entries.names.len() >= MAX_ENTRIES {
            entries.names.retain(|_, ended| now - *ended < REVOCATION_MEMORY);
        }
        if entries.names.len() >= MAX_ENTRIES {
            entries.names.clear();
            entries.incomplete_until = now + REVOCATION_MEMORY;
        }
        entries.names.insert(name, now);
    }

    fn has_none_of(&self, names: &[&str], issued_at: i64) -> bool {
        let entries = self.lock();
        issued_at > entries.incomplete_until && names.iter().all(|name| !entries.names.contains_key(*name))
    }

    fn lock(&self) -> MutexGuard<'_, RevocationEntries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn now() -> i64 {
    OffsetDateTime::now_utc().unix_timestamp()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::engine::engines::Engine;

    const START: i64 = 1_000;

    fn cache() -> RevocationCache {
        let alone = Arc::new(Alone::of(Engine::Postgres, "postgres://localhost").unwrap());
        let entries = Mutex::new(RevocationEntries { incomplete_until: START, names: HashMap::new() });
        RevocationCache { entries, alone }
    }

    #[test]
    fn only_revoked_sessions_are_queried() {
        let cache = cache();
        cache.note("session".into(), START + 10);
        assert!(!cache.has_none_of(&["session", "user"], START + 5));
        assert!(!cache.has_none_of(&["other", "session"], START + 20));
        assert!(cache.has_none_of(&["other", "user"], START + 5));
    }

    #[test]
    fn tokens_from_before_the_start_are_queried() {
        assert!(!cache().has_none_of(&["session"], START));
        assert!(cache().has_none_of(&["session"], START + 1));
    }

    #[test]
    fn a_full_cache_is_incomplete_for_a_while() {
        let cache = cache();
        for name in 0..MAX_ENTRIES {
            cache.note(name.to_string(), START);
        }
        assert!(cache.has_none_of(&["other"], START + 1));
        cache.note("one more".into(), START + 1);
        assert!(!cache.has_none_of(&["0"], START + REVOCATION_MEMORY));
        assert!(cache.has_none_of(&["other"], START + 2 + REVOCATION_MEMORY));
        assert!(!cache.has_none_of(&["one more"], START + 2 + REVOCATION_MEMORY));
    }

    #[test]
    fn old_entries_make_room() {
        let cache = cache();
        for name in 0..MAX_ENTRIES {
            cache.note(name.to_string(), START);
        }
        cache.note("one more".into(), START + REVOCATION_MEMORY);
        assert_eq!(cache.lock().names.len(), 1);
        assert!(cache.has_none_of(&["other"], START + 1));
    }
}
