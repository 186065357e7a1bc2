//! Threat UI6: Discord's `verified`, ids that are strings, and picture URLs that are made of two of its values.

use rstest::rstest;
use serde_json::{Value, json};

use super::*;

fn with(name: &str, value: Value) -> Option<Profile> {
    let mut me = json!({
        "id": "80351110224678912", "username": "ada", "global_name": "Ada", "avatar": "a_8342729096ea3675442027381ff50dfe",
        "email": "ada@x.example", "verified": true,
    });
    me[name] = value;
    profile_from(&provider("discord"), &[("me", me)])
}

#[test]
fn id_address_name_and_picture_map_to_the_profile() {
    let profile = with("id", json!("80351110224678912")).unwrap();
    assert_eq!((profile.issuer.as_str(), profile.subject.as_str()), ("https://discord.com", "80351110224678912"));
    assert_eq!(profile.name.as_deref(), Some("Ada"));
    let picture = "https://cdn.discordapp.com/avatars/80351110224678912/a_8342729096ea3675442027381ff50dfe.png";
    assert_eq!(profile.picture.as_deref(), Some(picture));
    let email = profile.email.unwrap();
    assert_eq!(email.unverified_email, "ada@x.example");
    assert!(email.verified_by_provider && !email.provider_is_authoritative);
}

#[rstest]
#[case(json!(80_351_110_224_678_912_u64))]
#[case(json!("80351110224678912/../1"))]
#[case(json!("ada"))]
#[case(json!(""))]
#[case(json!(null))]
fn an_id_that_is_no_snowflake_is_rejected(#[case] id: Value) {
    assert_eq!(with("id", id), None);
}

#[test]
fn an_id_longer_than_a_number_keeps_its_digits() {
    let id = "18446744073709551616";
    assert_eq!(with("id", json!(id)).unwrap().subject, id);
}

#[rstest]
#[case(json!(false))]
#[case(json!("true"))]
#[case(json!(1))]
#[case(json!(null))]
fn only_the_boolean_true_verifies_an_address(#[case] verified: Value) {
    assert!(!with("verified", verified).unwrap().email.unwrap().verified_by_provider);
}

#[rstest]
#[case(json!(null))]
#[case(json!(""))]
#[case(json!(["ada@x.example"]))]
fn an_account_may_have_no_address(#[case] email: Value) {
    assert_eq!(with("email", email).unwrap().email, None);
}

#[test]
fn without_a_display_name_the_user_name_is_the_name() {
    assert_eq!(with("global_name", Value::Null).unwrap().name.as_deref(), Some("ada"));
}

#[rstest]
#[case(json!(null))]
#[case(json!("../../x"))]
#[case(json!("a?b"))]
#[case(json!(7))]
fn a_picture_needs_a_hash(#[case] avatar: Value) {
    assert_eq!(with("avatar", avatar).unwrap().picture, None);
}

#[test]
fn pictures_of_a_mock_are_at_the_mock() {
    let mock = provider_with("discord", &[("URL", "http://localhost:9/discord")]);
    let profile = profile_from(&mock, &[("me", json!({ "id": "1", "avatar": "b" }))]).unwrap();
    assert_eq!(profile.picture.as_deref(), Some("http://localhost:9/discord/avatars/1/b.png"));
}
