//! Threat ID35 and the mailboxes for which Google is authoritative; beside it a generic OpenID Connect provider.

use rstest::rstest;
use serde_json::{Value, json};

use super::*;
use crate::{codes::access::Access, oauth::Scopes};

/// Valid claims with one changed.
fn profile_with(provider: &Provider, name: &str, value: Value) -> Profile {
    let mut claims = json!({
        "sub": "1", "email": "ada@gmail.com", "email_verified": true, "name": "Ada", "picture": "https://pictures.example/a",
    });
    claims[name] = value;
    profile_of(provider, &claims).unwrap()
}

#[test]
fn the_claims_map_to_the_profile() {
    let profile = profile_with(&provider("google"), "name", json!("Ada"));
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
fn google_is_authoritative_for_the_mailboxes_it_hosts(
    #[case] address: &str,
    #[case] hd: Option<&str>,
    #[case] authoritative: bool,
) {
    let claims = json!({ "sub": "1", "email": address, "email_verified": true, "hd": hd });
    let email = profile_of(&provider("google"), &claims).unwrap().email.unwrap();
    assert_eq!(email.provider_is_authoritative, authoritative);
}

#[test]
fn a_generic_provider_is_authoritative_for_no_mailbox() {
    let claims = json!({ "sub": "1", "email": "ada@gmail.com", "email_verified": true, "hd": "gmail.com" });
    let email = profile_of(&generic(), &claims).unwrap().email.unwrap();
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
    for provider in [provider("google"), generic()] {
        let email = profile_with(&provider, "email_verified", value.clone()).email.unwrap();
        assert!(!email.verified_by_provider, "{value}");
    }
}

#[rstest]
#[case("email", json!(["ada@gmail.com"]))]
#[case("email", json!(""))]
#[case("email", json!(7))]
fn an_address_that_is_not_a_string_is_ignored(#[case] name: &str, #[case] value: Value) {
    assert_eq!(profile_with(&provider("google"), name, value).email, None);
}

#[rstest]
#[case(json!("navy.example"), true)]
#[case(json!("NAVY.example"), false)]
#[case(json!("sub.navy.example"), false)]
#[case(json!("navy.example.evil.example"), false)]
#[case(json!(["navy.example"]), false)]
#[case(json!(true), false)]
#[case(json!(null), false)]
fn a_workspace_is_admitted_by_its_claim_not_by_the_address(#[case] hd: Value, #[case] admitted: bool) {
    let restricted = provider_with("google", &[("HD", "navy.example")]);
    let claims = json!({ "sub": "1", "email": "grace@navy.example", "email_verified": true, "hd": hd });
    let admits = oidc_spec(&restricted).admits;
    let claims = Claims::unverified_for_tests(&claims);
    let facts = Facts { claims: Some(&claims), userinfo: None, unverified_name: None };
    assert_eq!(admits(&restricted, &facts), admitted);
    assert!(admits(&provider("google"), &facts), "without the setting everyone is admitted");
    assert_eq!((restricted.spec.extra_parameters)(&restricted), [("hd", "navy.example")]);
    assert_eq!((restricted.spec.extra_parameters)(&provider("google")), []);
}

#[test]
fn the_issuer_is_accepted_with_and_without_its_scheme() {
    let issuers = (oidc_spec(&provider("google")).issuers)(&provider("google"), &Value::Null);
    assert_eq!(issuers, ["https://accounts.google.com", "accounts.google.com"]);
}

#[test]
fn each_api_needs_one_read_only_scope() {
    let google = provider("google");
    for access in Access::ALL {
        let [scope] = google.scopes_of(*access) else { panic!("{access:?} wants one scope") };
        assert!(scope.starts_with("https://www.googleapis.com/auth/") && scope.ends_with(".readonly"), "{scope}");
        assert!(google.offers(*access) && !google.spec.sign_in_scopes.contains(scope));
        let other = Access::ALL.iter().find(|other| *other != access).unwrap();
        let granted: Scopes = ["openid", scope].into_iter().collect();
        assert!(google.allows(*access, &granted) && !google.allows(*other, &granted));
    }
    assert!(!google.allows(Access::Drive, &Scopes::default()));
}

#[test]
fn tokens_of_a_mock_are_never_sent_to_google() {
    let at = |issuer: Option<&str>, api: Option<&str>| {
        let settings = [("ISSUER", issuer), ("API_URL", api)];
        let set: Vec<_> = settings.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        provider_with("google", &set)
    };
    let (issuer, api) = (Some("http://localhost:3010/google"), Some("http://localhost:3010/google-api"));
    assert_eq!(at(None, None).api.as_deref(), Some("https://www.googleapis.com"));
    assert_eq!(at(issuer, api).api.as_deref(), api);
    assert_eq!(at(issuer, None).api, None);
    assert!(!at(issuer, None).offers(Access::Drive));
}
