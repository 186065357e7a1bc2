//! GitLab's claims, at gitlab.com and self-hosted.

use rstest::rstest;
use serde_json::{Value, json};

use super::*;

fn with(name: &str, value: Value) -> Profile {
    let mut claims = json!({
        "sub": "1234567", "email": "ada@x.example", "email_verified": true, "name": "Ada", "sub_legacy": "0a1b",
        "preferred_username": "ada", "picture": "https://gitlab.com/uploads/-/system/user/avatar/1234567/avatar.png",
    });
    claims[name] = value;
    profile_of(&provider("gitlab"), &claims).unwrap()
}

#[test]
fn the_claims_map_to_the_profile() {
    let profile = with("sub", json!("1234567"));
    assert_eq!((profile.issuer.as_str(), profile.subject.as_str()), ("https://gitlab.com", "1234567"));
    assert_eq!((profile.name.as_deref(), profile.provider.as_str()), (Some("Ada"), "gitlab"));
    let email = profile.email.unwrap();
    assert!(email.verified_by_provider && !email.provider_is_authoritative);
}

#[rstest]
#[case(json!("ada@gitlab.com"))]
#[case(json!("ada@gmail.com"))]
fn gitlab_is_authoritative_for_no_mailbox(#[case] address: Value) {
    assert!(!with("email", address).email.unwrap().provider_is_authoritative);
}

#[rstest]
#[case(json!(false))]
#[case(json!("true"))]
#[case(json!(1))]
#[case(json!(null))]
fn only_the_boolean_true_verifies_an_address(#[case] verified: Value) {
    assert!(!with("email_verified", verified).email.unwrap().verified_by_provider);
}

#[rstest]
#[case(json!(null))]
#[case(json!(""))]
#[case(json!(["ada@x.example"]))]
fn an_account_may_have_no_address(#[case] email: Value) {
    assert_eq!(with("email", email).email, None);
}

#[test]
fn user_name_and_legacy_subject_are_ignored() {
    let profile = with("name", Value::Null);
    assert_eq!((profile.name, profile.subject.as_str()), (None, "1234567"));
}

#[test]
fn a_self_hosted_instance_is_discovered_and_has_its_own_pictures() {
    let own = provider_with("gitlab", &[("URL", "https://code.example/gitlab")]);
    assert!(matches!(&own.metadata, Metadata::Discovered { issuer } if issuer == "https://code.example/gitlab"));
    let pictures = |provider: &Provider| (provider.spec.picture_origins)(provider);
    assert_eq!(pictures(&own), ["https://code.example", "https://secure.gravatar.com"]);
    assert_eq!(pictures(&provider("gitlab")), ["https://gitlab.com", "https://secure.gravatar.com"]);
    let same = profile_of(&own, &json!({ "sub": "1234567" })).unwrap();
    assert_eq!(same.issuer, "https://code.example/gitlab", "the same number there is another user");
}
