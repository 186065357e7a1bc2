use rstest::rstest;

use super::*;
use crate::Clients;

const CALLBACK: &str = "http%3A%2F%2Flocalhost%3A3000%2Fauth%2Fcallback%2Fgoogle";

fn valid() -> String {
    format!("client_id=sandbox-google&redirect_uri={CALLBACK}&response_type=code&scope=openid&state=s")
}

fn check(query: &str) -> Result<AuthorizationRequest, RequestError> {
    read(query, &Clients::default())
}

#[test]
fn plain_request_is_accepted() {
    let request = check(&valid()).unwrap();
    assert_eq!(request.redirect_uri, "http://localhost:3000/auth/callback/google");
    assert_eq!(request.state.as_deref(), Some("s"));
    assert!(!request.offline && request.challenge.is_none() && request.prompt == Prompt::default());
}

#[test]
fn state_may_be_missing() {
    assert_eq!(check(&valid().replace("&state=s", "")).unwrap().state, None);
}

#[rstest]
#[case("client_id=sandbox-google", "client_id=other", "invalid_client")]
#[case("client_id=sandbox-google", "", "invalid_request")]
#[case(CALLBACK, "http%3A%2F%2Fevil.example%2Fauth%2Fcallback%2Fgoogle", "redirect_uri_mismatch")]
#[case(
    "redirect_uri=",
    "redirect_uri=http%3A%2F%2Flocalhost%2Fauth%2Fcallback%2Fa&redirect_uri=",
    "redirect_uri_mismatch"
)]
fn unknown_client_or_redirect_uri_shows_a_page(#[case] from: &str, #[case] to: &str, #[case] code: &str) {
    let error = check(&valid().replace(from, to)).unwrap_err();
    assert!(matches!(error, RequestError::Page { code: found, .. } if found == code), "{error:?}");
}

#[rstest]
#[case("response_type=code", "response_type=token", "unsupported_response_type")]
#[case("scope=openid", "", "invalid_request")]
#[case("scope=openid", "scope=openid+offline_access", "invalid_scope")]
#[case("state=s", "state=s&prompt=login", "invalid_request")]
#[case("state=s", "state=s&prompt=none+consent", "invalid_request")]
#[case("state=s", "state=s&access_type=always", "invalid_request")]
#[case("state=s", "state=s&code_challenge=abc&code_challenge_method=plain", "invalid_request")]
#[case("state=s", "state=s&code_challenge=abc&code_challenge_method=S256", "invalid_request")]
#[case("state=s", "state=s&response_mode=fragment", "invalid_request")]
#[case("state=s", "state=s&nonce=1&nonce=2", "invalid_request")]
fn other_errors_are_returned_to_the_client(#[case] from: &str, #[case] to: &str, #[case] code: &str) {
    let error = check(&valid().replace(from, to)).unwrap_err();
    assert!(
        matches!(&error, RequestError::Redirect { code: found, state: Some(state), .. } if *found == code && state == "s"),
        "{error:?}"
    );
}
