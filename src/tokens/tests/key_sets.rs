//! The keys in memory: what signs, what is believed, what is published (threat RT12).

use serde_json::Value;

use super::super::{
    access_claims::AccessClaims,
    key_set::{KeySet, Opened},
    verified::{Verified, fingerprint},
};
use super::*;
use std::sync::Arc;

fn set(keys: &[StoredKey]) -> KeySet {
    KeySet::of(keys, &mut Opened::default())
}

fn kids(document: &Value) -> Vec<&str> {
    document["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap()).collect()
}

/// A past key, one that signs, and the next.
fn three() -> [StoredKey; 3] {
    let times = |signs_from, signs_until| KeyTimes {
        created_at: NOW - 5000,
        signs_from: NOW + signs_from,
        signs_until: NOW + signs_until,
        expires_at: NOW + signs_until + 500,
    };
    let key = |times| StoredKey { times, ..stored(&new_key()) };
    [key(times(-2000, -100)), key(times(-100, 1000)), key(times(1000, 2000))]
}

#[test]
fn one_signs_and_all_three_are_published_and_believed() {
    let keys = three();
    let set = set(&keys);
    assert_eq!(set.signer(NOW).unwrap().kid(), keys[1].kid);
    let document = set.document(NOW);
    assert_eq!(kids(&document), keys.iter().map(|key| key.kid.as_str()).collect::<Vec<_>>());
    assert!(keys.iter().all(|key| set.verifier(&key.kid, NOW).is_some()));
    assert!(set.verifier("another", NOW).is_none());
}

#[test]
fn a_set_in_memory_ages_with_its_keys() {
    let keys = three();
    let set = set(&keys);
    assert_eq!(set.signer(NOW + 1000).unwrap().kid(), keys[2].kid, "the next one takes over by itself");
    assert!(set.verifier(&keys[0].kid, NOW + 399).is_some() && set.verifier(&keys[0].kid, NOW + 400).is_none());
    assert_eq!(kids(&set.document(NOW + 400)).len(), 2);
    assert!(set.signer(NOW + 2000).is_none());
}

#[test]
fn the_document_holds_nothing_private_and_what_others_need() {
    let document = set(&three()).document(NOW);
    for key in document["keys"].as_array().unwrap() {
        let mut names: Vec<_> = key.as_object().unwrap().keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["alg", "crv", "kid", "kty", "use", "x", "y"]);
        assert_eq!((&key["alg"], &key["use"], &key["kty"]), (&json!("ES256"), &json!("sig"), &json!("EC")));
    }
}

#[test]
fn a_key_that_does_not_open_verifies_and_does_not_sign() {
    let keys = three().map(|key| StoredKey { private_key: None, ..key });
    let set = set(&keys);
    assert!(set.signer(NOW).is_none());
    assert!(set.verifier(&keys[1].kid, NOW).is_some());
}

#[test]
fn a_key_that_was_opened_before_goes_on_signing() {
    let mut opened = Opened::default();
    let keys = three();
    KeySet::of(&keys, &mut opened);
    let closed = keys.clone().map(|key| StoredKey { private_key: None, ..key });
    assert_eq!(KeySet::of(&closed, &mut opened).signer(NOW).unwrap().kid(), keys[1].kid);
    KeySet::of(&closed[..1], &mut opened);
    assert_eq!(opened.len(), 1, "what is gone is not kept");
}

/// Somebody's public key under the name of ours, and the reverse.
#[test]
fn a_row_that_does_not_hold_together_is_left_out() {
    let [mut key, other, _] = three();
    let whole = set(std::slice::from_ref(&key));
    assert!(whole.verifier(&key.kid, NOW).is_some());
    for spoil in [
        &(|key: &mut StoredKey| key.public_jwk = other.public_jwk.clone()) as &dyn Fn(&mut StoredKey),
        &|key| key.private_key = other.private_key.clone(),
        &|key| key.kid = other.kid.clone(),
        &|key| key.public_jwk = "{}".to_owned(),
        &|key| key.public_jwk = "no JSON".to_owned(),
    ] {
        let mut spoilt = key.clone();
        spoil(&mut spoilt);
        assert!(kids(&set(&[spoilt]).document(NOW)).is_empty());
    }
    // A private half that is none: the public one is still believed.
    key.private_key = Some(SecretSlice::from(vec![0; 138]));
    assert!(set(std::slice::from_ref(&key)).verifier(&key.kid, NOW).is_some());
}

#[test]
fn a_verified_token_is_remembered_until_its_end_and_while_its_key_is_believed() {
    let key = StoredKey { times: KeyTimes { expires_at: NOW + 200, ..stored(&new_key()).times }, ..stored(&new_key()) };
    let (keys, verified) = (set(std::slice::from_ref(&key)), Verified::default());
    let signing = opened(key.private_key.as_ref().unwrap());
    let token = sign(&signing, &session(), "id", &expected()).unwrap();
    let claims: Arc<AccessClaims> =
        UnverifiedToken::read(&token).unwrap().verify(&public(&signing), &expected()).unwrap().into();
    assert!(verified.get(&fingerprint(&token), &keys, NOW).is_none());
    verified.keep(fingerprint(&token), &key.kid, &claims, NOW);
    assert_eq!(verified.get(&fingerprint(&token), &keys, NOW + 199), Some(claims.clone()));
    assert!(verified.get(&fingerprint(&token), &keys, NOW + 200).is_none(), "its key is believed no more");
    assert!(verified.get(&fingerprint(&token), &set(&[]), NOW).is_none(), "its key is gone");
    let longer = set(&[StoredKey { times: KeyTimes { expires_at: NOW + 9000, ..key.times }, ..key }]);
    assert!(verified.get(&fingerprint(&token), &longer, NOW + 299).is_some());
    assert!(verified.get(&fingerprint(&token), &longer, NOW + 300).is_none(), "it has expired");
    let mut other = token.clone();
    other.pop();
    assert!(verified.get(&fingerprint(&other), &longer, NOW).is_none());
}

#[test]
fn what_is_remembered_is_bounded() {
    let (verified, claims) = (Verified::default(), Arc::new(verify(&issued()).unwrap()));
    for number in 0..25_000_u32 {
        verified.keep(fingerprint(&number.to_string()), our_key().kid(), &claims, NOW);
    }
    let kept: usize = format!("{verified:?}").split(['(', ' ']).nth(1).unwrap().parse().unwrap();
    assert!((1..=10_000).contains(&kept), "{kept}");
}
