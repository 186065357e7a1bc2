//! LinkedIn's claims.

use rstest::rstest;
use serde_json::{Value, json};

use super::*;

fn with(name: &str, value: Value) -> Profile {
    let mut claims = json!({
        "sub": "782bbtaQ", "email": "ada@x.example", "email_verified": "true", "name": "Ada Lovelace",
        "given_name": "Ada", "family_name": "Lovelace", "locale": "en_US",
        "picture": "https://media.licdn.com/dms/image/C5F03AQHqK8v7tB1HCQ/profile-displayphoto-shrink_100_100/0/",
    });
    claims[name] = value;
    profile_of(&provider("linkedin"), &claims).unwrap()
}

#[test]
fn the_claims_map_to_the_profile() {
    let profile = with("sub", json!("782bbtaQ"));
    assert_eq!((profile.issuer.as_str(), profile.subject.as_str()), ("https://www.linkedin.com/oauth", "782bbtaQ"));
    assert_eq!((profile.name.as_deref(), profile.provider.as_str()), (Some("Ada Lovelace"), "linkedin"));
    assert!(profile.picture.unwrap().starts_with("https://media.licdn.com/"));
}

#[rstest]
#[case(json!(true), true)]
#[case(json!("true"), true)]
#[case(json!(false), false)]
#[case(json!("false"), false)]
#[case(json!("TRUE"), false)]
#[case(json!(1), false)]
#[case(json!(null), false)]
fn an_address_is_verified_by_true_as_boolean_or_string(#[case] claim: Value, #[case] verified: bool) {
    let email = with("email_verified", claim).email.unwrap();
    assert_eq!((email.verified_by_provider, email.provider_is_authoritative), (verified, false));
}

#[rstest]
#[case(json!(null))]
#[case(json!(""))]
#[case(json!(["ada@x.example"]))]
fn an_account_may_have_no_address(#[case] email: Value) {
    assert_eq!(with("email", email).email, None);
}

#[test]
fn both_issuers_are_accepted_and_a_mock_has_its_own_alone() {
    let issuers = |provider: &Provider| (oidc_spec(provider).issuers)(provider, &Value::Null);
    assert_eq!(issuers(&provider("linkedin")), ["https://www.linkedin.com/oauth", "https://www.linkedin.com"]);
    let mock = provider_with("linkedin", &[("ISSUER", "http://localhost:9/linkedin")]);
    assert_eq!(issuers(&mock), ["http://localhost:9/linkedin"]);
}
