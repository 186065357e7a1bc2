//! Properties: nothing that anybody sends makes us panic, and nothing but what we signed is believed.

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
    fn any_text_is_refused(text in ".{0,200}") {
        prop_assert!(verify(&text).is_err());
    }

    #[test]
    fn any_three_parts_are_refused(header in any::<Vec<u8>>(), claims in any::<Vec<u8>>(), signature in any::<[u8; 64]>()) {
        let token = format!("{}.{}.{}", base64url(header), base64url(claims), base64url(signature));
        prop_assert!(verify(&token).is_err());
    }

    #[test]
    fn any_changed_byte_is_refused(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
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
    fn any_header_under_our_signature_is_read_or_refused(header in any_json()) {
        let token = signed_text(our_key(), &header.to_string(), &good_claims().to_string());
        prop_assert!(verify(&token).is_err());
    }

    #[test]
    fn any_claims_under_our_signature_are_refused(claims in any_json()) {
        prop_assert!(verify(&signed(&good_header(), &claims)).is_err());
    }

    /// A value that is not the one that we wrote is a refusal, or a token that says the very same in what counts.
    #[test]
    fn any_other_value_of_a_claim_changes_nobody_else(name in claim_name(), value in any_json()) {
        let mut claims = good_claims();
        claims[name] = value.clone();
        if let Ok(read) = verify(&signed(&good_header(), &claims)) {
            prop_assert!(matches!(name, "jti" | "iat" | "email") || value == good_claims()[name], "{name}: {value}");
            prop_assert_eq!(read.user(), session().user.id);
            prop_assert!(read.expires_at() <= NOW + 300);
        }
    }

    #[test]
    fn any_moment_is_before_during_or_after(now in any::<i64>()) {
        let valid = verify_at(&issued(), now).is_ok();
        prop_assert_eq!(valid, (NOW - 60..NOW + 300).contains(&now));
    }
}
