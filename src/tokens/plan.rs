//! What is to be done with the signing keys, and when. Pure: keys and time in, a plan out.
//!
//! A key is *next* first: published, so that everybody who verifies has it when it begins. Then it signs for thirty days.
//! Then it is *past*: it signs no more, and is believed until nothing of its is valid.

use serde::Serialize;

use super::access_claims::LIFETIME;
use crate::store::KeyTimes;

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// How long a key signs, in seconds. Long enough that a change is rare, short enough that it is practised.
const SIGNS: i64 = 30 * DAY;
/// How long a key is published at least before it signs, in seconds: who reads our set keeps it for five minutes, as we
/// say, or for longer, as some do.
const AHEAD: i64 = DAY;
/// How long a key is believed after it signed last, in seconds: the life of a token, and an hour for clocks and caches.
const BELIEVED: i64 = LIFETIME + HOUR;

/// A key as the plan sees it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'a> {
    pub(super) kid: &'a str,
    pub(super) times: KeyTimes,
    /// Whether we have its private half. What was sealed with a `SECRET_KEY` that is gone verifies and does not sign.
    pub(super) can_sign: bool,
}

/// What a key does at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    /// It is published and will sign.
    Next,
    /// It signs.
    Signs,
    /// It signs no more; what it signed is believed.
    Past,
    /// It is believed no more.
    Expired,
}

/// What is to be done.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    /// Keys to be made.
    pub(super) make: Vec<KeyTimes>,
    /// Keys that get other times.
    pub(super) retime: Vec<(String, KeyTimes)>,
    /// Keys that go.
    pub(super) drop: Vec<String>,
}

impl Plan {
    /// Whether there is nothing to do.
    pub(super) fn is_empty(&self) -> bool {
        self.make.is_empty() && self.retime.is_empty() && self.drop.is_empty()
    }
}

/// What is to be done now, so that one key signs and one is next.
pub(super) fn plan(keys: &[Entry<'_>], now: i64) -> Plan {
    let mut plan = Plan { drop: expired(keys, now), ..Plan::default() };
    let (current, next) = (signer(keys, now), next(keys, now));
    let until = match current {
        Some(current) => current.times.signs_until,
        None => {
            // Nobody could have announced it.
            let until = next.map_or(now + SIGNS, |next| next.times.signs_from);
            plan.make.push(times(now, now, until));
            until
        }
    };
    if next.is_none() {
        let from = until.max(now + AHEAD);
        plan.make.push(times(now, from, from + SIGNS));
        // Who comes late to find a successor lets the old one sign until it may begin.
        plan.retime.extend(current.filter(|_| until < from).map(|current| current.signing_until(from)));
    }
    plan
}

/// What is to be done now so that the next key signs at once.
pub(super) fn rotation(keys: &[Entry<'_>], now: i64) -> Plan {
    let mut plan = Plan { drop: expired(keys, now), ..Plan::default() };
    plan.retime.extend(keys.iter().filter(|key| key.state(now) == KeyState::Signs).map(|key| key.signing_until(now)));
    let until = now + SIGNS;
    match next(keys, now) {
        Some(next) => {
            let begins = KeyTimes { created_at: next.times.created_at, ..times(now, now, until) };
            plan.retime.push((next.kid.to_owned(), begins));
        }
        None => plan.make.push(times(now, now, until)),
    }
    plan.make.push(times(now, until, until + SIGNS));
    plan
}

/// The key that signs now: of several, the one that began last.
pub(super) fn signer<'a, 'b>(keys: &'a [Entry<'b>], now: i64) -> Option<&'a Entry<'b>> {
    keys.iter()
        .filter(|key| key.can_sign && key.state(now) == KeyState::Signs)
        .max_by_key(|key| (key.times.signs_from, key.times.created_at, key.kid))
}

/// The key that will sign, of several the soonest.
pub(super) fn next<'a, 'b>(keys: &'a [Entry<'b>], now: i64) -> Option<&'a Entry<'b>> {
    keys.iter()
        .filter(|key| key.can_sign && key.state(now) == KeyState::Next)
        .min_by_key(|key| (key.times.signs_from, key.times.created_at, key.kid))
}

/// What a key of these times does at the moment. `now` in Unix seconds.
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
        let times = KeyTimes { signs_until: until, expires_at: until + BELIEVED, ..self.times };
        (self.kid.to_owned(), times)
    }
}

fn expired(keys: &[Entry<'_>], now: i64) -> Vec<String> {
    keys.iter().filter(|key| key.state(now) == KeyState::Expired).map(|key| key.kid.to_owned()).collect()
}

fn times(now: i64, signs_from: i64, signs_until: i64) -> KeyTimes {
    KeyTimes { created_at: now, signs_from, signs_until, expires_at: signs_until + BELIEVED }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000;

    /// The keys after a plan was carried out.
    #[derive(Clone, Default)]
    struct Keys(Vec<(String, KeyTimes, bool)>);

    impl Keys {
        fn entries(&self) -> Vec<Entry<'_>> {
            self.0.iter().map(|(kid, times, can_sign)| Entry { kid, times: *times, can_sign: *can_sign }).collect()
        }

        fn carry_out(&mut self, plan: Plan) {
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
            keys.carry_out(plan(&[], now));
            keys
        }

        fn signer(&self, now: i64) -> String {
            signer(&self.entries(), now).unwrap().kid.to_owned()
        }
    }

    #[test]
    fn the_first_key_signs_at_once_and_the_next_is_there_with_it() {
        let plan = plan(&[], NOW);
        assert_eq!((plan.make.len(), plan.retime.len(), plan.drop.len()), (2, 0, 0));
        let [first, next] = plan.make[..] else { unreachable!() };
        assert_eq!((first.signs_from, first.signs_until), (NOW, NOW + 30 * DAY));
        assert_eq!((next.created_at, next.signs_from), (NOW, NOW + 30 * DAY));
        assert_eq!(first.expires_at, first.signs_until + 300 + 3600);
    }

    #[test]
    fn with_both_there_is_nothing_to_do_until_the_next_one_signs() {
        let keys = Keys::at(NOW);
        for later in [0, DAY, 30 * DAY - 1] {
            assert!(plan(&keys.entries(), NOW + later).is_empty());
        }
        assert!(!plan(&keys.entries(), NOW + 30 * DAY).is_empty());
    }

    /// A year, looked at every minute, and what a verifier believes that has known our set for a day.
    #[test]
    fn a_year_of_looks_leaves_no_moment_without_a_signer_and_none_unannounced() {
        let mut keys = Keys::at(NOW);
        let mut signers = vec![keys.signer(NOW)];
        for now in (NOW..NOW + 365 * DAY).step_by(60) {
            keys.carry_out(plan(&keys.entries(), now));
            let entries = keys.entries();
            let signer = signer(&entries, now).expect("somebody signs");
            if signers.last().is_some_and(|last| last != signer.kid) {
                assert!(signer.times.created_at + DAY <= now, "announced a day ahead");
                signers.push(signer.kid.to_owned());
            }
            assert!(entries.len() <= 3 && next(&entries, now).is_some());
        }
        assert_eq!(signers.len(), 13, "one key in thirty days");
    }

    #[test]
    fn a_key_that_signed_goes_when_nothing_of_it_can_be_valid() {
        let mut keys = Keys::at(NOW);
        let first = keys.signer(NOW);
        let last_token_ends = NOW + 30 * DAY - 1 + LIFETIME;
        for (now, there) in [(last_token_ends, true), (last_token_ends + 3600, true), (last_token_ends + 3601, false)] {
            keys.carry_out(plan(&keys.entries(), now));
            assert_eq!(keys.0.iter().any(|(kid, ..)| *kid == first), there);
        }
    }

    #[test]
    fn after_a_long_sleep_a_first_key_is_made_again() {
        let mut keys = Keys::at(NOW);
        let now = NOW + 100 * DAY;
        keys.carry_out(plan(&keys.entries(), now));
        assert_eq!(keys.0.len(), 2);
        assert!(keys.signer(now).starts_with(&format!("key {now}")));
    }

    #[test]
    fn a_next_one_that_comes_late_is_waited_for() {
        let mut keys = Keys::at(NOW);
        let first = keys.signer(NOW);
        keys.0.retain(|(kid, ..)| *kid == first);
        let late = NOW + 30 * DAY - HOUR;
        keys.carry_out(plan(&keys.entries(), late));
        assert_eq!(keys.signer(late + DAY - 1), first, "the old one goes on for the day");
        assert_ne!(keys.signer(late + DAY), first);
    }

    #[test]
    fn a_key_that_does_not_open_signs_nothing_and_is_still_believed() {
        let mut keys = Keys::at(NOW);
        keys.0.iter_mut().for_each(|(.., can_sign)| *can_sign = false);
        keys.carry_out(plan(&keys.entries(), NOW + 1));
        assert_eq!(keys.0.len(), 4);
        assert!(keys.signer(NOW + 1).starts_with(&format!("key {}", NOW + 1)));
        assert!(plan(&keys.entries(), NOW + 2).is_empty(), "and no third pair is made");
    }

    #[test]
    fn a_rotation_begins_the_next_at_once_and_keeps_the_old_one_for_its_tokens() {
        let mut keys = Keys::at(NOW);
        let (first, next_one) = (keys.signer(NOW), next(&keys.entries(), NOW).unwrap().kid.to_owned());
        let now = NOW + 5 * DAY;
        keys.carry_out(rotation(&keys.entries(), now));
        assert_eq!(keys.signer(now), next_one);
        let old = keys.0.iter().find(|(kid, ..)| *kid == first).unwrap();
        assert_eq!((old.1.signs_until, old.1.expires_at), (now, now + BELIEVED));
        assert!(next(&keys.entries(), now).is_some() && plan(&keys.entries(), now).is_empty());
        keys.carry_out(rotation(&keys.entries(), now));
        assert_ne!(keys.signer(now), next_one, "and once more");
    }

    #[test]
    fn a_rotation_of_nothing_makes_both() {
        let mut keys = Keys::default();
        keys.carry_out(rotation(&[], NOW));
        assert!(keys.0.len() == 2 && plan(&keys.entries(), NOW).is_empty());
    }
}
