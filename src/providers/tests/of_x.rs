//! Threat UI7: X's `data` envelope, ids that are strings, and email addresses that may be missing.

use rstest::rstest;
use serde_json::{Value, json};

use super::*;

fn with(name: &str, value: Value) -> Option<Profile> {
    let mut data = json!({
        "id": "2244994945", "name": "Ada", "username": "ada", "confirmed_email": "ada@x.example",
        "profile_image_url": "https://pbs.twimg.com/a.png",
    });
    data[name] = value;
    profile_from(&provider("x"), &[("me", json!({ "data": data }))])
}

#[test]
fn the_data_maps_to_the_profile() {
    let profile = with("id", json!("2244994945")).unwrap();
    assert_eq!((profile.issuer.as_str(), profile.subject.as_str()), ("https://x.com", "2244994945"));
    let email = profile.email.unwrap();
    assert_eq!(email.unverified_email, "ada@x.example");
    assert!(email.verified_by_provider && !email.provider_is_authoritative);
}

#[test]
fn an_id_longer_than_a_number_keeps_every_digit() {
    let id = "1234567890123456789012345";
    assert_eq!(with("id", json!(id)).unwrap().subject, id);
}

#[rstest]
#[case(json!(2_244_994_945_u64))]
#[case(json!(""))]
#[case(json!(null))]
fn an_id_that_is_not_a_string_is_rejected(#[case] id: Value) {
    assert_eq!(with("id", id), None);
}

#[test]
fn a_document_without_data_is_rejected() {
    let bare = json!({ "id": "1", "name": "Ada" });
    for document in [bare, json!({ "errors": [{ "title": "Unauthorized" }] }), json!([]), Value::Null] {
        assert_eq!(profile_from(&provider("x"), &[("me", document)]), None);
    }
}

#[test]
fn a_username_is_only_a_fallback_for_the_name() {
    let profile = with("confirmed_email", Value::Null).unwrap();
    assert_eq!(profile.email, None);
    assert_eq!(with("name", Value::Null).unwrap().name.as_deref(), Some("ada"));
}
