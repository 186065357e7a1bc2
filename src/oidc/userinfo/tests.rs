//! Threats UI1, UI3, UI5.

use rstest::rstest;
use secrecy::ExposeSecret;
use serde_json::json;

use super::super::signing_for_tests::json_response;
use super::*;
use crate::oauth::Method;
use crate::oauth::variants_for_tests::{variants, variants_of};

/// The claims that are read.
const READ: &[&str] = &["email", "email_verified"];
const VALID: &str = r#"{"sub":"248289761001","email":"ada@example.com","email_verified":true}"#;

#[test]
fn access_token_is_sent_in_the_header_only() {
    let endpoint = Url::parse("https://id.example/me").unwrap();
    let request = userinfo_request(&endpoint, &"tok".into());
    assert_eq!((request.method, &request.url), (Method::Get, &endpoint));
    let authorization: Vec<_> = request.headers.iter().filter(|(name, _)| *name == "authorization").collect();
    assert_eq!(authorization.len(), 1);
    assert_eq!(authorization[0].1.expose_secret(), "Bearer tok");
    assert!(request.body.is_none());
}

#[test]
fn response_for_the_same_subject_yields_its_claims() {
    let userinfo = process_userinfo_response(&json_response(200, VALID), "248289761001", READ).unwrap();
    assert_eq!(userinfo.get("email"), Some(&json!("ada@example.com")));
    assert_eq!(userinfo.get("email_verified"), Some(&json!(true)));
    assert_eq!(userinfo.get("name"), None);
    assert!(!format!("{userinfo:?}").contains("ada"));
}

#[rstest]
#[case::another(r#"{"sub":"248289761002"}"#, UserinfoError::SubjectMismatch)]
#[case::prefix(r#"{"sub":"24828976100"}"#, UserinfoError::SubjectMismatch)]
#[case::empty(r#"{"sub":""}"#, UserinfoError::SubjectMismatch)]
#[case::another_number(r#"{"sub":248289761002}"#, UserinfoError::SubjectMismatch)]
#[case::fraction(r#"{"sub":248289761001.0}"#, UserinfoError::Malformed(DocumentError::WrongType("sub")))]
#[case::beyond_64_bits(r#"{"sub":99999999999999999999}"#, UserinfoError::Malformed(DocumentError::WrongType("sub")))]
#[case::missing("{}", UserinfoError::Malformed(DocumentError::Missing("sub")))]
#[case::twice(r#"{"sub":"x","sub":"248289761001"}"#, UserinfoError::Malformed(DocumentError::Repeated("sub")))]
#[case::email_twice(
    r#"{"sub":"248289761001","email":"a@x","email":"b@x"}"#,
    UserinfoError::Malformed(DocumentError::Repeated("email"))
)]
#[case::html("<html>", UserinfoError::Malformed(DocumentError::NotAnObject))]
fn invalid_response_is_rejected(#[case] body: &str, #[case] reason: UserinfoError) {
    let result = process_userinfo_response(&json_response(200, body), "248289761001", READ);
    assert_eq!(result.unwrap_err(), reason);
}

#[test]
fn number_equals_the_digits_of_the_subject() {
    let process = |sub: &str, body: &str| process_userinfo_response(&json_response(200, body), sub, READ);
    let userinfo = process("248289761001", r#"{"sub":248289761001}"#).unwrap();
    assert_eq!(userinfo.subject(), "248289761001");
    assert!(process("0248289761001", r#"{"sub":248289761001}"#).is_err());
    assert!(process("18446744073709551615", r#"{"sub":18446744073709551615}"#).is_ok());
}

#[test]
fn claims_that_nobody_reads_may_be_anything() {
    let document = json!({"sub": "248289761001", "email": "ada@example.com", "address": {"region": "x"}});
    let process = |text: &str| process_userinfo_response(&json_response(200, text), "248289761001", READ);
    for variant in variants_of(&document, "", &["address", "groups", "updated_at", "iss"]) {
        assert!(process(&variant.text).is_ok(), "{}", variant.label);
    }
    for variant in variants(&document, "", "email") {
        assert_eq!(process(&variant.text).is_ok(), !variant.kind.is_defect(), "{}", variant.label);
    }
    for variant in variants(&document, "", "sub") {
        assert!(process(&variant.text).is_err(), "{}", variant.label);
    }
}

#[test]
fn empty_subject_never_matches() {
    let result = process_userinfo_response(&json_response(200, r#"{"sub":""}"#), "", READ);
    assert_eq!(result.unwrap_err(), UserinfoError::SubjectMismatch);
}

#[rstest]
#[case(401, UserinfoError::TokenRefused)]
#[case(403, UserinfoError::TokenRefused)]
#[case(302, UserinfoError::Response(ResponseError::UnexpectedStatus(302)))]
#[case(500, UserinfoError::Response(ResponseError::Unavailable { status: 500, retry_after: None }))]
fn other_status_is_rejected(#[case] status: u16, #[case] reason: UserinfoError) {
    let result = process_userinfo_response(&json_response(status, VALID), "248289761001", READ);
    assert_eq!(result.unwrap_err(), reason);
}

#[test]
fn other_content_type_is_rejected() {
    let mut response = json_response(200, VALID);
    response.content_type = Some("application/jwt".to_owned());
    let result = process_userinfo_response(&response, "248289761001", READ);
    assert_eq!(result.unwrap_err(), UserinfoError::UnexpectedContentType);
}
