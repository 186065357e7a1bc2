use proptest::prelude::*;
use rstest::rstest;

use super::*;

fn of(response: &HttpResponse) -> String {
    ProviderMessage::of_response(response, &["GOCSPX-hush", "the-code"])
        .map(|message| message.to_string())
        .unwrap_or_default()
}

#[rstest]
#[case::rfc_6749(
    r#"{"error":"invalid_client","error_description":"The OAuth client was not found."}"#,
    "invalid_client: The OAuth client was not found."
)]
#[case::code_alone(r#"{"error":"invalid_scope"}"#, "invalid_scope")]
#[case::facebook(
    r#"{"error":{"message":"Error validating client secret.","type":"OAuthException","code":1}}"#,
    "OAuthException 1: Error validating client secret."
)]
#[case::google_api(
    r#"{"error":{"code":403,"message":"API disabled","status":"PERMISSION_DENIED"}}"#,
    "PERMISSION_DENIED 403: API disabled"
)]
#[case::github_api(r#"{"message":"Bad credentials","documentation_url":"https://docs.github.com"}"#, "Bad credentials")]
#[case::x_api(
    r#"{"title":"CreditsDepleted","detail":"Your account has no credits","status":402}"#,
    "CreditsDepleted: Your account has no credits"
)]
#[case::other_types(r#"{"error":7,"error_description":["x"]}"#, "")]
#[case::array("[1]", "")]
#[case::html("<html>", "")]
fn the_words_of_a_document_are_read(#[case] body: &str, #[case] expected: &str) {
    assert_eq!(of(&json_response(400, body)), expected);
}

#[rstest]
#[case(
    r#"Bearer error="invalid_token", error_description="The token \"x\" expired""#,
    "invalid_token: The token \"x\" expired"
)]
#[case("Bearer error=insufficient_scope, scope=\"a b\"", "insufficient_scope")]
#[case(r#"Bearer realm="x",error="invalid_token""#, "invalid_token")]
#[case(r#"Bearer my_error="a""#, "")]
#[case("Bearer error=\"unclosed", "unclosed")]
#[case("Bearer", "")]
fn the_words_of_a_challenge_are_read(#[case] challenge: &str, #[case] expected: &str) {
    assert_eq!(of(&HttpResponse { www_authenticate: Some(challenge.to_owned()), ..HttpResponse::default() }), expected);
}

#[test]
fn the_words_of_a_form_are_read() {
    let response = HttpResponse {
        content_type: Some("application/x-www-form-urlencoded; charset=utf-8".to_owned()),
        body: b"error=bad_verification_code&error_description=The+code+is+incorrect".to_vec(),
        ..HttpResponse::default()
    };
    assert_eq!(of(&response), "bad_verification_code: The code is incorrect");
    assert_eq!(of(&HttpResponse { content_type: None, ..response }), "", "its twin is no form");
}

#[rstest]
#[case("a\r\nWARN forged line\u{1b}[31m", "a WARN forged line[31m")]
#[case("one\u{202e}two\u{2066}three\u{200b}", "onetwothree")]
#[case("secret GOCSPX-hush and the-code", "secret [removed] and [removed]")]
#[case("split GOCSPX\u{200b}-hush", "split [removed]")]
#[case(
    "Trace ID: 0b3f6f62-7a34-4a5c-8f2e-1f0d5c8e2a00 token eyJhbGciOiJFUzI1NiIsImtpZCI6IjEifQ.eyJzdWIiOiIxIn0.c2ln",
    "Trace ID: 0b3f6f62-7a34-4a5c-8f2e-1f0d5c8e2a00 token [removed]"
)]
#[case("schöne Grüße, 例え", "schöne Grüße, 例え")]
#[case("\u{202e}\n", "")]
fn text_is_one_visible_line_without_secrets(#[case] text: &str, #[case] expected: &str) {
    let body = serde_json::json!({ "error_description": text }).to_string();
    assert_eq!(of(&json_response(400, &body)), expected);
}

#[test]
fn a_secret_at_the_limit_is_not_cut_into_two() {
    let text = format!("{}GOCSPX-hush", "a ".repeat(98));
    let body = serde_json::json!({ "error_description": text }).to_string();
    assert!(!of(&json_response(400, &body)).contains("GOC"));
}

proptest! {
    #[test]
    fn any_text_is_bounded_and_printable(error in "\\PC{0,400}|.{0,400}", description in "(?s).{0,400}") {
        let message = ProviderMessage::new(Some(&error), Some(&description), &[]);
        let shown = message.map(|message| message.to_string()).unwrap_or_default();
        prop_assert!(shown.chars().count() <= 404);
        let turns = |character: char| ('\u{202a}'..='\u{202e}').contains(&character);
        let unsafe_characters = shown.chars().filter(|character| character.is_control() || turns(*character)).count();
        prop_assert_eq!(unsafe_characters, 0);
    }
}
