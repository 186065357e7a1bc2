//! The rotation plan of the signing keys. Pure: keys and time in, a plan out.
//!
//! A key is *next* first: published, so that verifiers have it before its first signature. Then it signs for thirty
//! days. Then it is *past*: it no longer signs, but still verifies until every token that it signed has expired.

use serde::Serialize;

use super::access_claims::LIFETIME;
use crate::store::KeyTimes;

pub(super) const HOUR: i64 = 3600;
pub(super) const DAY: i64 = 24 * HOUR;

/// Signing period of a key, in seconds: rotation is rare, but exercised regularly.
const SIGNING_PERIOD: i64 = 30 * DAY;
/// Minimum time between publication and first signature, in seconds: far more than [`CACHE_TIME`].
const LEAD_TIME: i64 = DAY;
/// How long after its publication a key can be unknown to a verifier, in seconds: a shared cache serves the JWK set for
/// five minutes (`max-age`), and Envoy keeps what it got for ten more and fetches nothing for an unknown `kid`.
pub(super) const CACHE_TIME: i64 = 900;
/// Time for which a key verifies after its last signature, in seconds: the lifetime of a token, and an hour for clock
/// skew.
pub(super) const GRACE_PERIOD: i64 = LIFETIME + HOUR;

/// A key as input of the plan.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'a> {
    pub(super) kid: &'a str,
    pub(super) times: KeyTimes,
    /// Whether the private key is available. A key sealed with a removed `SECRET_KEY` verifies but does not sign.
    pub(super) can_sign: bool,
}

/// The state of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    /// Published, signs later.
    Next,
    /// Signs and verifies.
    Signs,
    /// Verifies only.
    Past,
    /// Neither signs nor verifies.
    Expired,
}

/// Changes to the keys.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    /// The times of keys to generate.
    pub(super) make: Vec<KeyTimes>,
    /// New times for existing keys, by `kid`.
    pub(super) retime: Vec<(String, KeyTimes)>,
    /// The `kid`s of keys to delete.
    pub(super) drop: Vec<String>,
}

impl Plan {
    pub(super) fn is_empty(&self) -> bool {
        self.make.is_empty() && self.retime.is_empty() && self.drop.is_empty()
    }
}

/// The changes needed now, so that one key signs and one is next.
pub(super) fn plan(keys: &[Entry<'_>], now: i64) -> Plan {
    let mut plan = Plan { drop: expired(keys, now), ..Plan::default() };
    let (current, next) = (signer(keys, now), next(keys, now));
    let until = match current {
        Some(current) => current.times.signs_until,
        None => {
            // It signs without lead time: there is no other key.
            let until = next.map_or(now + SIGNING_PERIOD, |next| next.times.signs_from);
            plan.make.push(times(now, now, until));
            until
        }
    };
    if next.is_none() {
        let from = until.max(now + LEAD_TIME);
        plan.make.push(times(now, from, from + SIGNING_PERIOD));
        // If the lead time ends after the signing period, the current key signs for longer.
        plan.retime.extend(current.filter(|_| until < from).map(|current| current.signing_until(from)));
    }
    plan
}

/// The changes for an immediate rotation: the next key signs now.
pub(super) fn rotation(keys: &[Entry<'_>], now: i64) -> Plan {
    let mut plan = Plan { drop: expired(keys, now), ..Plan::default() };
    plan.retime.extend(keys.iter().filter(|key| key.state(now) == KeyState::Signs).map(|key| key.signing_until(now)));
    let until = now + SIGNING_PERIOD;
    match next(keys, now) {
        Some(next) => {
            let retimed = KeyTimes { created_at: next.times.created_at, ..times(now, now, until) };
            plan.retime.push((next.kid.to_owned(), retimed));
        }
        None => plan.make.push(times(now, now, until)),
    }
    plan.make.push(times(now, until, until + SIGNING_PERIOD));
    plan
}

/// When the next key may sign without being unknown to a verifier. `None` if no key has signed yet: then no verifier
/// has cached a JWK set that lacks it.
pub(super) fn earliest_rotation(keys: &[Entry<'_>], now: i64) -> Option<i64> {
    let has_signed = |key: &Entry<'_>| matches!(key.state(now), KeyState::Signs | KeyState::Past);
    let published_at = next(keys, now).map_or(now, |next| next.times.created_at);
    keys.iter().any(has_signed).then_some(published_at + CACHE_TIME)
}

/// Whether a key that was published at `created_at` may be unknown to a verifier.
pub(super) fn is_recent(created_at: i64, now: i64) -> bool {
    now < created_at + CACHE_TIME
}

/// The current signing key: of several, the one that started last.
pub(super) fn signer<'a, 'b>(keys: &'a [Entry<'b>], now: i64) -> Option<&'a Entry<'b>> {
    keys.iter()
        .filter(|key| key.can_sign && key.state(now) == KeyState::Signs)
        .max_by_key(|key| (key.times.signs_from, key.times.created_at, key.kid))
}

/// The next signing key: of several, the one that starts first.
pub(super) fn next<'a, 'b>(keys: &'a [Entry<'b>], now: i64) -> Option<&'a Entry<'b>> {
    keys.iter()
        .filter(|key| key.can_sign && key.state(now) == KeyState::Next)
        .min_by_key(|key| (key.times.signs_from, key.times.created_at, key.kid))
}

/// The state of a key with these times. `now` in Unix seconds.
pub fn state(times: &KeyTimes, now: i64) -> KeyState {
    if times.expires_at <= now {
        KeyState::Expired
    } else if times.signs_until <= now {
        KeyState::Past
    } else if times.signs_from <= now {
        KeyState::Signs
    } else {
        KeyState::Next
    }
}

impl Entry<'_> {
    fn state(&self, now: i64) -> KeyState {
        state(&self.times, now)
    }

    fn signing_until(&self, until: i64) -> (String, KeyTimes) {
        let times = KeyTimes { signs_until: until, expires_at: until + GRACE_PERIOD, ..self.times };
        (self.kid.to_owned(), times)
    }
}

fn expired(keys: &[Entry<'_>], now: i64) -> Vec<String> {
    keys.iter().filter(|key| key.state(now) == KeyState::Expired).map(|key| key.kid.to_owned()).collect()
}

fn times(now: i64, signs_from: i64, signs_until: i64) -> KeyTimes {
    KeyTimes { created_at: now, signs_from, signs_until, expires_at: signs_until + GRACE_PERIOD }
}
