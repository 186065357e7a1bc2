//! Front ends and services.

use rstest::rstest;

use super::with;
use crate::config::*;

#[test]
fn cors_origins_are_a_list() {
    let config =
        with(&[("CORS_ORIGINS", "https://spa.example, http://localhost:3020 https://b.example:8443")]).unwrap();
    assert_eq!(config.cors_origins, ["https://spa.example", "http://localhost:3020", "https://b.example:8443"]);
    assert!(with(&[]).unwrap().cors_origins.is_empty());
}

#[rstest]
#[case::any("*")]
#[case::pattern("https://*.example")]
#[case::null("null")]
#[case::name("spa.example")]
#[case::path("https://spa.example/app")]
#[case::slash("https://spa.example/")]
#[case::upper_case("https://SPA.example")]
#[case::usual_port("https://spa.example:443")]
#[case::plain_http("http://spa.example")]
#[case::other_scheme("ftp://spa.example")]
#[case::one_of_two("https://spa.example,https://*.example")]
fn a_wrong_cors_origin_is_rejected(#[case] origins: &'static str) {
    let error = with(&[("CORS_ORIGINS", origins)]).unwrap_err();
    assert_eq!(error.variable, "CORS_ORIGINS");
    assert!(error.problem.contains("https://spa.example"), "{error}");
}

#[test]
fn api_nonce_is_required_by_default() {
    assert!(with(&[]).unwrap().api_nonce && with(&[("API_NONCE", "required")]).unwrap().api_nonce);
    assert!(!with(&[("API_NONCE", "off")]).unwrap().api_nonce);
    assert_eq!(with(&[("API_NONCE", "no")]).unwrap_err().variable, "API_NONCE");
}

#[test]
fn token_audience_is_optional() {
    assert_eq!(with(&[]).unwrap().token_audience, None);
    let named = with(&[("TOKEN_AUDIENCE", "https://api.example")]).unwrap();
    assert_eq!(named.token_audience.as_deref(), Some("https://api.example"));
}

#[test]
fn session_mode_is_server_by_default() {
    let mode = |value: &'static str| with(&[("SESSION_MODE", value)]).unwrap().session_mode;
    assert_eq!(with(&[]).unwrap().session_mode, SessionMode::Server);
    assert_eq!((mode("server"), mode("jwt")), (SessionMode::Server, SessionMode::Jwt));
}

#[test]
fn googles_button_needs_google_and_is_off_by_default() {
    assert!(!with(&[]).unwrap().google_button && !with(&[("GOOGLE_BUTTON", "off")]).unwrap().google_button);
    let google = [("GOOGLE_CLIENT_ID", "web"), ("GOOGLE_CLIENT_SECRET", "hush"), ("GOOGLE_BUTTON", "on")];
    assert!(with(&google).unwrap().google_button);
    let no_google = [("GOOGLE_CLIENT_ID", ""), ("GOOGLE_CLIENT_SECRET", "")];
    let other = [("GITHUB_CLIENT_ID", "web"), ("GITHUB_CLIENT_SECRET", "hush"), ("GOOGLE_BUTTON", "on")];
    let other = [&no_google[..], &other].concat();
    for wrong in [&other[..], &[("GOOGLE_BUTTON", "yes")]] {
        assert_eq!(with(wrong).unwrap_err().variable, "GOOGLE_BUTTON");
    }
}
