//! Threat DR10.

use rstest::rstest;

use super::*;

#[test]
fn token_is_sent_in_the_body() {
    let client =
        Client { client_id: "client".to_owned(), authentication: ClientAuthentication::ClientSecretBasic("s".into()) };
    let endpoint = url("https://id.example/revoke");
    let request = revocation_request(&endpoint, &client, &"tok/1".into(), TokenTypeHint::RefreshToken);
    assert_eq!(request.url, endpoint);
    assert_eq!(raw_body(&request), ["token=tok%2F1", "token_type_hint=refresh_token"]);
    assert!(header(&request, "authorization").is_some());
    let request = revocation_request(&endpoint, &client, &"tok".into(), TokenTypeHint::AccessToken);
    assert!(raw_body(&request).contains(&"token_type_hint=access_token"));
}

#[rstest]
#[case::done(200, "")]
#[case::done_with_a_body(200, "{}")]
#[case::invalid_before(400, r#"{"error":"invalid_token"}"#)]
fn confirmation_or_invalid_token_is_success(#[case] status: u16, #[case] body: &str) {
    assert_eq!(process_revocation_response(&json_response(status, body)), Ok(()));
}

#[rstest]
#[case::refused(400, r#"{"error":"invalid_client"}"#, RevocationError::Refused(TokenErrorCode::InvalidClient))]
#[case::unreadable(400, "<html>", RevocationError::Response(ResponseError::UnexpectedStatus(400)))]
#[case::redirect(302, "", RevocationError::Response(ResponseError::UnexpectedStatus(302)))]
#[case::unavailable(
    503,
    r#"{"error":"invalid_token"}"#,
    RevocationError::Response(ResponseError::Unavailable { status: 503, retry_after: None })
)]
fn other_responses_are_errors(#[case] status: u16, #[case] body: &str, #[case] reason: RevocationError) {
    assert_eq!(process_revocation_response(&json_response(status, body)), Err(reason));
}
