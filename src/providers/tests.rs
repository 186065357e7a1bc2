use rstest::rstest;
use serde_json::{Value, json};

use super::*;

fn google() -> Provider {
    google::provider("id".into(), "secret".into(), None)
}

fn generic() -> Provider {
    let slug = Slug::parse("work").unwrap();
    open_id_connect::provider(slug, "Work".into(), "https://id.example".into(), "id".into(), "secret".into())
}

/// A valid person, with one claim changed.
fn profile_with(provider: &Provider, name: &str, value: Value) -> Profile {
    let mut claims = json!({
        "sub": "1", "email": "ada@gmail.com", "email_verified": true, "name": "Ada", "picture": "https://pictures.example/a",
    });
    claims[name] = value;
    profile_of(provider, &claims)
}

fn profile_of(provider: &Provider, claims: &Value) -> Profile {
    let claims = Claims::unverified_for_tests(claims);
    (provider.manners.profile)(provider, &Facts { claims: &claims, userinfo: None })
}

#[test]
fn a_google_profile_has_everything_that_google_told() {
    let profile = profile_with(&google(), "name", json!("Ada"));
    assert_eq!(profile.issuer, "https://accounts.google.com");
    assert_eq!((profile.subject.as_str(), profile.provider.as_str()), ("1", "google"));
    assert_eq!(
        (profile.name.as_deref(), profile.picture.as_deref()),
        (Some("Ada"), Some("https://pictures.example/a"))
    );
    let email = profile.email.unwrap();
    assert!(email.verified_by_provider && email.provider_is_authoritative);
}

#[rstest]
#[case::gmail("ada@gmail.com", None, true)]
#[case::gmail_in_capitals("Ada@GMAIL.com", None, true)]
#[case::workspace("grace@navy.example", Some("navy.example"), true)]
#[case::another_mailbox("linus@elsewhere.example", None, false)]
#[case::looks_like_gmail("ada@gmail.com.evil.example", None, false)]
#[case::two_signs("ada@evil.example@notgmail.com", None, false)]
fn google_is_the_authority_for_the_mailboxes_that_it_runs(
    #[case] address: &str,
    #[case] hd: Option<&str>,
    #[case] authority: bool,
) {
    let claims = json!({ "sub": "1", "email": address, "email_verified": true, "hd": hd });
    let email = profile_of(&google(), &claims).email.unwrap();
    assert_eq!(email.provider_is_authoritative, authority);
}

#[test]
fn a_generic_provider_is_the_authority_for_nobody() {
    let claims = json!({ "sub": "1", "email": "ada@gmail.com", "email_verified": true, "hd": "gmail.com" });
    let email = profile_of(&generic(), &claims).email.unwrap();
    assert!(email.verified_by_provider && !email.provider_is_authoritative);
}

#[rstest]
#[case(json!("true"))]
#[case(json!(1))]
#[case(json!("1"))]
#[case(json!([]))]
#[case(json!(null))]
#[case(json!(false))]
fn only_the_boolean_true_verifies_an_address(#[case] value: Value) {
    for provider in [google(), generic()] {
        let email = profile_with(&provider, "email_verified", value.clone()).email.unwrap();
        assert!(!email.verified_by_provider, "{value}");
    }
}

#[rstest]
#[case("email", json!(["ada@gmail.com"]))]
#[case("email", json!(""))]
#[case("email", json!(7))]
fn an_address_that_is_no_text_is_none(#[case] name: &str, #[case] value: Value) {
    assert_eq!(profile_with(&google(), name, value).email, None);
}

#[test]
fn the_constants_are_one_provider() {
    let Metadata::Known(metadata) = google().metadata else { panic!("google's endpoints are known") };
    let mut endpoints = vec![&metadata.authorization_endpoint, &metadata.token_endpoint, &metadata.jwks_uri];
    endpoints.extend(metadata.userinfo_endpoint.as_ref());
    endpoints.extend(metadata.revocation_endpoint.as_ref());
    assert_eq!(endpoints.len(), 5);
    for endpoint in endpoints {
        let host = endpoint.host_str().unwrap();
        assert!(endpoint.scheme() == "https" && (host.ends_with(".google.com") || host.ends_with(".googleapis.com")));
    }
    assert_eq!(
        (google().manners.token_issuers)(&metadata.issuer),
        ["https://accounts.google.com", "accounts.google.com"]
    );
}

#[rstest]
#[case("google")]
#[case("my_idp-2")]
fn a_slug_is_safe_everywhere(#[case] text: &str) {
    assert_eq!(Slug::parse(text).unwrap().as_str(), text);
}

#[rstest]
#[case("")]
#[case("Google")]
#[case("2fast")]
#[case("a/b")]
#[case("a.b")]
#[case("..")]
#[case("a%2e")]
#[case("abcdefghijklmnopqrstuvwxyzabcdefg")]
fn anything_else_is_no_slug(#[case] text: &str) {
    assert_eq!(Slug::parse(text), None);
}
