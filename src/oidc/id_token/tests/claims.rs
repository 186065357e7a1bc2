//! Threats ID12–ID15, ID17, ID19–ID22, ID24–ID28, ID30, ID33, ID36.

use rstest::rstest;

use super::IdTokenErrorKind::*;
use super::*;
use crate::oauth::variants_for_tests::{VariantKind, variants, variants_of};

#[test]
fn valid_token_yields_its_claims() {
    let claims = verify(&valid_claims()).unwrap();
    assert_eq!(claims.issuer(), ISSUER);
    assert_eq!(claims.subject(), "248289761001");
    assert_eq!(claims.expires_at(), NOW + 3600);
    assert_eq!(claims.authentication(), AuthenticationClaims::default());
    assert_eq!(claims.text("email"), Some("ada@example.com"));
    assert_eq!(claims.get("email_verified"), Some(&json!(true)));
    assert_eq!(claims.text("email_verified"), None);
}

#[rstest]
#[case::audience_as_array("aud", json!([CLIENT_ID]))]
#[case::audience_twice_the_same("aud", json!([CLIENT_ID, CLIENT_ID]))]
#[case::own_party("azp", json!(CLIENT_ID))]
#[case::expired_within_the_leeway("exp", json!(NOW - 1))]
#[case::expired_at_its_edge("exp", json!(NOW - 59))]
#[case::valid_for_ten_years("exp", json!(NOW + 315_360_000))]
#[case::issued_now("iat", json!(NOW))]
#[case::issued_by_a_clock_ahead("iat", json!(NOW + 60))]
#[case::issued_long_ago("iat", json!(0))]
#[case::not_before_now("nbf", json!(NOW))]
#[case::not_before_within_the_leeway("nbf", json!(NOW + 60))]
#[case::at_hash_without_access_token("at_hash", json!("MTIz"))]
#[case::c_hash_without_code("c_hash", json!("MTIz"))]
#[case::at_hash_of_another_type_without_access_token("at_hash", json!(1))]
#[case::party_null("azp", json!(null))]
#[case::events_null("events", json!(null))]
#[case::auth_time_not_requested("auth_time", json!(1))]
#[case::auth_time_with_a_fraction_not_requested("auth_time", json!(1_795_962_228.379_784))]
#[case::acr_not_requested("acr", json!("0"))]
#[case::subject_of_255("sub", json!("s".repeat(255)))]
#[case::profile_claims_of_any_type("email_verified", json!(["x"]))]
fn valid_claim_is_accepted(#[case] claim: &str, #[case] value: Value) {
    assert!(verify(&with(claim, value)).is_ok());
}

#[rstest]
#[case::issuer_of_another("iss", json!("https://evil.example"), WrongIssuer)]
#[case::issuer_in_capitals("iss", json!("https://ID.example"), WrongIssuer)]
#[case::issuer_with_a_slash("iss", json!("https://id.example/"), WrongIssuer)]
#[case::issuer_without_scheme("iss", json!("id.example"), WrongIssuer)]
#[case::issuer_empty("iss", json!(""), WrongIssuer)]
#[case::issuer_array("iss", json!([ISSUER]), ClaimWrongType("iss"))]
#[case::issuer_null("iss", json!(null), ClaimMissing("iss"))]
#[case::audience_of_another("aud", json!("other"), WrongAudience)]
#[case::audience_in_capitals("aud", json!("OUR-CLIENT"), WrongAudience)]
#[case::audience_prefix("aud", json!("our-client2"), WrongAudience)]
#[case::audience_empty("aud", json!(""), WrongAudience)]
#[case::audience_empty_array("aud", json!([]), WrongAudience)]
#[case::audience_number("aud", json!(7), ClaimWrongType("aud"))]
#[case::audience_object("aud", json!({CLIENT_ID: true}), ClaimWrongType("aud"))]
#[case::audience_null("aud", json!(null), ClaimMissing("aud"))]
#[case::audience_mixed("aud", json!([CLIENT_ID, 7]), ClaimWrongType("aud"))]
#[case::audience_nested("aud", json!([[CLIENT_ID]]), ClaimWrongType("aud"))]
#[case::audience_shared("aud", json!([CLIENT_ID, "other"]), WrongAudience)]
#[case::audience_shared_the_other_way("aud", json!(["other", CLIENT_ID]), WrongAudience)]
#[case::party_of_another("azp", json!("other"), WrongAuthorizedParty)]
#[case::party_empty("azp", json!(""), WrongAuthorizedParty)]
#[case::party_array("azp", json!([CLIENT_ID]), ClaimWrongType("azp"))]
#[case::expired_by_60_s("exp", json!(NOW - 60), Expired)]
#[case::expired_by_61_s("exp", json!(NOW - 61), Expired)]
#[case::expired_by_6_min("exp", json!(NOW - 360), Expired)]
#[case::expired_by_a_day("exp", json!(NOW - 86_400), Expired)]
#[case::expired_by_a_year("exp", json!(NOW - 31_536_000), Expired)]
#[case::expired_at_0("exp", json!(0), Expired)]
#[case::issued_in_61_s("iat", json!(NOW + 61), IssuedInTheFuture)]
#[case::issued_in_a_year("iat", json!(NOW + 31_536_000), IssuedInTheFuture)]
#[case::not_before_61_s("nbf", json!(NOW + 61), NotYetValid)]
#[case::nonce_of_another_flow("nonce", json!(Nonce::from_random([6; 32]).expose()), WrongNonce)]
#[case::nonce_constant("nonce", json!("nonce"), WrongNonce)]
#[case::nonce_empty("nonce", json!(""), WrongNonce)]
#[case::nonce_null("nonce", json!(null), ClaimMissing("nonce"))]
#[case::nonce_array("nonce", json!([nonce().expose()]), ClaimWrongType("nonce"))]
#[case::subject_empty("sub", json!(""), UnusableSubject)]
#[case::subject_of_256("sub", json!("s".repeat(256)), UnusableSubject)]
#[case::subject_not_ascii("sub", json!("ädä"), UnusableSubject)]
#[case::subject_with_nul("sub", json!("a\u{0}"), UnusableSubject)]
#[case::subject_number("sub", json!(248_289_761_001_u64), ClaimWrongType("sub"))]
#[case::subject_null("sub", json!(null), ClaimMissing("sub"))]
#[case::subject_array("sub", json!(["248289761001"]), ClaimWrongType("sub"))]
#[case::logout_token("events", json!({"http://schemas.openid.net/event/backchannel-logout": {}}), NotAnIdToken)]
fn invalid_claim_is_rejected(#[case] claim: &str, #[case] value: Value, #[case] reason: IdTokenErrorKind) {
    assert_eq!(verify(&with(claim, value)).unwrap_err(), reason);
}

#[rstest]
#[case("iss")]
#[case("aud")]
#[case("exp")]
#[case("iat")]
#[case("nonce")]
#[case("sub")]
fn required_claim_must_be_present(#[case] claim: &'static str) {
    assert_eq!(verify(&without(claim)).unwrap_err(), ClaimMissing(claim));
    assert!(verify(&valid_claims()).is_ok());
}

#[rstest]
fn time_of_wrong_type_is_rejected(
    #[values("exp", "iat", "nbf")] claim: &'static str,
    #[values(
        json!("1800000000"), json!(1_800_000_000.5), json!(1.8e9), json!(-1), json!(true), json!([NOW]),
        json!({"t": NOW}), json!(u64::MAX), json!(1e300)
    )]
    value: Value,
) {
    assert_eq!(verify(&with(claim, value)).unwrap_err(), ClaimWrongType(claim));
}

#[test]
fn infinite_number_is_no_time() {
    for claim in ["exp", "iat", "nbf"] {
        let text = with(claim, json!("HERE")).to_string().replace("\"HERE\"", "1e400");
        let token = rsa_key().sign_text(&valid_header().to_string(), &text, Algorithm::Rs256);
        assert_eq!(verify_token(&token).unwrap_err(), ClaimWrongType(claim), "{claim}");
    }
}

/// Signs text as the provider's claims and verifies it.
fn verify_text(claims: &str) -> Result<Claims, IdTokenErrorKind> {
    verify_token(&rsa_key().sign_text(&valid_header().to_string(), claims, Algorithm::Rs256))
}

#[test]
fn claims_that_nobody_reads_may_be_anything() {
    let mut claims = valid_claims();
    claims["address"] = json!({"formatted": "Baker Street"});
    let unread = ["address", "auth_time", "acr", "amr", "groups", "picture", "zoneinfo", "at_hash", "c_hash", "s_hash"];
    for variant in variants_of(&claims, "", &unread) {
        let outcome = verify_text(&variant.text);
        assert!(outcome.is_ok(), "{}: {outcome:?}", variant.label);
    }
    for variant in variants(&claims, "/address", "formatted") {
        assert!(verify_text(&variant.text).is_ok(), "{}", variant.label);
    }
    // The profile's claims may have any type; but nobody could say which one of two counts.
    for variant in variants_of(&claims, "", &["email", "email_verified", "name"]) {
        assert_eq!(verify_text(&variant.text).is_ok(), !variant.kind.is_defect(), "{}", variant.label);
    }
}

#[test]
fn claims_that_are_read_must_be_right() {
    let mut claims = valid_claims();
    claims["azp"] = json!(CLIENT_ID);
    claims["nbf"] = json!(NOW);
    assert!(verify(&claims).is_ok());
    for variant in variants_of(&claims, "", &["iss", "aud", "exp", "iat", "nonce", "sub"]) {
        let is_a_subject = variant.text.contains(r#""sub":"text""#);
        assert!(verify_text(&variant.text).is_err() || is_a_subject, "{}", variant.label);
    }
    for variant in variants_of(&claims, "", &["azp", "nbf"]) {
        let may_pass = matches!(variant.kind, VariantKind::Absent | VariantKind::Null);
        // Zero and seven are times long ago.
        let is_a_time = variant.text.contains(r#""nbf":0"#) || variant.text.contains(r#""nbf":7"#);
        assert_eq!(verify_text(&variant.text).is_ok(), may_pass || is_a_time, "{}", variant.label);
    }
}

#[test]
fn repeated_claim_is_named() {
    let twice = |pair: &str| verify_text(&valid_claims().to_string().replacen('{', &format!("{{{pair},"), 1));
    assert_eq!(twice(r#""sub":"victim""#).unwrap_err(), ClaimRepeated("sub"));
    assert_eq!(twice(r#""email":"victim@example.com""#).unwrap_err(), ClaimRepeated("email"));
    assert_eq!(twice(r#""aud":"other""#).unwrap_err(), ClaimRepeated("aud"));
    assert_eq!(twice(r#""events":{},"events":{}"#).unwrap_err(), NotAnIdToken);
    assert!(twice(r#""address":{},"address":{}"#).is_ok());
}

#[test]
fn payload_that_is_no_object_is_malformed() {
    for text in ["[]", "\"claims\"", "null", "", "{", "\u{feff}{}"] {
        assert_eq!(verify_text(text).unwrap_err(), Malformed, "{text}");
    }
}

#[test]
fn shared_audience_requires_own_azp() {
    let mut claims = with("aud", json!([CLIENT_ID, "other"]));
    claims["azp"] = json!("other");
    assert_eq!(verify(&claims).unwrap_err(), WrongAuthorizedParty);
    claims["azp"] = json!(CLIENT_ID);
    assert!(verify(&claims).is_ok());
    claims["aud"] = json!(["other"]);
    assert_eq!(verify(&claims).unwrap_err(), WrongAudience);
}

#[test]
fn only_the_listed_issuers_are_accepted() {
    let nonce = nonce();
    let google =
        ExpectedIdToken { issuers: &["https://accounts.google.com", "accounts.google.com"], ..expected(&nonce) };
    assert!(verify_with(&with("iss", json!("accounts.google.com")), &google).is_ok());
    assert!(verify_with(&with("iss", json!("https://accounts.google.com")), &google).is_ok());
    let http = with("iss", json!("http://accounts.google.com"));
    assert_eq!(verify_with(&http, &google).unwrap_err(), WrongIssuer);
    let none = ExpectedIdToken { issuers: &[], ..google };
    assert_eq!(verify_with(&valid_claims(), &none).unwrap_err(), WrongIssuer);
}

#[test]
fn nonce_of_another_flow_is_rejected() {
    let (first, second) = (Nonce::from_random([1; 32]), Nonce::from_random([2; 32]));
    let claims = with("nonce", json!(first.expose()));
    assert!(verify_with(&claims, &expected(&first)).is_ok());
    assert_eq!(verify_with(&claims, &expected(&second)).unwrap_err(), WrongNonce);
}

#[test]
fn nonce_is_ignored_if_none_was_sent() {
    let nonce = nonce();
    let not_sent = ExpectedIdToken { nonce: NonceRule::NotSent, ..expected(&nonce) };
    assert!(verify_with(&without("nonce"), &not_sent).is_ok());
    assert!(verify_with(&valid_claims(), &not_sent).is_ok());
    assert!(verify_with(&with("nonce", json!(7)), &not_sent).is_ok());
}

#[test]
fn forbidden_nonce_is_rejected() {
    let nonce = nonce();
    let forbidden = ExpectedIdToken { nonce: NonceRule::Forbidden, ..expected(&nonce) };
    assert!(verify_with(&without("nonce"), &forbidden).is_ok());
    assert_eq!(verify_with(&valid_claims(), &forbidden).unwrap_err(), WrongNonce);
    assert_eq!(verify_with(&with("nonce", json!("")), &forbidden).unwrap_err(), WrongNonce);
    assert_eq!(verify_with(&with("nonce", json!(7)), &forbidden).unwrap_err(), WrongNonce);
    assert!(verify_with(&with("nonce", json!(null)), &forbidden).is_ok());
}

/// The access token and its hash in OpenID Connect Core, appendix A.3 and A.4.
const ACCESS_TOKEN: &str = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
const AT_HASH: &str = "77QmUPtjPfzWtF2AnpK9RQ";

#[test]
fn at_hash_must_match_if_present() {
    let (nonce, access_token) = (nonce(), SecretString::from(ACCESS_TOKEN));
    let expected = ExpectedIdToken { access_token: Some(&access_token), ..expected(&nonce) };
    assert!(verify_with(&valid_claims(), &expected).is_ok());
    assert!(verify_with(&with("at_hash", json!(AT_HASH)), &expected).is_ok());
    for wrong in ["", "77QmUPtjPfzWtF2AnpK9RR", "77QmUPtjPfzWtF2AnpK9RQ=="] {
        let result = verify_with(&with("at_hash", json!(wrong)), &expected);
        assert_eq!(result.unwrap_err(), WrongAccessTokenHash, "{wrong}");
    }
    let other = SecretString::from("another");
    assert!(verify_with(&with("at_hash", json!(null)), &expected).is_ok());
    assert_eq!(verify_with(&with("at_hash", json!(1)), &expected).unwrap_err(), ClaimWrongType("at_hash"));
    let expected = ExpectedIdToken { access_token: Some(&other), ..expected };
    let result = verify_with(&with("at_hash", json!(AT_HASH)), &expected);
    assert_eq!(result.unwrap_err(), WrongAccessTokenHash);
}

#[rstest]
#[case(Algorithm::Rs384, rsa_key(), 24)]
#[case(Algorithm::Rs512, rsa_key(), 32)]
#[case(Algorithm::Es384, ec384_key(), 24)]
#[case(Algorithm::Es512, ec521_key(), 32)]
#[case(Algorithm::EdDsa, ed25519_key(), 32)]
fn at_hash_uses_the_hash_of_the_algorithm(
    #[case] algorithm: Algorithm,
    #[case] key: &crate::oidc::signing_for_tests::SigningKey,
    #[case] half: usize,
) {
    let digest = algorithm.hash(ACCESS_TOKEN.as_bytes());
    let claims = with("at_hash", json!(base64url(&digest.as_ref()[..half])));
    let (nonce, access_token) = (nonce(), SecretString::from(ACCESS_TOKEN));
    let expected = ExpectedIdToken { algorithms: &[algorithm], access_token: Some(&access_token), ..expected(&nonce) };
    let keys = jwk_set(&[key.jwk_named("a")]);
    let header = json!({"alg": algorithm.name(), "kid": "a"});
    let token = |claims: &Value| key.sign(&header, claims, algorithm);
    assert!(verify_id_token(&token(&claims), &keys, &expected).is_ok());
    let sha256 = with("at_hash", json!(AT_HASH));
    let error = verify_id_token(&token(&sha256), &keys, &expected).unwrap_err();
    assert_eq!(error.kind(), WrongAccessTokenHash);
}

#[test]
fn c_hash_must_match_if_present() {
    use crate::oauth::*;
    let state = State::from_random([1; 32]);
    // The code of OpenID Connect Core, appendix A.4.
    let response = AuthorizationResponse::new(
        Some("Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk".to_owned()),
        Some(state.expose().to_owned()),
        None,
        None,
    );
    let expected_response =
        ExpectedResponse { state: &state, issuer: ExpectedIssuer::Is(""), iss_parameter_supported: false };
    let code = validate_authorization_response(&response, &expected_response).unwrap();
    let nonce = nonce();
    let expected = ExpectedIdToken { code: Some(&code), ..expected(&nonce) };
    assert!(verify_with(&valid_claims(), &expected).is_ok());
    let right = with("c_hash", json!("LDktKdoQak3Pk0cnXxCltA"));
    assert!(verify_with(&right, &expected).is_ok());
    let wrong = with("c_hash", json!("LDktKdoQak3Pk0cnXxCltB"));
    assert_eq!(verify_with(&wrong, &expected).unwrap_err(), WrongCodeHash);
}

#[rstest]
#[case::just_now(json!(NOW), true)]
#[case::within_max_age(json!(NOW - 600), true)]
#[case::within_the_leeway(json!(NOW - 660), true)]
#[case::too_old(json!(NOW - 661), false)]
#[case::long_ago(json!(1), false)]
#[case::with_a_fraction(json!(NOW as f64 - 0.5), true)]
#[case::too_old_with_a_fraction(json!(NOW as f64 - 661.5), false)]
#[case::a_clock_ahead(json!(NOW + 60), true)]
#[case::in_the_future(json!(NOW + 61), false)]
fn auth_time_must_be_within_max_age(#[case] auth_time: Value, #[case] accepted: bool) {
    let nonce = nonce();
    let step_up = ExpectedIdToken { max_age: Some(600), ..expected(&nonce) };
    let result = verify_with(&with("auth_time", auth_time), &step_up);
    match accepted {
        true => assert!(result.is_ok()),
        false => assert_eq!(result.unwrap_err(), AuthenticationTooOld),
    }
}

#[rstest]
#[case::fresh(NOW, true)]
#[case::within_the_age(NOW - 300, true)]
#[case::within_the_leeway(NOW - 360, true)]
#[case::older(NOW - 361, false)]
#[case::of_the_epoch(0, false)]
fn a_token_can_be_required_to_be_fresh(#[case] issued_at: u64, #[case] accepted: bool) {
    let nonce = nonce();
    let claims = with("iat", json!(issued_at));
    assert!(verify(&claims).is_ok(), "the counterpart: elsewhere `exp` decides");
    let fresh = ExpectedIdToken { max_token_age: Some(300), ..expected(&nonce) };
    let outcome = verify_with(&claims, &fresh).map(drop);
    assert_eq!(outcome, if accepted { Ok(()) } else { Err(IssuedTooLongAgo) });
}

#[test]
fn auth_time_is_required_with_max_age() {
    let nonce = nonce();
    let step_up = ExpectedIdToken { max_age: Some(u64::MAX), ..expected(&nonce) };
    for silent in [valid_claims(), with("auth_time", json!(null)), with("auth_time", json!(0))] {
        assert_eq!(verify_with(&silent, &step_up).unwrap_err(), AuthenticationTimeMissing);
    }
    for wrong in [json!("1"), json!(-1), json!(1e300), json!([NOW]), json!(true)] {
        assert_eq!(verify_with(&with("auth_time", wrong), &step_up).unwrap_err(), ClaimWrongType("auth_time"));
    }
    assert!(verify_with(&with("auth_time", json!(1)), &step_up).is_ok());
}

#[test]
fn acr_must_be_a_requested_value() {
    let nonce = nonce();
    let step_up = ExpectedIdToken { acr_values: &["phr", "phrh"], ..expected(&nonce) };
    assert!(verify_with(&with("acr", json!("phrh")), &step_up).is_ok());
    let low = with("acr", json!("0"));
    assert_eq!(verify_with(&low, &step_up).unwrap_err(), WrongAuthenticationContext);
    assert_eq!(verify_with(&valid_claims(), &step_up).unwrap_err(), ClaimMissing("acr"));
}
