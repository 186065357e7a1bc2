use rstest::rstest;
use serde_json::{Value, json};

use super::*;
use crate::oidc::IdTokenErrorKind;
use crate::oidc::signing_for_tests::{jwk_set, other_rsa_key, rsa_key};

const NOW: u64 = 1_800_000_000;
const ISSUER: &str = "https://id.example";
const CLIENT_ID: &str = "our-client";
const RISC: &str = "https://schemas.openid.net/secevent/risc/event-type/";

fn expected() -> ExpectedSecurityEvent<'static> {
    ExpectedSecurityEvent { issuers: &[ISSUER], client_ids: &[CLIENT_ID], algorithms: &[Algorithm::Rs256], now: NOW }
}

fn logout() -> Value {
    json!({ "iss": ISSUER, "aud": CLIENT_ID, "iat": NOW - 5, "exp": NOW + 120, "jti": "bWJq", "sub": "ada", "sid": "s1",
        "events": { "http://schemas.openid.net/event/backchannel-logout": {} } })
}

/// As Google's documentation of Cross-Account Protection has it.
fn risc(event: &str, more: &Value) -> Value {
    let mut claims = more.clone();
    claims["subject"] = json!({ "subject_type": "iss-sub", "iss": format!("{ISSUER}/"), "sub": "ada" });
    json!({ "iss": format!("{ISSUER}/"), "aud": CLIENT_ID, "iat": NOW - 3600, "jti": "756E69717565",
        "events": { format!("{RISC}{event}"): claims } })
}

/// As Apple's documentation has it, with the event as a text.
fn apple(event: &str) -> Value {
    json!({ "iss": ISSUER, "aud": CLIENT_ID, "iat": NOW - 3600, "jti": "abede",
        "events": json!({ "type": event, "sub": "ada", "event_time": 1 }).to_string() })
}

fn with(mut claims: Value, name: &str, value: Value) -> Value {
    claims[name] = value;
    claims
}

fn without(mut claims: Value, name: &str) -> Value {
    claims.as_object_mut().unwrap().remove(name);
    claims
}

fn verify_typed(typ: Value, claims: &Value) -> Result<SecurityEvent, SecurityEventError> {
    let header = json!({ "alg": "RS256", "kid": "a", "typ": typ });
    let token = rsa_key().sign(&header, claims, Algorithm::Rs256);
    let verified = verify_security_event(&token, &jwk_set(&[rsa_key().jwk_named("a")]), &expected());
    assert_eq!(precheck_security_event(&token, &expected()), verified.clone().map(drop));
    verified
}

fn verify(claims: &Value) -> Result<SecurityEvent, SecurityEventError> {
    verify_typed(Value::Null, claims)
}

#[test]
fn a_logout_token_names_user_and_session() {
    let event = verify(&logout()).unwrap();
    assert_eq!((event.id.as_str(), event.issuer.as_str()), ("bWJq", ISSUER));
    assert_eq!((event.subject.as_deref(), event.session.as_deref()), (Some("ada"), Some("s1")));
    assert_eq!(event.kinds, [SecurityEventKind::Logout]);
    assert_eq!(event.replayable_until, NOW - 5 + MAX_LOGOUT_AGE + LEEWAY_SECONDS);
}

#[rstest]
#[case("sessions-revoked", json!({}), SecurityEventKind::SessionsRevoked)]
#[case("account-disabled", json!({ "reason": "hijacking" }), SecurityEventKind::AccountHijacked)]
#[case("account-disabled", json!({ "reason": "bulk-account" }), SecurityEventKind::AccountDisabled)]
#[case("account-enabled", json!({}), SecurityEventKind::AccountEnabled)]
#[case("account-purged", json!({}), SecurityEventKind::AccountPurged)]
fn risc_events_have_their_kind(#[case] event: &str, #[case] more: Value, #[case] kind: SecurityEventKind) {
    let event = verify(&risc(event, &more)).unwrap();
    assert_eq!((event.kinds.as_slice(), event.subject.as_deref()), (&[kind][..], Some("ada")));
}

#[rstest]
#[case("email-disabled", SecurityEventKind::EmailDisabled)]
#[case("email-enabled", SecurityEventKind::EmailEnabled)]
#[case("consent-revoked", SecurityEventKind::ConsentRevoked)]
#[case("account-delete", SecurityEventKind::AccountPurged)]
#[case("account-deleted", SecurityEventKind::AccountPurged)]
fn apples_events_have_their_kind(#[case] event: &str, #[case] kind: SecurityEventKind) {
    let as_text = verify(&apple(event)).unwrap();
    assert_eq!((as_text.kinds.as_slice(), as_text.subject.as_deref()), (&[kind][..], Some("ada")));
    let as_object = with(apple(event), "events", json!({ "type": event, "sub": "ada" }));
    assert_eq!(verify(&as_object).unwrap(), as_text);
}

#[test]
fn a_type_belongs_to_its_kind_of_token() {
    let set = risc("sessions-revoked", &json!({}));
    for (typ, is_logout, is_set) in [
        (json!("JWT"), true, true),
        (json!("logout+jwt"), true, false),
        (json!("secevent+jwt"), false, true),
        (json!("at+jwt"), false, false),
        (json!(""), false, false),
    ] {
        assert_eq!(verify_typed(typ.clone(), &logout()).is_ok(), is_logout, "{typ}");
        assert_eq!(verify_typed(typ.clone(), &set).is_ok(), is_set, "{typ}");
    }
    assert_eq!(verify_typed(json!("at+jwt"), &logout()), Err(SecurityEventError::WrongType));
}

#[rstest]
#[case(with(logout(), "nonce", json!("n")), SecurityEventError::Nonce)]
#[case(with(logout(), "iss", json!("https://other.example")), SecurityEventError::WrongIssuer)]
#[case(with(logout(), "aud", json!("another")), SecurityEventError::WrongAudience)]
#[case(with(logout(), "aud", json!(["another"])), SecurityEventError::WrongAudience)]
#[case(without(logout(), "aud"), SecurityEventError::Claim(DocumentError::Missing("aud")))]
#[case(without(logout(), "iat"), SecurityEventError::Claim(DocumentError::Missing("iat")))]
#[case(without(logout(), "jti"), SecurityEventError::Claim(DocumentError::Missing("jti")))]
#[case(with(logout(), "jti", json!("")), SecurityEventError::Claim(DocumentError::WrongType("jti")))]
#[case(without(logout(), "events"), SecurityEventError::Claim(DocumentError::Missing("events")))]
#[case(with(logout(), "events", json!({})), SecurityEventError::Claim(DocumentError::WrongType("events")))]
#[case(with(logout(), "events", json!({ "http://schemas.openid.net/event/backchannel-logout": true })), SecurityEventError::Claim(DocumentError::WrongType("events")))]
#[case(with(logout(), "iat", json!(NOW + 61)), SecurityEventError::IssuedInTheFuture)]
#[case(with(logout(), "iat", json!(NOW - 660)), SecurityEventError::TooOld)]
#[case(with(logout(), "exp", json!(NOW - 60)), SecurityEventError::TooOld)]
#[case(with(risc("sessions-revoked", &json!({})), "iat", json!(NOW - 7 * 86_400 - 60)), SecurityEventError::TooOld)]
#[case(without(without(logout(), "sub"), "sid"), SecurityEventError::Claim(DocumentError::Missing("sub")))]
#[case(with(logout(), "sub", json!("")), SecurityEventError::Claim(DocumentError::WrongType("sub")))]
fn one_wrong_claim_is_enough(#[case] claims: Value, #[case] error: SecurityEventError) {
    assert_eq!(verify(&claims), Err(error));
}

#[rstest]
#[case(with(logout(), "aud", json!(["another", CLIENT_ID])))]
#[case(with(logout(), "iat", json!(NOW + 60)))]
#[case(with(logout(), "iat", json!(NOW - 659)))]
#[case(with(logout(), "exp", json!(NOW - 59)))]
#[case(without(logout(), "exp"))]
#[case(without(logout(), "sub"))]
#[case(without(logout(), "sid"))]
#[case(with(risc("sessions-revoked", &json!({})), "iat", json!(NOW - 7 * 86_400 - 59)))]
fn what_is_just_right_is_accepted(#[case] claims: Value) {
    assert!(verify(&claims).is_ok(), "{claims}");
}

#[test]
fn a_subject_of_another_issuer_or_kind_is_nobody() {
    let of = |subject: Value| {
        let mut set = risc("sessions-revoked", &json!({}));
        set["events"][format!("{RISC}sessions-revoked")]["subject"] = subject;
        verify(&set).unwrap().subject
    };
    assert_eq!(of(json!({ "subject_type": "iss_sub", "iss": ISSUER, "sub": "ada" })).as_deref(), Some("ada"));
    assert_eq!(
        of(json!({ "format": "complex", "user": { "format": "iss_sub", "iss": ISSUER, "sub": "ada" } })).as_deref(),
        Some("ada")
    );
    assert_eq!(of(json!({ "format": "iss_sub", "iss": "https://other.example", "sub": "ada" })), None);
    assert_eq!(of(json!({ "format": "email", "email": "ada@example.com" })), None);
    let by_id = with(
        risc("sessions-revoked", &json!({})),
        "sub_id",
        json!({ "format": "iss_sub", "iss": ISSUER, "sub": "grace" }),
    );
    assert_eq!(verify(&by_id).unwrap().subject.as_deref(), Some("grace"));
}

#[test]
fn an_unknown_event_is_accepted_and_means_nothing() {
    assert_eq!(verify(&risc("identifier-changed", &json!({}))).unwrap().kinds, []);
    assert_eq!(verify(&apple("something-new")).unwrap().kinds, []);
}

#[test]
fn only_the_providers_key_and_algorithm_count() {
    let keys = jwk_set(&[rsa_key().jwk_named("a")]);
    let header = json!({ "alg": "RS256", "kid": "a" });
    let forged = other_rsa_key().sign(&header, &logout(), Algorithm::Rs256);
    let verified = verify_security_event(&forged, &keys, &expected());
    assert_eq!(verified, Err(SecurityEventError::Jwt(IdTokenErrorKind::BadSignature)));
    assert_eq!(verified.unwrap_err().code(), "invalid_key");
    let unknown = rsa_key().sign(&json!({ "alg": "RS256", "kid": "b" }), &logout(), Algorithm::Rs256);
    assert!(verify_security_event(&unknown, &keys, &expected()).unwrap_err().is_unknown_kid());
    for alg in ["none", "HS256", "RS384"] {
        let header = json!({ "alg": alg, "kid": "a" });
        let token = rsa_key().sign(&header, &logout(), Algorithm::Rs256);
        let error = verify_security_event(&token, &keys, &expected()).unwrap_err();
        assert!(matches!(error, SecurityEventError::Jwt(IdTokenErrorKind::AlgorithmNotAllowed(_))), "{alg}");
    }
    let unsigned = forged.rsplit_once('.').unwrap().0;
    assert!(verify_security_event(&format!("{unsigned}."), &keys, &expected()).is_err());
}

#[test]
fn kinds_have_codes_of_their_own() {
    for kind in SecurityEventKind::ALL {
        assert_eq!(SecurityEventKind::from_code(kind.code()), Some(kind));
    }
}
