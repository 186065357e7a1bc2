//! Threats ID35 (Apple's strings) and UI7: the private relay, and the name that comes once.

use rstest::rstest;
use serde_json::{Value, json};

use super::*;

fn claims() -> Value {
    json!({ "sub": "001234.abc.0567", "email": "ada@x.example", "email_verified": true })
}

fn with(name: &str, value: Value) -> Profile {
    let mut claims = claims();
    claims[name] = value;
    profile_of(&apple(), &claims).unwrap()
}

#[rstest]
#[case(json!(true), true)]
#[case(json!("true"), true)]
#[case(json!(false), false)]
#[case(json!("false"), false)]
#[case(json!("True"), false)]
#[case(json!(1), false)]
#[case(json!("1"), false)]
#[case(json!([]), false)]
#[case(json!(null), false)]
fn apples_booleans_are_booleans_or_their_words(#[case] value: Value, #[case] verified: bool) {
    assert_eq!(with("email_verified", value).email.unwrap().verified_by_provider, verified);
}

#[rstest]
#[case("x7@privaterelay.appleid.com", true)]
#[case("ada@icloud.com", true)]
#[case("ada@ME.com", true)]
#[case("ada@x.example", false)]
#[case("ada@icloud.com.evil.example", false)]
#[case("@icloud.com", false)]
fn apple_is_the_authority_for_its_own_mailboxes(#[case] address: &str, #[case] authority: bool) {
    assert_eq!(with("email", json!(address)).email.unwrap().provider_is_authoritative, authority);
}

#[test]
fn the_name_beside_the_response_is_a_name_and_nothing_in_the_token_is() {
    let profile = profile_named(&apple(), &claims(), Some("Ada Lovelace")).unwrap();
    assert_eq!(profile.name.as_deref(), Some("Ada Lovelace"));
    assert_eq!(with("name", json!("Eve")).name, None);
    assert_eq!((profile.issuer.as_str(), profile.picture), ("https://appleid.apple.com", None));
}

#[rstest]
#[case(r#"{"name":{"firstName":"Ada","lastName":"Lovelace"},"email":"ada@x.example"}"#, Some("Ada Lovelace"))]
#[case(r#"{"name":{"firstName":"Ada"}}"#, Some("Ada"))]
#[case(r#"{"name":{"lastName":" Lovelace "}}"#, Some("Lovelace"))]
#[case(r#"{"name":{"firstName":"","lastName":""}}"#, None)]
#[case(r#"{"name":{"firstName":" "}}"#, None)]
#[case(r#"{"name":{"firstName":7}}"#, None)]
#[case(r#"{"name":"Ada"}"#, None)]
#[case(r#"{"name":{"firstName":"Ada","firstName":"Eve"}}"#, None)]
#[case(r#"{"email":"ada@x.example"}"#, None)]
#[case("Ada", None)]
#[case("", None)]
fn the_user_field_names_somebody_or_nobody(#[case] user: &str, #[case] name: Option<&str>) {
    assert_eq!(apple::name_of_user(user).as_deref(), name);
}

#[test]
fn a_long_name_is_cut() {
    let long = "é".repeat(5000);
    let name = apple::name_of_user(&json!({ "name": { "firstName": long, "lastName": long } }).to_string()).unwrap();
    assert_eq!(name.chars().count(), 201);
}

#[test]
fn both_spellings_of_the_issuer_count_and_a_stand_in_has_one() {
    let issuers = |provider: &Provider| (oidc_spec(provider).issuers)(provider, &Value::Null);
    assert_eq!(issuers(&apple()), ["https://appleid.apple.com", "https://account.apple.com"]);
    let key = AppleKey::new("TEAM".into(), "KEY".into(), &p256_key().pem.into()).unwrap();
    let endpoint_override = apple::provider("id".into(), key, Some("http://localhost:9/apple".into()));
    assert_eq!(issuers(&endpoint_override), ["http://localhost:9/apple"]);
}
