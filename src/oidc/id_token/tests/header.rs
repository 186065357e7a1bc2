//! Threats ID2–ID7, ID33.

use rstest::rstest;

use super::IdTokenErrorKind::*;
use super::*;
use crate::oauth::variants_for_tests::{VariantKind, variants, variants_of};

fn header_with(member: &str, value: Value) -> Value {
    let mut header = valid_header();
    header[member] = value;
    header
}

#[rstest]
#[case::type_absent(json!({"alg": "RS256", "kid": "a"}))]
#[case::type_in_small_letters(header_with("typ", json!("jwt")))]
#[case::thumbprint(header_with("x5t", json!("abc")))]
#[case::unknown_members(header_with("org", json!([1])))]
#[case::kid_null(header_with("kid", json!(null)))]
#[case::type_null(header_with("typ", json!(null)))]
#[case::certificate_null(header_with("x5c", json!(null)))]
fn valid_header_is_accepted(#[case] header: Value) {
    assert!(verify_token(&signed(&header, &valid_claims())).is_ok());
}

#[rstest]
#[case::none(header_with("alg", json!("none")), AlgorithmNotAllowed("none"))]
#[case::none_capitalised(header_with("alg", json!("None")), AlgorithmNotAllowed("unknown"))]
#[case::none_in_mixed_case(header_with("alg", json!("nOnE")), AlgorithmNotAllowed("unknown"))]
#[case::symmetric(header_with("alg", json!("HS256")), AlgorithmNotAllowed("HS256"))]
#[case::small_letters(header_with("alg", json!("rs256")), AlgorithmNotAllowed("unknown"))]
#[case::alg_empty(header_with("alg", json!("")), AlgorithmNotAllowed("unknown"))]
#[case::alg_missing(json!({"kid": "a"}), AlgorithmNotAllowed("unknown"))]
#[case::alg_array(header_with("alg", json!(["RS256"])), AlgorithmNotAllowed("unknown"))]
#[case::alg_null(header_with("alg", json!(null)), AlgorithmNotAllowed("unknown"))]
#[case::alg_not_of_this_provider(header_with("alg", json!("RS384")), AlgorithmNotAllowed("RS384"))]
#[case::access_token(header_with("typ", json!("at+jwt")), NotAnIdToken)]
#[case::logout_token(header_with("typ", json!("logout+jwt")), NotAnIdToken)]
#[case::type_empty(header_with("typ", json!("")), NotAnIdToken)]
#[case::type_of_wrong_type(header_with("typ", json!(1)), NotAnIdToken)]
#[case::critical(header_with("crit", json!(["exp"])), CriticalHeader)]
#[case::critical_empty(header_with("crit", json!([])), CriticalHeader)]
#[case::own_key(header_with("jwk", rsa_key().jwk()), KeyInHeader)]
#[case::key_url(header_with("jku", json!("https://evil.example/keys")), KeyInHeader)]
#[case::certificate_url(header_with("x5u", json!("https://evil.example/cert")), KeyInHeader)]
#[case::certificate(header_with("x5c", json!(["MII"])), KeyInHeader)]
#[case::kid_unknown(header_with("kid", json!("b")), UnknownKid)]
#[case::kid_empty(header_with("kid", json!("")), UnknownKid)]
#[case::kid_as_a_path(header_with("kid", json!("../../dev/null")), UnknownKid)]
#[case::kid_number(header_with("kid", json!(1)), Malformed)]
#[case::kid_huge(header_with("kid", json!("k".repeat(513))), Malformed)]
fn invalid_header_is_rejected(#[case] header: Value, #[case] reason: IdTokenErrorKind) {
    assert_eq!(verify_token(&signed(&header, &valid_claims())).unwrap_err(), reason);
}

#[rstest]
#[case::array(r#"["RS256"]"#)]
#[case::empty("")]
#[case::not_json("alg=RS256")]
fn malformed_header_is_rejected(#[case] header: &str) {
    let token = rsa_key().sign_text(header, &valid_claims().to_string(), Algorithm::Rs256);
    assert_eq!(verify_token(&token).unwrap_err(), Malformed);
}

#[test]
fn unread_members_may_be_anything() {
    let verify =
        |header: &str| verify_token(&rsa_key().sign_text(header, &valid_claims().to_string(), Algorithm::Rs256));
    for variant in variants_of(&valid_header(), "", &["x5t", "x5t#S256", "cty", "org"]) {
        assert!(verify(&variant.text).is_ok(), "{}", variant.label);
    }
    for variant in variants(&valid_header(), "", "alg") {
        assert!(verify(&variant.text).is_err(), "{}", variant.label);
    }
    for variant in variants_of(&valid_header(), "", &["typ", "kid"]) {
        let may_pass = matches!(variant.kind, VariantKind::Absent | VariantKind::Null);
        assert_eq!(verify(&variant.text).is_ok(), may_pass, "{}", variant.label);
    }
    for variant in variants_of(&valid_header(), "", &["crit", "jwk", "jku", "x5u", "x5c"]) {
        let may_pass = matches!(variant.kind, VariantKind::Absent | VariantKind::Null);
        assert_eq!(verify(&variant.text).is_ok(), may_pass, "{}", variant.label);
    }
}

#[test]
fn only_an_unknown_kid_justifies_a_new_fetch() {
    let error = |header: Value| {
        let token = signed(&header, &valid_claims());
        verify_id_token(&token, &provider_keys(), &expected(&nonce())).unwrap_err()
    };
    assert!(error(header_with("kid", json!("b"))).is_unknown_kid());
    assert!(!error(header_with("alg", json!("none"))).is_unknown_kid());
    assert!(!error(header_with("alg", json!("ES256"))).is_unknown_kid());
}
