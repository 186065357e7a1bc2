//! Threats ID2–ID7, ID33.

use rstest::rstest;

use super::IdTokenErrorKind::*;
use super::*;

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
fn valid_header_is_accepted(#[case] header: Value) {
    assert!(verify_token(&signed(&header, &valid_claims())).is_ok());
}

#[rstest]
#[case::none(header_with("alg", json!("none")), AlgorithmNotAllowed)]
#[case::none_capitalised(header_with("alg", json!("None")), AlgorithmNotAllowed)]
#[case::none_in_mixed_case(header_with("alg", json!("nOnE")), AlgorithmNotAllowed)]
#[case::symmetric(header_with("alg", json!("HS256")), AlgorithmNotAllowed)]
#[case::small_letters(header_with("alg", json!("rs256")), AlgorithmNotAllowed)]
#[case::alg_empty(header_with("alg", json!("")), AlgorithmNotAllowed)]
#[case::alg_missing(json!({"kid": "a"}), AlgorithmNotAllowed)]
#[case::alg_array(header_with("alg", json!(["RS256"])), AlgorithmNotAllowed)]
#[case::alg_null(header_with("alg", json!(null)), AlgorithmNotAllowed)]
#[case::alg_not_of_this_provider(header_with("alg", json!("RS384")), AlgorithmNotAllowed)]
#[case::access_token(header_with("typ", json!("at+jwt")), NotAnIdToken)]
#[case::logout_token(header_with("typ", json!("logout+jwt")), NotAnIdToken)]
#[case::type_empty(header_with("typ", json!("")), NotAnIdToken)]
#[case::type_of_wrong_type(header_with("typ", json!(1)), NotAnIdToken)]
#[case::critical(header_with("crit", json!(["exp"])), CriticalHeader)]
#[case::critical_empty(header_with("crit", json!([])), CriticalHeader)]
#[case::critical_null(header_with("crit", json!(null)), CriticalHeader)]
#[case::own_key(header_with("jwk", rsa_key().jwk()), KeyInHeader)]
#[case::key_url(header_with("jku", json!("https://evil.example/keys")), KeyInHeader)]
#[case::certificate_url(header_with("x5u", json!("https://evil.example/cert")), KeyInHeader)]
#[case::certificate(header_with("x5c", json!(["MII"])), KeyInHeader)]
#[case::kid_unknown(header_with("kid", json!("b")), UnknownKid)]
#[case::kid_empty(header_with("kid", json!("")), UnknownKid)]
#[case::kid_as_a_path(header_with("kid", json!("../../dev/null")), UnknownKid)]
#[case::kid_number(header_with("kid", json!(1)), Malformed)]
#[case::kid_null(header_with("kid", json!(null)), Malformed)]
#[case::kid_huge(header_with("kid", json!("k".repeat(513))), Malformed)]
fn invalid_header_is_rejected(#[case] header: Value, #[case] reason: IdTokenErrorKind) {
    assert_eq!(verify_token(&signed(&header, &valid_claims())).unwrap_err(), reason);
}

#[rstest]
#[case::alg_twice(r#"{"alg":"RS256","alg":"RS256","kid":"a"}"#)]
#[case::array(r#"["RS256"]"#)]
#[case::empty("")]
#[case::not_json("alg=RS256")]
fn malformed_header_is_rejected(#[case] header: &str) {
    let token = rsa_key().sign_text(header, &valid_claims().to_string(), Algorithm::Rs256);
    assert_eq!(verify_token(&token).unwrap_err(), Malformed);
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
