//! Arbitrary input never panics and never verifies.

use proptest::prelude::*;

use super::*;
use crate::oidc::signing_for_tests::json_response;
use crate::oidc::{EndpointRules, process_discovery_response, process_jwks_response, process_userinfo_response};

/// JSON of any shape, with the member names that the checks read.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        "https?://[a-z.:@\\[\\]0-9]{0,20}".prop_map(Value::from),
        "[A-Za-z0-9_-]{0,400}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::hash_map(name(), inner, 0..8)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn name() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "iss",
        "aud",
        "azp",
        "exp",
        "iat",
        "nbf",
        "nonce",
        "sub",
        "at_hash",
        "auth_time",
        "alg",
        "kid",
        "keys",
        "kty",
        "crv",
        "n",
        "e",
        "x",
        "y",
        "use",
        "issuer",
        "token_endpoint",
    ])
    .prop_map(str::to_owned)
}

proptest! {
    #[test]
    fn any_text_is_rejected(token in "\\PC*", dotted in "[A-Za-z0-9_-]{0,80}\\.[A-Za-z0-9_-]{0,80}\\.[A-Za-z0-9_-]{0,80}") {
        prop_assert!(verify_token(&token).is_err());
        prop_assert!(verify_token(&dotted).is_err());
    }

    #[test]
    fn any_header_and_claims_are_rejected(header in any_json(), claims in any_json()) {
        prop_assert!(verify_token(&ec_key().sign(&header, &claims, Algorithm::Es256)).is_err());
    }

    #[test]
    fn any_claims_with_a_valid_signature_are_rejected(claims in any_json(), now in any::<u64>(), max_age in any::<Option<u64>>()) {
        let token = ec_key().sign(&json!({"alg": "ES256"}), &claims, Algorithm::Es256);
        let keys = jwk_set(&[ec_key().jwk()]);
        let nonce = nonce();
        let expected = ExpectedIdToken { now, max_age, ..expected(&nonce) };
        prop_assert!(verify_id_token(&token, &keys, &expected).is_err());
    }

    #[test]
    fn altering_one_claim_never_changes_the_issuer(claim in name(), value in any_json(), now in any::<u64>()) {
        let token = ec_key().sign(&json!({"alg": "ES256"}), &with(&claim, value), Algorithm::Es256);
        let keys = jwk_set(&[ec_key().jwk()]);
        let nonce = nonce();
        let expected = ExpectedIdToken { now, ..expected(&nonce) };
        if let Ok(claims) = verify_id_token(&token, &keys, &expected) {
            prop_assert_eq!(claims.issuer(), ISSUER);
            prop_assert!(!claims.subject().is_empty());
        }
    }

    #[test]
    fn any_document_is_processed_without_panic(bytes in any::<Vec<u8>>(), document in any_json(), status in any::<u16>()) {
        let rules = EndpointRules { allow_loopback_http: true };
        let keys = json!({"keys": [document.clone()]});
        for body in [bytes, document.to_string().into_bytes(), keys.to_string().into_bytes()] {
            for status in [200, status] {
                let mut response = json_response(status, "");
                response.body.clone_from(&body);
                let _ = process_discovery_response(&response, ISSUER, &Algorithm::ALL, rules);
                let _ = process_jwks_response(&response);
                let _ = process_userinfo_response(&response, "sub", &["email"]);
            }
        }
    }

    #[test]
    fn any_issuer_and_endpoint_are_rejected(issuer in "\\PC*", endpoint in "\\PC*") {
        let rules = EndpointRules { allow_loopback_http: true };
        let document = json!({"issuer": issuer, "authorization_endpoint": endpoint});
        let response = json_response(200, &document.to_string());
        let _ = crate::oidc::discovery_url(&issuer, rules);
        prop_assert!(process_discovery_response(&response, &issuer, &Algorithm::ALL, rules).is_err());
    }
}
