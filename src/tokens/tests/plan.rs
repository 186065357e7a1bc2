//! The rotation plan over a year, after downtime, and on demand.

use super::NOW;
use crate::{
    store::KeyTimes,
    tokens::{
        access_claims::LIFETIME,
        plan::{CACHE_TIME, DAY, Entry, GRACE_PERIOD, HOUR, Plan, earliest_rotation, next, plan, rotation, signer},
    },
};

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
fn rotation_waits_until_verifiers_have_the_next_key() {
    let mut keys = Keys::default();
    assert_eq!(earliest_rotation(&keys.entries(), NOW), None);
    keys.apply(plan(&[], NOW));
    assert_eq!(earliest_rotation(&keys.entries(), NOW + DAY), Some(NOW + CACHE_TIME));
    let rotated_at = NOW + 5 * DAY;
    keys.apply(rotation(&keys.entries(), rotated_at));
    assert_eq!(earliest_rotation(&keys.entries(), rotated_at + 5), Some(rotated_at + CACHE_TIME));
    keys.0.pop();
    let without_next = earliest_rotation(&keys.entries(), rotated_at + 5);
    assert_eq!(without_next, Some(rotated_at + 5 + CACHE_TIME), "the key is yet to be published");
}

#[test]
fn rotation_without_keys_makes_both() {
    let mut keys = Keys::default();
    keys.apply(rotation(&[], NOW));
    assert!(keys.0.len() == 2 && plan(&keys.entries(), NOW).is_empty());
}
