//! Threats TR1, TR2, TR7, TR9, TR10, PF4.

use std::time::Duration;

use rstest::rstest;
use serde_json::{Value, json};

use super::TokenError::*;
use super::variants_for_tests::{VariantKind, variants, variants_of};
use super::*;

const JSON: TokenEncoding = TokenEncoding::Json;

fn valid() -> Value {
    json!({
        "access_token": "ya29.a0-._~+/=",
        "token_type": "Bearer",
        "expires_in": 3599,
        "scope": "openid email",
        "refresh_token": "1//refresh",
        "id_token": "h.p.s",
    })
}

/// The valid document with one member replaced.
fn with(member: &str, value: Value) -> HttpResponse {
    let mut document = valid();
    document[member] = value;
    json_response(200, &document.to_string())
}

fn without(member: &str) -> HttpResponse {
    let mut document = valid();
    document.as_object_mut().unwrap().remove(member);
    json_response(200, &document.to_string())
}

fn process(response: &HttpResponse) -> Result<TokenResponse, TokenError> {
    process_token_response(response, JSON)
}

fn wrong_type(member: &'static str) -> TokenError {
    Malformed(DocumentError::WrongType(member))
}

fn missing(member: &'static str) -> TokenError {
    Malformed(DocumentError::Missing(member))
}

#[test]
fn valid_response_yields_its_tokens() {
    let tokens = process(&json_response(200, &valid().to_string())).unwrap();
    assert_eq!(tokens.access_token().expose_secret(), "ya29.a0-._~+/=");
    assert_eq!(tokens.expires_in(), Some(Duration::from_secs(3599)));
    assert_eq!(tokens.refresh_token().unwrap().expose_secret(), "1//refresh");
    assert_eq!(tokens.require_id_token().unwrap().expose_secret(), "h.p.s");
    assert_eq!(tokens.granted_scopes(&Scopes::default()), Scopes::parse("openid email"));
}

#[rstest]
#[case("expires_in")]
#[case("scope")]
#[case("refresh_token")]
#[case("id_token")]
fn optional_member_may_be_absent(#[case] member: &str) {
    assert!(process(&without(member)).is_ok());
}

#[rstest]
#[case::bearer_in_capitals("token_type", json!("BEARER"))]
#[case::bearer_in_small_letters("token_type", json!("bearer"))]
#[case::expiry_as_digits("expires_in", json!("3599"))]
#[case::expiry_now("expires_in", json!(0))]
#[case::no_scope_granted("scope", json!(""))]
#[case::unknown_members("token_kind", json!({"a": [1]}))]
fn valid_member_is_accepted(#[case] member: &str, #[case] value: Value) {
    assert!(process(&with(member, value)).is_ok());
}

#[rstest]
#[case::access_token_null("access_token", json!(null), missing("access_token"))]
#[case::token_type_null("token_type", json!(null), missing("token_type"))]
#[case::token_type_empty("token_type", json!(""), NotABearerToken)]
#[case::error_empty("error", json!(""), Refused(TokenErrorCode::Other("unreadable".into())))]
#[case::error_false("error", json!(false), wrong_type("error"))]
#[case::access_token_number("access_token", json!(5), wrong_type("access_token"))]
#[case::access_token_array("access_token", json!(["a"]), wrong_type("access_token"))]
#[case::access_token_empty("access_token", json!(""), UnusableToken("access_token"))]
#[case::access_token_with_a_line_break("access_token", json!("a\r\nb: c"), UnusableToken("access_token"))]
#[case::access_token_not_ascii("access_token", json!("é"), UnusableToken("access_token"))]
#[case::access_token_huge("access_token", json!("a".repeat(16 * 1024 + 1)), UnusableToken("access_token"))]
#[case::token_type_mac("token_type", json!("mac"), NotABearerToken)]
#[case::token_type_dpop("token_type", json!("DPoP"), NotABearerToken)]
#[case::token_type_array("token_type", json!(["Bearer"]), wrong_type("token_type"))]
#[case::error_beside_tokens("error", json!("bad"), Refused(TokenErrorCode::Other("bad".into())))]
#[case::error_object_of_facebook("error", json!({"message": "no", "type": "OAuthException", "code": 100}), Refused(TokenErrorCode::Other("unreadable".into())))]
#[case::error_array("error", json!(["bad"]), wrong_type("error"))]
fn invalid_member_is_rejected(#[case] member: &str, #[case] value: Value, #[case] reason: TokenError) {
    assert_eq!(process(&with(member, value)).unwrap_err(), reason);
}

const ID_TOKEN_NEEDED: bool = true;

/// Processes the response as a step that needs its id_token, or not.
fn process_text(text: &str, needs_id_token: bool) -> Result<TokenResponse, TokenError> {
    let tokens = process(&json_response(200, text))?;
    match needs_id_token {
        true => tokens.require_id_token().map(drop)?,
        false => drop(tokens.id_token()),
    }
    Ok(tokens)
}

#[test]
fn members_that_no_step_needs_may_be_anything() {
    let unneeded = ["expires_in", "scope", "refresh_token", "refresh_token_expires_in", "session_state", "toString"];
    for variant in variants_of(&valid(), "", &unneeded) {
        let tokens = process_text(&variant.text, ID_TOKEN_NEEDED);
        assert!(tokens.is_ok(), "{}: {tokens:?}", variant.label);
    }
    for variant in variants(&valid(), "", "id_token") {
        assert!(process_text(&variant.text, !ID_TOKEN_NEEDED).is_ok(), "{}", variant.label);
    }
}

#[test]
fn members_that_the_step_needs_must_be_right() {
    for variant in variants_of(&valid(), "", &["access_token", "token_type", "id_token"]) {
        // The text of another token passes here; its signature will not.
        let is_a_token = variant.kind == VariantKind::OtherType && variant.text.contains(r#"token":"text""#);
        assert!(is_a_token || process_text(&variant.text, ID_TOKEN_NEEDED).is_err(), "{}", variant.label);
    }
}

#[test]
fn unreadable_id_token_does_not_pass_for_absent() {
    for (id_token, present) in [(json!(""), Ok(false)), (json!("a.b.c"), Ok(true)), (json!(null), Ok(false))] {
        let tokens = process(&with("id_token", id_token)).unwrap();
        assert_eq!(tokens.id_token().map(|token| token.is_some()), present);
    }
    for (id_token, reason) in [(json!(5), wrong_type("id_token")), (json!("a b"), UnusableToken("id_token"))] {
        assert_eq!(process(&with("id_token", id_token)).unwrap().id_token().unwrap_err(), reason);
    }
}

#[rstest]
#[case(json!(3599), Some(3599))]
#[case(json!("3599"), Some(3599))]
#[case(json!(3599.9), Some(3599))]
#[case(json!("3599.0"), Some(3599))]
#[case(json!(0), Some(0))]
#[case(json!(-1), None)]
#[case(json!("-1"), None)]
#[case(json!("+5"), None)]
#[case(json!("inf"), None)]
#[case(json!("."), None)]
#[case(json!("9".repeat(400)), Some(315_360_000))]
#[case(json!("soon"), None)]
#[case(json!(""), None)]
#[case(json!(true), None)]
#[case(json!([3599]), None)]
fn lifetime_is_read_from_numbers_and_digits(#[case] expires_in: Value, #[case] seconds: Option<u64>) {
    let tokens = process(&with("expires_in", expires_in)).unwrap();
    assert_eq!(tokens.expires_in(), seconds.map(Duration::from_secs));
}

#[rstest]
#[case::array(json!(["openid", "email"]), "openid email")]
#[case::array_of_lists(json!(["openid email", "profile"]), "openid email profile")]
#[case::array_of_others(json!([5, "openid", null]), "openid")]
#[case::null(json!(null), "requested")]
#[case::number(json!(5), "")]
#[case::object(json!({"openid": true}), "")]
#[case::empty_array(json!([]), "")]
fn unreadable_scope_grants_nothing(#[case] scope: Value, #[case] granted: &str) {
    let tokens = process(&with("scope", scope)).unwrap();
    assert_eq!(tokens.granted_scopes(&Scopes::parse("requested")).to_string(), granted);
}

#[test]
fn repeated_scope_grants_nothing() {
    let text = valid().to_string().replace('{', r#"{"scope":"drive","#);
    let tokens = process(&json_response(200, &text)).unwrap();
    assert!(tokens.granted_scopes(&Scopes::parse("drive")).is_empty());
}

#[rstest]
#[case(json!(""))]
#[case(json!(5))]
#[case(json!("a\r\nb"))]
#[case(json!(["a"]))]
fn unusable_refresh_token_counts_as_absent(#[case] refresh_token: Value) {
    assert!(process(&with("refresh_token", refresh_token)).unwrap().refresh_token().is_none());
}

#[test]
fn null_error_beside_tokens_is_no_error() {
    assert!(process(&with("error", json!(null))).is_ok());
    let twice = valid().to_string().replace('{', r#"{"error":"a","error":"a","#);
    assert_eq!(process(&json_response(200, &twice)).unwrap_err(), Malformed(DocumentError::Repeated("error")));
}

#[test]
fn byte_order_mark_before_the_document_is_ignored() {
    assert!(process(&json_response(200, &format!("\u{feff}{}", valid()))).is_ok());
    assert!(process(&json_response(200, &format!("\u{feff}\u{feff}{}", valid()))).is_err());
}

#[test]
fn access_token_and_token_type_are_required() {
    assert_eq!(process(&without("access_token")).unwrap_err(), missing("access_token"));
    assert_eq!(process(&without("token_type")).unwrap_err(), missing("token_type"));
    assert!(process(&without("scope")).is_ok());
}

#[test]
fn required_id_token_must_be_present() {
    let tokens = process(&without("id_token")).unwrap();
    assert_eq!(tokens.require_id_token().unwrap_err(), IdTokenMissing);
    assert!(process(&with("id_token", json!("a.b.c"))).unwrap().require_id_token().is_ok());
}

#[test]
fn expires_in_is_capped_at_ten_years() {
    let tokens = process(&with("expires_in", json!(u64::MAX))).unwrap();
    assert_eq!(tokens.expires_in(), Some(Duration::from_secs(315_360_000)));
}

#[test]
fn granted_scopes_default_to_the_requested() {
    let requested = Scopes::parse("openid email drive");
    let reduced = process(&with("scope", json!("openid email"))).unwrap();
    assert!(!reduced.granted_scopes(&requested).contains("drive"));
    let widened = process(&with("scope", json!("openid email drive calendar"))).unwrap();
    assert!(widened.granted_scopes(&requested).contains("calendar"));
    let omitted = process(&without("scope")).unwrap();
    assert_eq!(omitted.granted_scopes(&requested), requested);
    let none = process(&with("scope", json!(""))).unwrap();
    assert!(none.granted_scopes(&requested).is_empty());
    let commas = process(&with("scope", json!("repo,gist,repo"))).unwrap();
    assert_eq!(commas.granted_scopes(&requested).iter().collect::<Vec<_>>(), ["repo", "gist"]);
}

#[rstest]
#[case("invalid_request", TokenErrorCode::InvalidRequest)]
#[case("invalid_client", TokenErrorCode::InvalidClient)]
#[case("invalid_grant", TokenErrorCode::InvalidGrant)]
#[case("unauthorized_client", TokenErrorCode::UnauthorizedClient)]
#[case("unsupported_grant_type", TokenErrorCode::UnsupportedGrantType)]
#[case("invalid_scope", TokenErrorCode::InvalidScope)]
#[case("bad_verification_code", TokenErrorCode::Other("bad_verification_code".into()))]
#[case("<script>", TokenErrorCode::Other("unreadable".into()))]
#[case("", TokenErrorCode::Other("unreadable".into()))]
fn error_member_decides_at_any_status(#[case] error: &str, #[case] code: TokenErrorCode) {
    let body = json!({"error": error, "error_description": "secret"}).to_string();
    for status in [200, 400, 401, 403] {
        let result = process(&json_response(status, &body));
        assert_eq!(result.unwrap_err(), Refused(code.clone()), "{status}");
    }
}

#[rstest]
#[case(429)]
#[case(500)]
#[case(502)]
#[case(503)]
fn status_429_and_5xx_are_unavailable_with_retry_after(#[case] status: u16) {
    let body = json!({"error": "invalid_grant"}).to_string();
    for (header, seconds) in [
        (Some("120"), Some(120)),
        (Some("999999999"), Some(86_400)),
        (Some("Wed, 21 Oct 2015 07:28:00 GMT"), None),
        (Some("-1"), None),
        (None, None),
    ] {
        let mut response = json_response(status, &body);
        response.retry_after = header.map(str::to_owned);
        let retry_after = seconds.map(Duration::from_secs);
        let error = ResponseError::Unavailable { status, retry_after };
        assert_eq!(process(&response).unwrap_err(), Response(error));
    }
}

#[rstest]
#[case(201)]
#[case(204)]
#[case(301)]
#[case(302)]
#[case(307)]
#[case(308)]
#[case(400)]
#[case(404)]
fn tokens_with_another_status_are_rejected(#[case] status: u16) {
    let unexpected = Response(ResponseError::UnexpectedStatus(status));
    assert_eq!(process(&json_response(status, &valid().to_string())).unwrap_err(), unexpected);
    assert_eq!(process(&json_response(status, "<html>")).unwrap_err(), unexpected);
    assert!(process(&json_response(200, &valid().to_string())).is_ok());
}

#[rstest]
#[case::empty("")]
#[case::html("<html>")]
#[case::cut_off(r#"{"access_token":"a","token_type":"Bea"#)]
#[case::array(r#"[{"access_token":"a","token_type":"Bearer"}]"#)]
#[case::string(r#""access_token""#)]
#[case::trailing_text(r#"{"access_token":"a","token_type":"Bearer"}x"#)]
#[case::form("access_token=a&token_type=bearer")]
fn malformed_body_is_rejected(#[case] body: &str) {
    assert_eq!(process(&json_response(200, body)).unwrap_err(), Malformed(DocumentError::NotAnObject));
}

#[test]
fn empty_object_is_rejected() {
    assert_eq!(process(&json_response(200, "{}")).unwrap_err(), missing("token_type"));
}

#[test]
fn body_beyond_the_limit_is_rejected() {
    let mut response = json_response(200, &valid().to_string());
    response.body.resize(MAX_BODY_BYTES, b' ');
    assert!(process(&response).is_ok());
    response.body.push(b' ');
    assert_eq!(process(&response).unwrap_err(), Response(ResponseError::TooLarge));
}

#[test]
fn content_type_must_be_json_or_absent() {
    let mut response = json_response(200, &valid().to_string());
    for content_type in [
        None,
        Some("application/json"),
        Some("APPLICATION/JSON;charset=UTF-8"),
        Some("text/json"),
        Some("text/plain; charset=utf-8"),
        Some("text/javascript"),
    ] {
        response.content_type = content_type.map(str::to_owned);
        assert!(process(&response).is_ok(), "{content_type:?}");
    }
    for content_type in ["text/html", "application/jwt", "application/x-www-form-urlencoded", ""] {
        response.content_type = Some(content_type.to_owned());
        assert_eq!(process(&response).unwrap_err(), UnexpectedContentType, "{content_type}");
    }
}

fn form(body: &str) -> HttpResponse {
    let content_type = Some("application/x-www-form-urlencoded; charset=utf-8".to_owned());
    HttpResponse { content_type, ..json_response(200, body) }
}

#[test]
fn form_is_accepted_only_where_configured() {
    let response = form("access_token=gho_16C7&scope=repo%2Cgist&token_type=bearer");
    let tokens = process_token_response(&response, TokenEncoding::JsonOrForm).unwrap();
    assert_eq!(tokens.access_token().expose_secret(), "gho_16C7");
    assert!(tokens.granted_scopes(&Scopes::default()).contains("gist"));
    assert_eq!(process(&response).unwrap_err(), UnexpectedContentType);
    let json = json_response(200, &valid().to_string());
    assert!(process_token_response(&json, TokenEncoding::JsonOrForm).is_ok());
    let repeated = form("access_token=gho_16C7&x=1&x=2&x=3&token_type=bearer");
    assert!(process_token_response(&repeated, TokenEncoding::JsonOrForm).is_ok());
}

#[rstest]
#[case::error(
    "error=bad_verification_code&error_description=x",
    Refused(TokenErrorCode::Other("bad_verification_code".into()))
)]
#[case::without_access_token("token_type=bearer", missing("access_token"))]
#[case::access_token_empty("access_token=&token_type=bearer", UnusableToken("access_token"))]
#[case::access_token_twice(
    "access_token=a&access_token=b&token_type=bearer",
    Malformed(DocumentError::Repeated("access_token"))
)]
#[case::empty("", missing("token_type"))]
fn invalid_form_is_rejected(#[case] body: &str, #[case] reason: TokenError) {
    let result = process_token_response(&form(body), TokenEncoding::JsonOrForm);
    assert_eq!(result.unwrap_err(), reason);
}

#[test]
fn debug_output_hides_tokens() {
    let response = json_response(200, &valid().to_string());
    let printed = format!("{response:?} {:?}", process(&response).unwrap());
    for secret in ["ya29", "1//refresh", "h.p.s"] {
        assert!(!printed.contains(secret), "{secret} in {printed}");
    }
}
