//! Threats CB3, CB6, CB13.

use rstest::rstest;

use super::AuthorizationErrorCode::*;
use super::AuthorizationResponseError::*;
use super::*;

const ISSUER: &str = "https://id.example";

/// The predicate for a provider that does not publish its issuer.
fn is_plausible_issuer(iss: &str) -> bool {
    iss.starts_with(ISSUER)
}

/// Validates a query, with `STATE` replaced by the flow's state.
fn validate(
    query: &str,
    issuer: Option<&str>,
    iss_parameter_supported: bool,
) -> Result<String, AuthorizationResponseError> {
    let state = state();
    let query = query.replace("STATE", state.expose());
    let response = AuthorizationResponse::from_urlencoded(&query);
    let issuer = issuer.map_or(ExpectedIssuer::Fits(&is_plausible_issuer), ExpectedIssuer::Is);
    let expected = ExpectedResponse { state: &state, issuer, iss_parameter_supported };
    validate_authorization_response(&response, &expected).map(|code| code.expose().to_owned())
}

#[rstest]
#[case::plain("code=abc&state=STATE")]
#[case::with_the_right_issuer("code=abc&state=STATE&iss=https%3A%2F%2Fid.example")]
#[case::in_another_order("iss=https://id.example&state=STATE&code=abc")]
#[case::with_unknown_parameters("code=abc&state=STATE&scope=openid&authuser=0&prompt=none")]
#[case::with_an_empty_error("code=abc&state=STATE&error=")]
#[case::with_an_unknown_parameter_twice("code=abc&state=STATE&hd=a&hd=b")]
fn valid_response_yields_its_code(#[case] query: &str) {
    assert_eq!(validate(query, Some(ISSUER), false), Ok("abc".to_owned()));
}

#[rstest]
#[case::state_missing("code=abc", StateMissing)]
#[case::state_empty("code=abc&state=", StateMissing)]
#[case::state_altered_at_the_end("code=abc&state=STATEx", StateMismatch)]
#[case::state_altered_at_the_start("code=abc&state=xSTATE", StateMismatch)]
#[case::state_of_the_right_prefix("code=abc&state=AQEBAQEB", StateMismatch)]
#[case::state_in_another_name("code=abc&STATE=STATE", StateMissing)]
#[case::state_twice("code=abc&state=STATE&state=STATE", Duplicate("state"))]
#[case::state_twice_once_wrong("code=abc&state=x&state=STATE", Duplicate("state"))]
#[case::code_missing("state=STATE", CodeMissing)]
#[case::code_empty("code=&state=STATE", CodeMissing)]
#[case::code_twice("code=abc&code=abc&state=STATE", Duplicate("code"))]
#[case::code_with_a_line_break("code=a%0d%0ab&state=STATE", Malformed("code"))]
#[case::code_not_ascii("code=%C3%A9&state=STATE", Malformed("code"))]
#[case::code_not_utf8("code=%ff&state=STATE", Malformed("code"))]
#[case::issuer_of_another("code=abc&state=STATE&iss=https://evil.example", IssuerMismatch)]
#[case::issuer_with_a_slash("code=abc&state=STATE&iss=https://id.example/", IssuerMismatch)]
#[case::issuer_in_capitals("code=abc&state=STATE&iss=HTTPS://id.example", IssuerMismatch)]
#[case::issuer_empty("code=abc&state=STATE&iss=", IssuerMismatch)]
#[case::issuer_twice("code=abc&state=STATE&iss=https://id.example&iss=https://id.example", Duplicate("iss"))]
#[case::error_twice("error=access_denied&error=x&state=STATE", Duplicate("error"))]
#[case::nothing("", StateMissing)]
fn invalid_response_is_rejected(#[case] query: &str, #[case] reason: AuthorizationResponseError) {
    assert_eq!(validate(query, Some(ISSUER), false), Err(reason));
}

#[test]
fn altering_any_character_of_state_is_rejected() {
    let right = state().expose().to_owned();
    for index in 0..right.len() {
        let mut wrong = right.clone();
        wrong.replace_range(index..=index, "!");
        let query = format!("code=abc&state={wrong}");
        assert_eq!(validate(&query, None, false), Err(StateMismatch), "at {index}");
    }
    assert!(validate(&format!("code=abc&state={right}"), None, false).is_ok());
}

#[test]
fn parameters_beyond_their_limit_are_rejected() {
    let query = |name: &str, length: usize| format!("{name}={}&state=STATE", "a".repeat(length));
    assert!(validate(&query("code", 4096), None, false).is_ok());
    assert_eq!(validate(&query("code", 4097), None, false), Err(Malformed("code")));
    let state = format!("code=abc&state={}", "a".repeat(1 << 20));
    assert_eq!(validate(&state, None, false), Err(Malformed("state")));
    assert_eq!(validate(&query("error", 100_000), None, false), Err(Malformed("error")));
}

#[test]
fn announced_iss_is_required() {
    assert_eq!(validate("code=abc&state=STATE", Some(ISSUER), true), Err(IssuerMissing));
    assert!(validate("code=abc&state=STATE&iss=https://id.example", Some(ISSUER), true).is_ok());
    assert!(validate("code=abc&state=STATE", Some(ISSUER), false).is_ok());
}

#[test]
fn announced_iss_may_be_missing_in_an_error_response_only() {
    for error in ["error=access_denied", "error=access_denied&iss=https://id.example", "error_code=200"] {
        let outcome = validate(&format!("{error}&state=STATE"), Some(ISSUER), true);
        assert_eq!(outcome, Err(Provider(AccessDenied)), "{error}");
    }
    let beside_a_code = "code=abc&error=access_denied&state=STATE";
    assert_eq!(validate(beside_a_code, Some(ISSUER), true), Err(IssuerMissing));
    for wrong in ["https://evil.example", ""] {
        let query = format!("error=access_denied&state=STATE&iss={wrong}");
        assert_eq!(validate(&query, Some(ISSUER), true), Err(IssuerMismatch), "{wrong}");
    }
    assert_eq!(validate("state=STATE", Some(ISSUER), true), Err(IssuerMissing));
}

#[rstest]
#[case::facebook("error=access_denied&error_code=200&error_reason=user_denied&error_description=Permissions+error")]
#[case::facebook_by_its_reason("error=unknown&error_reason=user_denied")]
#[case::facebook_by_its_code("error_code=200&error_message=Permissions+error")]
#[case::facebook_without_error("error_code=0&error_reason=user_denied")]
#[case::apple("error=user_cancelled_authorize")]
#[case::linkedin_at_the_login("error=user_cancelled_login&error_description=The+user+cancelled+LinkedIn+login")]
#[case::linkedin_at_the_consent("error=user_cancelled_authorize&error_description=x")]
#[case::microsoft("error=access_denied&error_subcode=cancel")]
fn cancelled_sign_in_is_recognised(#[case] query: &str) {
    assert_eq!(validate(&format!("{query}&state=STATE"), Some(ISSUER), false), Err(Provider(AccessDenied)));
    assert_eq!(validate(&format!("{query}&state=wrong"), Some(ISSUER), false), Err(StateMismatch));
}

#[rstest]
#[case::reason_alone("error_reason=user_denied", CodeMissing)]
#[case::another_facebook_code("error_code=1349048&error_message=Domain+not+included", Provider(Other))]
#[case::another_reason("error=server_error&error_reason=other", Provider(ServerError))]
#[case::details_twice("error=server_error&error_reason=user_denied&error_reason=user_denied", Provider(ServerError))]
fn other_error_details_change_nothing(#[case] query: &str, #[case] reason: AuthorizationResponseError) {
    assert_eq!(validate(&format!("{query}&state=STATE"), Some(ISSUER), false), Err(reason));
}

#[test]
fn error_details_beside_a_code_are_ignored() {
    let query = "code=abc&state=STATE&error_code=200&error_reason=user_denied&error_subcode=cancel";
    assert_eq!(validate(query, Some(ISSUER), false), Ok("abc".to_owned()));
}

#[rstest]
#[case::none("", true)]
#[case::its_own("&iss=https://id.example", true)]
#[case::another_of_its_own("&iss=https://id.example/v2", true)]
#[case::another("&iss=https://evil.example", false)]
#[case::empty("&iss=", false)]
fn iss_must_satisfy_the_predicate_if_present(#[case] iss: &str, #[case] accepted: bool) {
    let outcome = validate(&format!("code=abc&state=STATE{iss}"), None, false);
    assert_eq!(outcome, if accepted { Ok("abc".to_owned()) } else { Err(IssuerMismatch) });
}

#[rstest]
#[case("access_denied", AccessDenied)]
#[case::apple("user_cancelled_authorize", AccessDenied)]
#[case::linkedin("user_cancelled_login", AccessDenied)]
#[case("login_required", LoginRequired)]
#[case("interaction_required", InteractionRequired)]
#[case("consent_required", ConsentRequired)]
#[case("account_selection_required", AccountSelectionRequired)]
#[case("temporarily_unavailable", TemporarilyUnavailable)]
#[case("server_error", ServerError)]
#[case("invalid_request", InvalidRequest)]
#[case("unauthorized_client", UnauthorizedClient)]
#[case("unsupported_response_type", UnsupportedResponseType)]
#[case("invalid_scope", InvalidScope)]
#[case("ACCESS_DENIED", Other)]
#[case("%3Cscript%3E", Other)]
#[case("x%0d%0aSet-Cookie:y", Other)]
fn error_counts_only_with_the_right_state(#[case] error: &str, #[case] code: AuthorizationErrorCode) {
    let evil = "error_description=<script>&error_uri=javascript:alert(1)";
    let with_state = format!("error={error}&{evil}&state=STATE");
    assert_eq!(validate(&with_state, Some(ISSUER), false), Err(Provider(code)));
    let without = format!("error={error}&{evil}");
    assert_eq!(validate(&without, Some(ISSUER), false), Err(StateMissing));
    let wrong = format!("error={error}&{evil}&state=wrong");
    assert_eq!(validate(&wrong, Some(ISSUER), false), Err(StateMismatch));
}

#[test]
fn error_takes_precedence_over_code_but_not_over_iss() {
    let both = "code=abc&error=access_denied&state=STATE";
    assert_eq!(validate(both, Some(ISSUER), false), Err(Provider(AccessDenied)));
    let foreign = "error=access_denied&state=STATE&iss=https://evil.example";
    assert_eq!(validate(foreign, Some(ISSUER), false), Err(IssuerMismatch));
}

#[test]
fn errors_and_debug_output_hide_the_values() {
    let query = "code=sekret&state=sekret&error=sekret&error_description=sekret&iss=sekret";
    let response = AuthorizationResponse::from_urlencoded(query);
    assert!(!format!("{response:?}").contains("sekret"));
    assert_eq!(response.unverified_state(), Some("sekret"));
    for error in [validate(query, Some(ISSUER), false), validate("error=sekret&state=STATE", None, false)] {
        let error = error.unwrap_err();
        assert!(!format!("{error} {error:?}").contains("sekret"));
    }
}

#[test]
fn parsed_parameters_are_validated_too() {
    let state = state();
    let expected =
        ExpectedResponse { state: &state, issuer: ExpectedIssuer::Is(ISSUER), iss_parameter_supported: true };
    let text = |text: &str| Some(text.to_owned());
    let response = AuthorizationResponse::new(text("abc"), text(state.expose()), text(ISSUER), None);
    assert!(validate_authorization_response(&response, &expected).is_ok());
    let response = AuthorizationResponse::new(text("abc"), text("x"), text(ISSUER), None);
    assert_eq!(validate_authorization_response(&response, &expected).unwrap_err(), StateMismatch);
}
