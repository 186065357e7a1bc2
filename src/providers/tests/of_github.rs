//! Threat UI6: which of GitHub's email addresses is taken, and what the identity is.

use rstest::rstest;
use serde_json::{Value, json};

use super::*;

fn user() -> Value {
    json!({ "id": 583_231, "login": "octocat", "name": "Mona", "email": "public@x.example", "avatar_url": "https://avatars.githubusercontent.com/u/1" })
}

fn email(address: &str, primary: Value, verified: Value) -> Value {
    json!({ "email": address, "primary": primary, "verified": verified, "visibility": null })
}

fn with_user(name: &str, value: Value) -> Option<Profile> {
    let mut user = user();
    user[name] = value;
    profile_from(&provider("github"), &[("user", user), ("emails", json!([]))])
}

#[test]
fn number_primary_address_and_name_map_to_the_profile() {
    let emails = json!([
        email("old@x.example", json!(false), json!(true)),
        email("mona@x.example", json!(true), json!(true)),
        email("8+octocat@users.noreply.github.com", json!(false), json!(true)),
    ]);
    let profile = profile_from(&provider("github"), &[("user", user()), ("emails", emails)]).unwrap();
    assert_eq!(profile.issuer, "https://github.com/login/oauth");
    assert_eq!((profile.subject.as_str(), profile.provider.as_str()), ("583231", "github"));
    assert_eq!(profile.name.as_deref(), Some("Mona"));
    let email = profile.email.unwrap();
    assert_eq!(email.unverified_email, "mona@x.example");
    assert!(email.verified_by_provider && !email.provider_is_authoritative);
}

#[rstest]
#[case::not_primary(json!([email("b@x.example", json!(false), json!(true))]))]
#[case::none(json!([]))]
#[case::withheld(Value::Null)]
#[case::words_for_booleans(json!([email("a@x.example", json!("true"), json!("true"))]))]
#[case::ones(json!([email("a@x.example", json!(1), json!(1))]))]
#[case::no_flags(json!([{ "email": "a@x.example" }]))]
#[case::no_text(json!([email("", json!(true), json!(true))]))]
#[case::an_object(json!({ "email": "a@x.example", "primary": true, "verified": true }))]
#[case::texts(json!(["a@x.example"]))]
fn only_the_primary_address_is_taken(#[case] emails: Value) {
    let profile = profile_from(&provider("github"), &[("user", user()), ("emails", emails)]).unwrap();
    assert_eq!(profile.email, None);
}

/// It stands in the form that asks for an address.
#[rstest]
#[case::alone(json!([email("a@x.example", json!(true), json!(false))]), false)]
#[case::beside_a_verified_one(json!([
    email("b@x.example", json!(false), json!(true)), email("a@x.example", json!(true), json!(false)),
]), false)]
#[case::word_for_a_boolean(json!([email("a@x.example", json!(true), json!("true"))]), false)]
#[case::one(json!([email("a@x.example", json!(true), json!(1))]), false)]
#[case::verified(json!([email("a@x.example", json!(true), json!(true))]), true)]
fn the_primary_address_is_verified_only_if_github_says_so(#[case] emails: Value, #[case] verified: bool) {
    let profile = profile_from(&provider("github"), &[("user", user()), ("emails", emails)]).unwrap();
    let email = profile.email.unwrap();
    assert_eq!((email.unverified_email.as_str(), email.verified_by_provider), ("a@x.example", verified));
}

#[rstest]
#[case(json!(1), "1")]
#[case(json!(9_007_199_254_740_993_u64), "9007199254740993")]
#[case(json!(u64::MAX), "18446744073709551615")]
fn an_id_keeps_every_digit(#[case] id: Value, #[case] subject: &str) {
    assert_eq!(with_user("id", id).unwrap().subject, subject);
}

#[rstest]
#[case(json!("583231"))]
#[case(json!(583_231.0))]
#[case(json!(-1))]
#[case(json!(0))]
#[case(json!(null))]
#[case(json!([583_231]))]
#[case(json!(1e300))]
fn an_id_that_is_not_a_positive_integer_is_rejected(#[case] id: Value) {
    assert_eq!(with_user("id", id), None);
}

#[test]
fn a_login_is_only_a_fallback_for_the_name() {
    assert_eq!(with_user("name", Value::Null).unwrap().name.as_deref(), Some("octocat"));
    assert_eq!(with_user("login", json!("renamed")).unwrap().subject, "583231");
}

#[test]
fn the_emails_document_may_be_missing() {
    let documents = (oauth_spec(&provider("github")).documents)(&provider("github"), &"token".into());
    let asked: Vec<_> = documents.iter().map(|document| (document.url.as_str(), document.required)).collect();
    assert_eq!(asked, [("https://api.github.com/user", true), ("https://api.github.com/user/emails", false)]);
}
