//! What a token says, and that each claim counts.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rstest::rstest;
use serde_json::{Value, json};

use super::*;

#[test]
fn what_we_issue_is_verified_and_says_who() {
    let (claims, session) = (verify(&issued()).unwrap(), session());
    assert_eq!((claims.user(), claims.session()), (session.user.id, session.session.id_hash.as_str()));
    assert_eq!((claims.id(), claims.issued_at(), claims.expires_at()), ("id", NOW, NOW + 300));
    assert_eq!(claims.email(), Some(&address("ada@example.com")));
    assert_eq!(claims.name(), Some("Ada"));
}

/// What the other tests take apart is whole.
#[test]
fn the_model_of_the_tests_is_what_we_issue() {
    assert_eq!(verify(&signed(&good_header(), &good_claims())).unwrap(), verify(&issued()).unwrap());
}

/// A library that we do not use for it agrees with us on what a token is.
#[test]
fn an_independent_library_verifies_it_with_our_published_key() {
    let jwk: jsonwebtoken::jwk::Jwk = serde_json::from_value(our_jwk()).unwrap();
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::ES256);
    validation.set_issuer(&[ORIGIN]);
    validation.set_audience(&[ORIGIN]);
    validation.validate_exp = false;
    let key = jsonwebtoken::DecodingKey::from_jwk(&jwk).unwrap();
    let token = jsonwebtoken::decode::<Value>(issued(), &key, &validation).unwrap();
    assert_eq!(token.header.typ.as_deref(), Some("at+jwt"));
    assert_eq!(token.claims, good_claims());
}

#[test]
fn who_has_proven_no_address_and_has_no_name_gets_a_token_without_them() {
    let mut session = session();
    session.user.verified_email = None;
    session.user.name = None;
    let token = sign(our_key(), &session, "id", &expected()).unwrap();
    let claims = verify(&token).unwrap();
    assert_eq!((claims.email(), claims.name()), (None, None));
}

/// What another service looks at: it never hears of a wish, only of its own audience.
#[test]
fn who_is_kept_out_gets_a_token_that_is_for_nobody_but_us() {
    let audience = |wish: EmailRequirement, reauthenticated: bool| {
        let mut session = session();
        session.user.verified_email = session.user.verified_email.filter(|_| reauthenticated);
        let token = sign(our_key(), &session, "id", &Expected { email_requirement: wish, ..expected() }).unwrap();
        assert!(verify(&token).is_ok(), "ours all the same");
        let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
        serde_json::from_slice::<Value>(&claims).unwrap()["aud"].clone()
    };
    assert_eq!(audience(EmailRequirement::Require, false), "https://app.example/add-email");
    for (wish, reauthenticated) in
        [(EmailRequirement::Require, true), (EmailRequirement::Ask, false), (EmailRequirement::Off, false)]
    {
        assert_eq!(audience(wish, reauthenticated), ORIGIN, "{wish:?} {reauthenticated}");
    }
}

#[rstest]
#[case::first_second(0, true)]
#[case::last_second(299, true)]
#[case::at_its_end(300, false)]
#[case::a_second_later(301, false)]
#[case::a_day_later(86_400, false)]
#[case::our_clock_is_a_minute_behind(-60, true)]
#[case::issued_in_the_future(-61, false)]
fn it_lives_five_minutes_and_not_a_second_more(#[case] after: i64, #[case] valid: bool) {
    assert_eq!(verify_at(&issued(), NOW + after).is_ok(), valid);
}

#[test]
fn who_comes_late_is_told_apart_in_the_log() {
    assert!(matches!(verify_at(&issued(), NOW + 300), Err(AccessTokenError::Expired)));
}

#[rstest]
fn every_claim_of_ours_must_be_there(
    #[values("iss", "aud", "sub", "sid", "client_id", "jti", "iat", "exp", "email_verified", "email")] name: &str,
) {
    let mut claims = good_claims();
    claims.as_object_mut().unwrap().remove(name);
    let outcome = verify(&signed(&good_header(), &claims));
    assert!(matches!(outcome, Err(AccessTokenError::Claim(_))), "{outcome:?}");
}

/// CVE-2026-25537: a claim of the wrong type is not an absent one.
#[rstest]
fn a_claim_of_the_wrong_type_is_a_refusal(
    #[values("iss", "aud", "sub", "sid", "client_id", "jti", "iat", "exp", "nbf", "email", "email_verified", "name")]
    name: &str,
) {
    let wrong = [
        json!(null),
        json!([]),
        json!({}),
        json!([good_claims()[name]]),
        json!(-1),
        json!(1.5),
        json!(NOW as f64 + 100.0),
        json!(""),
        json!((NOW + 100).to_string()),
        json!("never"),
        json!(u64::MAX),
        json!(false),
    ];
    for value in wrong {
        // Any text is a name, and any that is not empty an id.
        if (name == "name" && value.is_string()) || (name == "jti" && value.as_str().is_some_and(|id| !id.is_empty())) {
            continue;
        }
        let mut claims = good_claims();
        claims[name] = value.clone();
        let outcome = verify(&signed(&good_header(), &claims));
        assert!(matches!(outcome, Err(AccessTokenError::Claim(_))), "{name}: {value}: {outcome:?}");
    }
}

#[rstest]
#[case::another_issuer("iss", json!("https://evil.example"))]
#[case::issuer_with_a_slash("iss", json!("https://app.example/"))]
#[case::issuer_in_capitals("iss", json!("HTTPS://APP.EXAMPLE"))]
#[case::another_audience("aud", json!("https://other.example"))]
#[case::two_audiences("aud", json!([ORIGIN, "https://other.example"]))]
#[case::our_audience_in_a_list("aud", json!([ORIGIN]))]
#[case::another_client("client_id", json!("somebody"))]
#[case::no_user("sub", json!("ada"))]
#[case::no_session("sid", json!("AAAA"))]
#[case::no_hash("sid", json!("!".repeat(43)))]
#[case::long_id("jti", json!("x".repeat(65)))]
#[case::an_hour("exp", json!(NOW + 3600))]
#[case::a_second_too_long("exp", json!(NOW + 301))]
#[case::over_before_it_began("iat", json!(NOW + 60 + 1))]
#[case::not_yet("nbf", json!(NOW + 61))]
#[case::unproven("email_verified", json!(false))]
#[case::two_addresses("email", json!("ada@example.com,eve@example.com"))]
#[case::line_break("email", json!("ada@example.com\r\nbcc: eve@example.com"))]
fn a_claim_that_is_not_ours_is_a_refusal(#[case] name: &str, #[case] value: Value) {
    let mut claims = good_claims();
    claims[name] = value;
    let outcome = verify(&signed(&good_header(), &claims));
    assert!(matches!(outcome, Err(AccessTokenError::Claim(_))), "{outcome:?}");
}

#[test]
fn a_time_to_begin_that_has_come_is_no_hindrance() {
    let mut claims = good_claims();
    claims["nbf"] = json!(NOW);
    assert!(verify(&signed(&good_header(), &claims)).is_ok());
}

#[test]
fn a_token_for_somebody_else_is_theirs_alone() {
    let theirs = Expected { audience: "https://api.example", ..expected() };
    let token = sign(our_key(), &session(), "id", &theirs).unwrap();
    assert!(matches!(verify(&token), Err(AccessTokenError::Claim("aud"))));
    assert!(UnverifiedToken::read(&token).unwrap().verify(&public(our_key()), &theirs).is_ok());
}

#[test]
fn claims_do_not_print_who_it_is() {
    let shown = format!("{:?}", verify(&issued()).unwrap());
    assert!(!shown.contains("ada@") && !shown.contains("Ada"), "{shown}");
}
