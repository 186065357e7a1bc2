//! The keys in memory: which sign, verify and are published (threat RT12).

use std::sync::Arc;

use serde_json::Value;

use super::super::{
    access_claims::AccessClaims,
    key_set::{KeySet, OpenedKeys},
    verified::{VerifiedTokens, fingerprint},
};
use super::*;

fn set(keys: &[StoredKey]) -> KeySet {
    KeySet::of(keys, &mut OpenedKeys::default())
}

fn kids(document: &Value) -> Vec<&str> {
    document["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap()).collect()
}

/// A past, a current and a next key.
fn three_keys() -> [StoredKey; 3] {
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
fn one_key_signs_and_all_three_verify() {
    let keys = three_keys();
    let set = set(&keys);
    assert_eq!(set.signer(NOW).unwrap().kid(), keys[1].kid);
    let document = set.jwks(NOW);
    assert_eq!(kids(&document), keys.iter().map(|key| key.kid.as_str()).collect::<Vec<_>>());
    assert!(keys.iter().all(|key| set.verifier(&key.kid, NOW).is_some()));
    assert!(set.verifier("another", NOW).is_none());
}

#[test]
fn keys_in_memory_follow_their_times() {
    let keys = three_keys();
    let set = set(&keys);
    assert_eq!(set.signer(NOW + 1000).unwrap().kid(), keys[2].kid, "the next key takes over");
    assert!(set.verifier(&keys[0].kid, NOW + 399).is_some() && set.verifier(&keys[0].kid, NOW + 400).is_none());
    assert_eq!(kids(&set.jwks(NOW + 400)).len(), 2);
    assert!(set.signer(NOW + 2000).is_none());
}

#[test]
fn published_keys_have_public_members_only() {
    let document = set(&three_keys()).jwks(NOW);
    for key in document["keys"].as_array().unwrap() {
        let mut names: Vec<_> = key.as_object().unwrap().keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["alg", "crv", "kid", "kty", "use", "x", "y"]);
        assert_eq!((&key["alg"], &key["use"], &key["kty"]), (&json!("ES256"), &json!("sig"), &json!("EC")));
    }
}

#[test]
fn key_without_private_key_verifies_only() {
    let keys = three_keys().map(|key| StoredKey { private_key: None, ..key });
    let set = set(&keys);
    assert!(set.signer(NOW).is_none());
    assert!(set.verifier(&keys[1].kid, NOW).is_some());
}

#[test]
fn key_opened_before_keeps_signing() {
    let mut opened = OpenedKeys::default();
    let keys = three_keys();
    KeySet::of(&keys, &mut opened);
    let sealed = keys.clone().map(|key| StoredKey { private_key: None, ..key });
    assert_eq!(KeySet::of(&sealed, &mut opened).signer(NOW).unwrap().kid(), keys[1].kid);
    KeySet::of(&sealed[..1], &mut opened);
    assert_eq!(opened.len(), 1, "deleted keys are dropped");
}

#[test]
fn row_with_mismatched_keys_is_skipped() {
    let [mut key, other, _] = three_keys();
    let intact = set(std::slice::from_ref(&key));
    assert!(intact.verifier(&key.kid, NOW).is_some());
    for alter in [
        &(|key: &mut StoredKey| key.public_jwk = other.public_jwk.clone()) as &dyn Fn(&mut StoredKey),
        &|key| key.private_key = other.private_key.clone(),
        &|key| key.kid = other.kid.clone(),
        &|key| key.public_jwk = "{}".to_owned(),
        &|key| key.public_jwk = "no JSON".to_owned(),
    ] {
        let mut altered = key.clone();
        alter(&mut altered);
        assert!(kids(&set(&[altered]).jwks(NOW)).is_empty());
    }
    // A malformed private key: the public key still verifies.
    key.private_key = Some(SecretSlice::from(vec![0; 138]));
    assert!(set(std::slice::from_ref(&key)).verifier(&key.kid, NOW).is_some());
}

#[test]
fn cached_token_expires_with_itself_or_its_key() {
    let key = StoredKey { times: KeyTimes { expires_at: NOW + 200, ..stored(&new_key()).times }, ..stored(&new_key()) };
    let (keys, verified) = (set(std::slice::from_ref(&key)), VerifiedTokens::default());
    let signing = opened(key.private_key.as_ref().unwrap());
    let token = sign(&signing, &session(), "id", &expected()).unwrap();
    let claims: Arc<AccessClaims> =
        UnverifiedToken::read(&token).unwrap().verify(&public(&signing), &expected()).unwrap().into();
    assert!(verified.get(&fingerprint(&token), &keys, NOW).is_none());
    verified.insert(fingerprint(&token), &key.kid, &claims, NOW);
    assert_eq!(verified.get(&fingerprint(&token), &keys, NOW + 199), Some(claims.clone()));
    assert!(verified.get(&fingerprint(&token), &keys, NOW + 200).is_none(), "its key has expired");
    assert!(verified.get(&fingerprint(&token), &set(&[]), NOW).is_none(), "its key was deleted");
    let longer = set(&[StoredKey { times: KeyTimes { expires_at: NOW + 9000, ..key.times }, ..key }]);
    assert!(verified.get(&fingerprint(&token), &longer, NOW + 299).is_some());
    assert!(verified.get(&fingerprint(&token), &longer, NOW + 300).is_none(), "the token has expired");
    let mut other = token.clone();
    other.pop();
    assert!(verified.get(&fingerprint(&other), &longer, NOW).is_none());
}

#[test]
fn cache_is_bounded() {
    let (verified, claims) = (VerifiedTokens::default(), Arc::new(verify(&issued()).unwrap()));
    for number in 0..25_000_u32 {
        verified.insert(fingerprint(&number.to_string()), own_key().kid(), &claims, NOW);
    }
    let kept: usize = format!("{verified:?}").split(['(', ' ']).nth(1).unwrap().parse().unwrap();
    assert!((1..=10_000).contains(&kept), "{kept}");
}
