//! The claims: written, required and compared.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rstest::rstest;
use serde_json::{Value, json};

use super::*;

#[test]
fn issued_token_verifies_and_names_the_user() {
    let (claims, session) = (verify(&issued()).unwrap(), session());
    assert_eq!((claims.user(), claims.session()), (session.user.id, session.session.id.as_str()));
    assert_eq!((claims.id(), claims.issued_at(), claims.expires_at()), ("id", NOW, NOW + 300));
    assert_eq!(claims.email(), Some(&email("ada@example.com")));
    assert_eq!(claims.name(), Some("Ada"));
}

/// The other tests vary this header and these claims.
#[test]
fn test_token_equals_an_issued_one() {
    assert_eq!(verify(&signed(&valid_header(), &valid_claims())).unwrap(), verify(&issued()).unwrap());
}

#[test]
fn jsonwebtoken_verifies_it_with_the_published_key() {
    let jwk: jsonwebtoken::jwk::Jwk = serde_json::from_value(own_jwk()).unwrap();
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::ES256);
    validation.set_issuer(&[ORIGIN]);
    validation.set_audience(&[ORIGIN]);
    validation.validate_exp = false;
    let key = jsonwebtoken::DecodingKey::from_jwk(&jwk).unwrap();
    let token = jsonwebtoken::decode::<Value>(issued(), &key, &validation).unwrap();
    assert_eq!(token.header.typ.as_deref(), Some("at+jwt"));
    assert_eq!(token.claims, valid_claims());
}

#[test]
fn missing_email_and_name_are_omitted() {
    let mut session = session();
    session.user.verified_email = None;
    session.user.name = None;
    let token = sign(own_key(), &session, "id", &expected()).unwrap();
    let claims = verify(&token).unwrap();
    assert_eq!((claims.email(), claims.name()), (None, None));
}

#[test]
fn user_without_required_email_gets_the_restricted_audience() {
    let audience = |requirement: EmailRequirement, has_email: bool| {
        let mut session = session();
        session.user.verified_email = session.user.verified_email.filter(|_| has_email);
        let token =
            sign(own_key(), &session, "id", &Expected { email_requirement: requirement, ..expected() }).unwrap();
        assert!(verify(&token).is_ok(), "still accepted here");
        let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
        serde_json::from_slice::<Value>(&claims).unwrap()["aud"].clone()
    };
    assert_eq!(audience(EmailRequirement::Require, false), "https://app.example/add-email");
    for (requirement, has_email) in
        [(EmailRequirement::Require, true), (EmailRequirement::Ask, false), (EmailRequirement::Off, false)]
    {
        assert_eq!(audience(requirement, has_email), ORIGIN, "{requirement:?} {has_email}");
    }
}

#[rstest]
#[case::first_second(0, true)]
#[case::last_second(299, true)]
#[case::at_its_end(300, false)]
#[case::a_second_later(301, false)]
#[case::a_day_later(86_400, false)]
#[case::clock_a_minute_behind(-60, true)]
#[case::issued_in_the_future(-61, false)]
fn token_is_valid_for_five_minutes(#[case] after: i64, #[case] valid: bool) {
    assert_eq!(verify_at(&issued(), NOW + after).is_ok(), valid);
}

#[test]
fn expired_token_has_its_own_error() {
    assert!(matches!(verify_at(&issued(), NOW + 300), Err(AccessTokenError::Expired)));
}

#[rstest]
fn every_claim_is_required(
    #[values("iss", "aud", "sub", "sid", "client_id", "jti", "iat", "exp", "email_verified", "email")] name: &str,
) {
    let mut claims = valid_claims();
    claims.as_object_mut().unwrap().remove(name);
    let outcome = verify(&signed(&valid_header(), &claims));
    assert!(matches!(outcome, Err(AccessTokenError::Claim(_))), "{outcome:?}");
}

/// CVE-2026-25537: a claim of the wrong type does not count as absent.
#[rstest]
fn claim_of_wrong_type_is_rejected(
    #[values("iss", "aud", "sub", "sid", "client_id", "jti", "iat", "exp", "nbf", "email", "email_verified", "name")]
    name: &str,
) {
    let wrong = [
        json!(null),
        json!([]),
        json!({}),
        json!([valid_claims()[name]]),
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
        // Any string is a name, and any non-empty one an id.
        if (name == "name" && value.is_string()) || (name == "jti" && value.as_str().is_some_and(|id| !id.is_empty())) {
            continue;
        }
        let mut claims = valid_claims();
        claims[name] = value.clone();
        let outcome = verify(&signed(&valid_header(), &claims));
        assert!(matches!(outcome, Err(AccessTokenError::Claim(_))), "{name}: {value}: {outcome:?}");
    }
}

#[rstest]
#[case::another_issuer("iss", json!("https://evil.example"))]
#[case::issuer_with_a_slash("iss", json!("https://app.example/"))]
#[case::issuer_in_capitals("iss", json!("HTTPS://APP.EXAMPLE"))]
#[case::another_audience("aud", json!("https://other.example"))]
#[case::two_audiences("aud", json!([ORIGIN, "https://other.example"]))]
#[case::own_audience_in_a_list("aud", json!([ORIGIN]))]
#[case::another_client("client_id", json!("other"))]
#[case::no_user("sub", json!("ada"))]
#[case::no_session("sid", json!("AAAA"))]
#[case::no_hash("sid", json!("!".repeat(43)))]
#[case::long_id("jti", json!("x".repeat(65)))]
#[case::an_hour("exp", json!(NOW + 3600))]
#[case::a_second_too_long("exp", json!(NOW + 301))]
#[case::issued_in_the_future_within_exp("iat", json!(NOW + 60 + 1))]
#[case::not_yet("nbf", json!(NOW + 61))]
#[case::unverified("email_verified", json!(false))]
#[case::two_addresses("email", json!("ada@example.com,eve@example.com"))]
#[case::line_break("email", json!("ada@example.com\r\nbcc: eve@example.com"))]
fn unexpected_claim_value_is_rejected(#[case] name: &str, #[case] value: Value) {
    let mut claims = valid_claims();
    claims[name] = value;
    let outcome = verify(&signed(&valid_header(), &claims));
    assert!(matches!(outcome, Err(AccessTokenError::Claim(_))), "{outcome:?}");
}

#[test]
fn past_nbf_is_accepted() {
    let mut claims = valid_claims();
    claims["nbf"] = json!(NOW);
    assert!(verify(&signed(&valid_header(), &claims)).is_ok());
}

#[test]
fn token_for_another_audience_is_rejected() {
    let other = Expected { audience: "https://api.example", ..expected() };
    let token = sign(own_key(), &session(), "id", &other).unwrap();
    assert!(matches!(verify(&token), Err(AccessTokenError::Claim("aud"))));
    assert!(UnverifiedToken::read(&token).unwrap().verify(&public(own_key()), &other).is_ok());
}

#[test]
fn debug_output_hides_personal_data() {
    let shown = format!("{:?}", verify(&issued()).unwrap());
    assert!(!shown.contains("ada@") && !shown.contains("Ada"), "{shown}");
}
