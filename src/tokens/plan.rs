//! The rotation plan of the signing keys. Pure: keys and time in, a plan out.
//!
//! A key is *next* first: published, so that verifiers have it before its first signature. Then it signs for thirty
//! days. Then it is *past*: it no longer signs, but still verifies until every token that it signed has expired.

use serde::Serialize;

use super::access_claims::LIFETIME;
use crate::store::KeyTimes;

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// Signing period of a key, in seconds: rotation is rare, but exercised regularly.
const SIGNING_PERIOD: i64 = 30 * DAY;
/// Minimum time between publication and first signature, in seconds: verifiers cache the JWK set for five minutes, some
/// for longer.
const LEAD_TIME: i64 = DAY;
/// Time for which a key verifies after its last signature, in seconds: the lifetime of a token, and an hour for clock
/// skew.
const GRACE_PERIOD: i64 = LIFETIME + HOUR;

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

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000;

    /// The keys after the plans so far.
    #[derive(Clone, Default)]
    struct Keys(Vec<(String, KeyTimes, bool)>);

    impl Keys {
        fn entries(&self) -> Vec<Entry<'_>> {
            self.0.iter().map(|(kid, times, can_sign)| Entry { kid, times: *times, can_sign: *can_sign }).collect()
        }

        fn apply(&mut self, plan: Plan) {
            self.0.retain(|(kid, ..)| !plan.drop.contains(kid));
            for (kid, times) in plan.retime {
                self.0.iter_mut().find(|(other, ..)| *other == kid).unwrap().1 = times;
            }
            for times in plan.make {
                let name = format!("key {} {}", times.created_at, times.signs_from);
                self.0.push((name, times, true));
            }
            for (_, times, _) in &self.0 {
                assert!(times.created_at <= times.signs_from && times.signs_from <= times.signs_until);
                assert!(times.signs_until + LIFETIME < times.expires_at);
            }
        }

        fn at(now: i64) -> Self {
            let mut keys = Self::default();
            keys.apply(plan(&[], now));
            keys
        }

        fn signer(&self, now: i64) -> String {
            signer(&self.entries(), now).unwrap().kid.to_owned()
        }
    }

    #[test]
    fn first_key_signs_at_once_beside_its_successor() {
        let plan = plan(&[], NOW);
        assert_eq!((plan.make.len(), plan.retime.len(), plan.drop.len()), (2, 0, 0));
        let [first, next] = plan.make[..] else { unreachable!() };
        assert_eq!((first.signs_from, first.signs_until), (NOW, NOW + 30 * DAY));
        assert_eq!((next.created_at, next.signs_from), (NOW, NOW + 30 * DAY));
        assert_eq!(first.expires_at, first.signs_until + 300 + 3600);
    }

    #[test]
    fn plan_is_empty_until_the_next_key_signs() {
        let keys = Keys::at(NOW);
        for later in [0, DAY, 30 * DAY - 1] {
            assert!(plan(&keys.entries(), NOW + later).is_empty());
        }
        assert!(!plan(&keys.entries(), NOW + 30 * DAY).is_empty());
    }

    /// A year in steps of a minute, for a verifier that caches the JWK set for a day.
    #[test]
    fn every_signer_of_a_year_was_published_a_day_ahead() {
        let mut keys = Keys::at(NOW);
        let mut signers = vec![keys.signer(NOW)];
        for now in (NOW..NOW + 365 * DAY).step_by(60) {
            keys.apply(plan(&keys.entries(), now));
            let entries = keys.entries();
            let signer = signer(&entries, now).expect("a signing key");
            if signers.last().is_some_and(|last| last != signer.kid) {
                assert!(signer.times.created_at + DAY <= now, "published a day ahead");
                signers.push(signer.kid.to_owned());
            }
            assert!(entries.len() <= 3 && next(&entries, now).is_some());
        }
        assert_eq!(signers.len(), 13, "one key in thirty days");
    }

    #[test]
    fn past_key_is_deleted_after_its_last_token_expired() {
        let mut keys = Keys::at(NOW);
        let first = keys.signer(NOW);
        let last_token_ends = NOW + 30 * DAY - 1 + LIFETIME;
        for (now, kept) in [(last_token_ends, true), (last_token_ends + 3600, true), (last_token_ends + 3601, false)] {
            keys.apply(plan(&keys.entries(), now));
            assert_eq!(keys.0.iter().any(|(kid, ..)| *kid == first), kept);
        }
    }

    #[test]
    fn long_downtime_starts_with_new_keys() {
        let mut keys = Keys::at(NOW);
        let now = NOW + 100 * DAY;
        keys.apply(plan(&keys.entries(), now));
        assert_eq!(keys.0.len(), 2);
        assert!(keys.signer(now).starts_with(&format!("key {now}")));
    }

    #[test]
    fn current_key_signs_until_a_late_successor_starts() {
        let mut keys = Keys::at(NOW);
        let first = keys.signer(NOW);
        keys.0.retain(|(kid, ..)| *kid == first);
        let late = NOW + 30 * DAY - HOUR;
        keys.apply(plan(&keys.entries(), late));
        assert_eq!(keys.signer(late + DAY - 1), first, "the old key signs for one more day");
        assert_ne!(keys.signer(late + DAY), first);
    }

    #[test]
    fn keys_without_private_keys_are_replaced_but_kept() {
        let mut keys = Keys::at(NOW);
        keys.0.iter_mut().for_each(|(.., can_sign)| *can_sign = false);
        keys.apply(plan(&keys.entries(), NOW + 1));
        assert_eq!(keys.0.len(), 4);
        assert!(keys.signer(NOW + 1).starts_with(&format!("key {}", NOW + 1)));
        assert!(plan(&keys.entries(), NOW + 2).is_empty(), "no third pair is made");
    }

    #[test]
    fn rotation_starts_the_next_key_and_keeps_the_old_one() {
        let mut keys = Keys::at(NOW);
        let (first, next_one) = (keys.signer(NOW), next(&keys.entries(), NOW).unwrap().kid.to_owned());
        let now = NOW + 5 * DAY;
        keys.apply(rotation(&keys.entries(), now));
        assert_eq!(keys.signer(now), next_one);
        let old = keys.0.iter().find(|(kid, ..)| *kid == first).unwrap();
        assert_eq!((old.1.signs_until, old.1.expires_at), (now, now + GRACE_PERIOD));
        assert!(next(&keys.entries(), now).is_some() && plan(&keys.entries(), now).is_empty());
        keys.apply(rotation(&keys.entries(), now));
        assert_ne!(keys.signer(now), next_one, "a second rotation");
    }

    #[test]
    fn rotation_without_keys_makes_both() {
        let mut keys = Keys::default();
        keys.apply(rotation(&[], NOW));
        assert!(keys.0.len() == 2 && plan(&keys.entries(), NOW).is_empty());
    }
}
