//! Which sessions were ended or renewed lately, in memory: so that an access token need not cost a query each time.
//!
//! A token says that a session was open when it was issued, five minutes ago at most. Where one process serves a SQLite
//! file, ours (`alone`), whatever ends a session passes here; who is not found here is still signed in. Elsewhere another
//! process may have ended it, and the database is asked each time.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use time::OffsetDateTime;

use super::database::Database;
use crate::accounts::UserId;

/// For so long the database is asked about what was ended, in seconds: longer than any token lives that tells of it, even
/// one that was being signed at that moment.
pub const REVOCATION_MEMORY: i64 = 360;

/// Names that are kept at most; one takes some hundred bytes.
const MOST: usize = 10_000;

/// Sessions, and users all of whose sessions are in doubt, each with the time of its end.
#[derive(Debug)]
pub(super) struct RevocationCache(Mutex<RevocationEntries>);

#[derive(Debug)]
struct RevocationEntries {
    /// Of tokens that were issued no later than this we know nothing: another process may have ended their sessions, or
    /// there was no room to note it. Unix seconds.
    nothing_known_until: i64,
    names: HashMap<String, i64>,
}

impl Database {
    /// Whether the session that a token tells of is open for certain, so that nobody need ask the database. `issued_at` in
    /// Unix seconds. False says nothing, and is the answer wherever [`claim_alone`](Self::claim_alone) was not.
    pub fn is_not_revoked(&self, session: &str, user: UserId, issued_at: i64) -> bool {
        self.alone.is_held() && self.revocation_cache.knows_nothing_of(&[session, &user.to_string()], issued_at)
    }
}

impl RevocationCache {
    /// Nothing is known of what was before.
    pub(super) fn new() -> Self {
        Self(Mutex::new(RevocationEntries { nothing_known_until: now(), names: HashMap::new() }))
    }

    /// Nothing is known of what was until now.
    pub(super) fn know_nothing(&self) {
        let mut entries = self.lock();
        entries.nothing_known_until = entries.nothing_known_until.max(now());
    }

    /// A session is being ended or gets another id. To be called before that is seen by others; a transaction that comes
    /// to nothing has cost somebody a query.
    pub(super) fn session(&self, id_hash: &str) {
        self.note(id_hash.to_owned(), now());
    }

    /// Sessions of a user are being ended, or what tokens say of them is no longer so.
    pub(super) fn user(&self, user: UserId) {
        self.note(user.to_string(), now());
    }

    fn note(&self, name: String, now: i64) {
        let mut entries = self.lock();
        if entries.names.len() >= MOST {
            entries.names.retain(|_, ended| now - *ended < REVOCATION_MEMORY);
        }
        if entries.names.len() >= MOST {
            entries.names.clear();
            entries.nothing_known_until = now + REVOCATION_MEMORY;
        }
        entries.names.insert(name, now);
    }

    fn knows_nothing_of(&self, names: &[&str], issued_at: i64) -> bool {
        let entries = self.lock();
        issued_at > entries.nothing_known_until && names.iter().all(|name| !entries.names.contains_key(*name))
    }

    fn lock(&self) -> MutexGuard<'_, RevocationEntries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn now() -> i64 {
    OffsetDateTime::now_utc().unix_timestamp()
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: i64 = 1_000;

    fn ended() -> RevocationCache {
        RevocationCache(Mutex::new(RevocationEntries { nothing_known_until: START, names: HashMap::new() }))
    }

    #[test]
    fn what_was_ended_is_in_doubt_and_nothing_else() {
        let ended = ended();
        ended.note("session".into(), START + 10);
        assert!(!ended.knows_nothing_of(&["session", "user"], START + 5));
        assert!(!ended.knows_nothing_of(&["other", "session"], START + 20));
        assert!(ended.knows_nothing_of(&["other", "user"], START + 5));
    }

    #[test]
    fn of_what_was_issued_before_the_start_nothing_is_known() {
        assert!(!ended().knows_nothing_of(&["session"], START));
        assert!(ended().knows_nothing_of(&["session"], START + 1));
    }

    #[test]
    fn where_there_is_no_room_everything_is_in_doubt_for_a_while() {
        let ended = ended();
        for name in 0..MOST {
            ended.note(name.to_string(), START);
        }
        assert!(ended.knows_nothing_of(&["other"], START + 1));
        ended.note("one more".into(), START + 1);
        assert!(!ended.knows_nothing_of(&["0"], START + REVOCATION_MEMORY));
        assert!(ended.knows_nothing_of(&["other"], START + 2 + REVOCATION_MEMORY));
        assert!(!ended.knows_nothing_of(&["one more"], START + 2 + REVOCATION_MEMORY));
    }

    #[test]
    fn what_was_ended_long_ago_makes_room() {
        let ended = ended();
        for name in 0..MOST {
            ended.note(name.to_string(), START);
        }
        ended.note("one more".into(), START + REVOCATION_MEMORY);
        assert_eq!(ended.lock().names.len(), 1);
        assert!(ended.knows_nothing_of(&["other"], START + 1));
    }
}
