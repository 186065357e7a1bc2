//! Threats AR3, AR4, AR5.

use std::collections::HashMap;

use super::*;

/// The URL of the default request with these changes.
fn request_url(endpoint: &str, scopes: &str, extra: &[(&str, &str)]) -> Url {
    AuthorizationRequest {
        authorization_endpoint: &url(endpoint),
        client_id: "our client",
        redirect_uri: "https://app.example/auth/callback/google",
        scope: &Scopes::parse(scopes),
        state: &state(),
        nonce: Some(&Nonce::from_random([2; 32])),
        code_challenge: Some(&PkceVerifier::from_random([3; 32]).challenge()),
        extra_parameters: extra,
    }
    .url()
}

/// The query parameters; panics on a duplicate.
fn parameters(url: &Url) -> HashMap<String, String> {
    let mut map = HashMap::new();
    for (name, value) in url.query_pairs() {
        let earlier = map.insert(name.clone().into_owned(), value.into_owned());
        assert!(earlier.is_none(), "{name} twice in {url}");
    }
    map
}

const ENDPOINT: &str = "https://id.example/authorize";

#[test]
fn request_has_the_code_flow_parameters_with_pkce() {
    let url = request_url(ENDPOINT, "openid email profile", &[]);
    let actual = parameters(&url);
    let nonce = Nonce::from_random([2; 32]);
    let challenge = PkceVerifier::from_random([3; 32]).challenge();
    let expected = [
        ("response_type", "code"),
        ("client_id", "our client"),
        ("redirect_uri", "https://app.example/auth/callback/google"),
        ("scope", "openid email profile"),
        ("state", state().expose()),
        ("nonce", nonce.expose()),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(actual, HashMap::from(expected));
    assert!(url.as_str().starts_with("https://id.example/authorize?"));
}

#[test]
fn space_and_plus_are_percent_encoded() {
    let url = request_url(ENDPOINT, "openid a+b", &[("login_hint", "a b+c@x.example")]);
    assert!(!url.query().unwrap().contains('+'), "{url}");
    assert!(url.as_str().contains("scope=openid%20a%2Bb"), "{url}");
    assert_eq!(parameters(&url)["login_hint"], "a b+c@x.example");
}

#[test]
fn first_of_duplicate_extra_parameters_is_kept() {
    let extra = [("prompt", "consent"), ("access_type", "offline"), ("prompt", "none")];
    let parameters = parameters(&request_url(ENDPOINT, "openid", &extra));
    assert_eq!(parameters["prompt"], "consent");
    assert_eq!(parameters["access_type"], "offline");
}

#[test]
fn extra_parameters_cannot_override_protocol_parameters() {
    let plain = parameters(&request_url(ENDPOINT, "openid", &[]));
    for name in [
        "response_type",
        "client_id",
        "redirect_uri",
        "scope",
        "state",
        "nonce",
        "code_challenge",
        "code_challenge_method",
        "request",
        "request_uri",
        "client_secret",
        "code_verifier",
    ] {
        let url = request_url(ENDPOINT, "openid", &[(name, "evil")]);
        assert_eq!(parameters(&url), plain, "{name}");
    }
}

#[test]
fn parameter_value_cannot_inject_a_parameter() {
    let url = request_url(ENDPOINT, "openid", &[("login_hint", "x&state=evil#&redirect_uri=evil")]);
    let parameters = parameters(&url);
    assert_eq!(parameters["state"], state().expose());
    assert_eq!(parameters["login_hint"], "x&state=evil#&redirect_uri=evil");
    assert_eq!(url.fragment(), None);
}

#[test]
fn endpoint_query_is_kept_without_duplicates() {
    let endpoint = "https://id.example/authorize?tenant=a%2Fb&flag&state=old&prompt=login";
    let url = request_url(endpoint, "openid", &[("prompt", "none")]);
    assert!(url.as_str().contains("?tenant=a%2Fb&flag&response_type=code&"), "{url}");
    let parameters = parameters(&url);
    assert_eq!(parameters["state"], state().expose());
    assert_eq!(parameters["prompt"], "none");
}

#[test]
fn empty_scope_is_omitted() {
    assert!(!parameters(&request_url(ENDPOINT, "", &[])).contains_key("scope"));
    assert!(parameters(&request_url(ENDPOINT, "openid", &[])).contains_key("scope"));
}
