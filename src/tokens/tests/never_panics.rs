//! Properties: no input panics, and no altered token is accepted.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        Just(json!(ORIGIN)),
        Just(json!(NOW)),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::hash_map(".{0,6}", inner, 0..3).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn claim_name() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["iss", "aud", "sub", "sid", "client_id", "jti", "iat", "exp", "email", "email_verified"])
}

proptest! {
    #[test]
    fn any_text_is_rejected(text in ".{0,200}") {
        prop_assert!(verify(&text).is_err());
    }

    #[test]
    fn any_three_parts_are_rejected(header in any::<Vec<u8>>(), claims in any::<Vec<u8>>(), signature in any::<[u8; 64]>()) {
        let token = format!("{}.{}.{}", base64url(header), base64url(claims), base64url(signature));
        prop_assert!(verify(&token).is_err());
    }

    #[test]
    fn any_altered_byte_is_rejected(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let token = issued();
        let mut changed = token.clone().into_bytes();
        let at = at.index(changed.len());
        changed[at] = byte;
        if let Ok(changed) = String::from_utf8(changed)
            && changed != token
        {
            prop_assert!(verify(&changed).is_err(), "{changed}");
        }
    }

    #[test]
    fn any_header_with_a_valid_signature_is_rejected(header in any_json()) {
        let token = signed_text(own_key(), &header.to_string(), &valid_claims().to_string());
        prop_assert!(verify(&token).is_err());
    }

    #[test]
    fn any_claims_with_a_valid_signature_are_rejected(claims in any_json()) {
        prop_assert!(verify(&signed(&valid_header(), &claims)).is_err());
    }

    /// Another value of a claim is rejected, or changes neither user nor lifetime.
    #[test]
    fn altering_one_claim_never_changes_the_user(name in claim_name(), value in any_json()) {
        let mut claims = valid_claims();
        claims[name] = value.clone();
        if let Ok(read) = verify(&signed(&valid_header(), &claims)) {
            prop_assert!(matches!(name, "jti" | "iat" | "email") || value == valid_claims()[name], "{name}: {value}");
            prop_assert_eq!(read.user(), session().user.id);
            prop_assert!(read.expires_at() <= NOW + 300);
        }
    }

    #[test]
    fn token_is_valid_exactly_during_its_lifetime(now in any::<i64>()) {
        let valid = verify_at(&issued(), now).is_ok();
        prop_assert_eq!(valid, (NOW - 60..NOW + 300).contains(&now));
    }
}
