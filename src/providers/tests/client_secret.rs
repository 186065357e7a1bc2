//! Apple's client secret, verified as Apple would.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, UnparsedPublicKey};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::{super::key_for_tests::pem, *};

const AUDIENCE: &str = "https://appleid.apple.com";

fn part(text: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap()
}

#[test]
fn a_secret_is_minted_per_request_and_signed_with_our_key() {
    let key = p256_key();
    let apple = AppleKey::new("TEAM123456".into(), "KEY1234567".into(), &key.pem.into()).unwrap();
    let secret = apple.secret("com.example.app", AUDIENCE, 1_800_000_000).unwrap();
    let parts: Vec<&str> = secret.expose_secret().split('.').collect();
    assert_eq!(part(parts[0]), json!({ "typ": "JWT", "alg": "ES256", "kid": "KEY1234567" }));
    let claims = json!({
        "iss": "TEAM123456", "iat": 1_800_000_000, "exp": 1_800_000_300, "aud": AUDIENCE, "sub": "com.example.app",
    });
    assert_eq!(part(parts[1]), claims);
    let signed = format!("{}.{}", parts[0], parts[1]);
    let signature = URL_SAFE_NO_PAD.decode(parts[2]).unwrap();
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.public).verify(signed.as_bytes(), &signature).unwrap();
}

#[test]
fn a_key_verifies_its_own_secrets_alone() {
    let key = |pem: String| AppleKey::new("TEAM123456".into(), "KEY1234567".into(), &pem.into()).unwrap();
    let (ours, theirs) = (key(p256_key().pem), key(p256_key().pem));
    let minted = |key: &AppleKey| key.secret("com.example.app", AUDIENCE, 0).unwrap();
    assert!(ours.verifies(&minted(&ours)) && !ours.verifies(&minted(&theirs)));
    let tampered = minted(&ours).expose_secret().replacen('e', "f", 1);
    for wrong in [tampered.as_str(), "", "a.b.c", "hush"] {
        assert!(!ours.verifies(&SecretString::from(wrong)), "{wrong}");
    }
    assert_eq!((ours.team_id(), ours.key_id()), ("TEAM123456", "KEY1234567"));
}

#[test]
fn a_key_of_another_curve_is_rejected() {
    let pair = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap();
    let other = pem(pair.to_pkcs8v1().unwrap().as_ref());
    assert!(AppleKey::new("T".into(), "K".into(), &other.into()).is_err());
}

#[test]
fn anything_but_a_p256_key_is_rejected() {
    let accepts = |pem: &str| AppleKey::new("T".into(), "K".into(), &SecretString::from(pem)).is_ok();
    let good = p256_key().pem;
    assert!(accepts(&good) && accepts(&good.replace('\n', "\\n")));
    let broken = pem(b"not a key");
    let half = &good[..good.len() / 2];
    for wrong in ["", "hush", &broken, half, &good.replace("PRIVATE", "PUBLIC")] {
        assert!(!accepts(wrong), "{wrong}");
    }
}

#[test]
fn debug_output_has_no_secret() {
    let key = AppleKey::new("TEAM".into(), "KEY".into(), &p256_key().pem.into()).unwrap();
    assert_eq!(format!("{:?}", ClientSecret::Apple(key)), "Apple(AppleKey(KEY, [redacted]))");
    assert!(!format!("{:?}", ClientSecret::from("hush")).contains("hush"));
}
