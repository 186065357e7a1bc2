//! Threats ID35 (booleans as strings) and UI7: the private relay, and the name that comes once.

use rstest::rstest;
use serde_json::{Value, json};

use super::*;

fn claims() -> Value {
    json!({ "sub": "001234.abc.0567", "email": "ada@x.example", "email_verified": true })
}

fn with(name: &str, value: Value) -> Profile {
    let mut claims = claims();
    claims[name] = value;
    profile_of(&provider("apple"), &claims).unwrap()
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
fn an_address_is_verified_by_true_as_boolean_or_string(#[case] value: Value, #[case] verified: bool) {
    assert_eq!(with("email_verified", value).email.unwrap().verified_by_provider, verified);
}

#[rstest]
#[case("x7@privaterelay.appleid.com", true)]
#[case("ada@icloud.com", true)]
#[case("ada@ME.com", true)]
#[case("ada@x.example", false)]
#[case("ada@icloud.com.evil.example", false)]
#[case("@icloud.com", false)]
fn apple_is_authoritative_for_its_own_mailboxes(#[case] address: &str, #[case] authoritative: bool) {
    assert_eq!(with("email", json!(address)).email.unwrap().provider_is_authoritative, authoritative);
}

#[test]
fn the_name_comes_beside_the_response_and_never_from_the_token() {
    let profile = profile_named(&provider("apple"), &claims(), Some("Ada Lovelace")).unwrap();
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
fn the_user_field_is_read_strictly(#[case] user: &str, #[case] name: Option<&str>) {
    assert_eq!(apple::name_of_user(user).as_deref(), name);
}

#[test]
fn a_long_name_is_cut() {
    let long = "é".repeat(5000);
    let name = apple::name_of_user(&json!({ "name": { "firstName": long, "lastName": long } }).to_string()).unwrap();
    assert_eq!(name.chars().count(), 201);
}

#[test]
fn both_issuers_are_accepted_and_a_mock_has_its_own_alone() {
    let issuers = |provider: &Provider| (oidc_spec(provider).issuers)(provider, &Value::Null);
    assert_eq!(issuers(&provider("apple")), ["https://appleid.apple.com", "https://account.apple.com"]);
    let mock = provider_with("apple", &[("ISSUER", "http://localhost:9/apple")]);
    assert_eq!(issuers(&mock), ["http://localhost:9/apple"]);
}
