//! Threats UI1, UI3, UI5.

use rstest::rstest;
use secrecy::ExposeSecret;
use serde_json::json;

use super::super::signing_for_tests::json_response;
use super::*;
use crate::oauth::Method;

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
    let userinfo = process_userinfo_response(&json_response(200, VALID), "248289761001").unwrap();
    assert_eq!(userinfo.get("email"), Some(&json!("ada@example.com")));
    assert_eq!(userinfo.get("email_verified"), Some(&json!(true)));
    assert_eq!(userinfo.get("name"), None);
    assert!(!format!("{userinfo:?}").contains("ada"));
}

#[rstest]
#[case::another(r#"{"sub":"248289761002"}"#, UserinfoError::SubjectMismatch)]
#[case::prefix(r#"{"sub":"24828976100"}"#, UserinfoError::SubjectMismatch)]
#[case::empty(r#"{"sub":""}"#, UserinfoError::SubjectMismatch)]
#[case::number(r#"{"sub":248289761001}"#, UserinfoError::Malformed(DocumentError::WrongType("sub")))]
#[case::missing("{}", UserinfoError::Malformed(DocumentError::Missing("sub")))]
#[case::twice(r#"{"sub":"x","sub":"248289761001"}"#, UserinfoError::Malformed(DocumentError::NotAnObject))]
#[case::html("<html>", UserinfoError::Malformed(DocumentError::NotAnObject))]
fn invalid_response_is_rejected(#[case] body: &str, #[case] reason: UserinfoError) {
    let result = process_userinfo_response(&json_response(200, body), "248289761001");
    assert_eq!(result.unwrap_err(), reason);
}

#[test]
fn empty_subject_never_matches() {
    let result = process_userinfo_response(&json_response(200, r#"{"sub":""}"#), "");
    assert_eq!(result.unwrap_err(), UserinfoError::SubjectMismatch);
}

#[rstest]
#[case(401, UserinfoError::TokenRefused)]
#[case(403, UserinfoError::TokenRefused)]
#[case(302, UserinfoError::Response(ResponseError::UnexpectedStatus(302)))]
#[case(500, UserinfoError::Response(ResponseError::Unavailable { status: 500, retry_after: None }))]
fn other_status_is_rejected(#[case] status: u16, #[case] reason: UserinfoError) {
    let result = process_userinfo_response(&json_response(status, VALID), "248289761001");
    assert_eq!(result.unwrap_err(), reason);
}

#[test]
fn other_content_type_is_rejected() {
    let mut response = json_response(200, VALID);
    response.content_type = Some("application/jwt".to_owned());
    let result = process_userinfo_response(&response, "248289761001");
    assert_eq!(result.unwrap_err(), UserinfoError::UnexpectedContentType);
}
