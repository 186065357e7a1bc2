//! Threat UI7: Facebook's email address may be missing, and is never verified.

use rstest::rstest;
use serde_json::{Value, json};

use super::*;

fn me() -> Value {
    json!({
        "id": "10225234567890123", "name": "Ada", "email": "ada@gmail.com", "verified": true,
        "picture": { "data": { "url": "https://platform-lookaside.fbsbx.com/a", "is_silhouette": false } },
    })
}

fn with(name: &str, value: Value) -> Option<Profile> {
    let mut me = me();
    me[name] = value;
    profile_from(&provider("facebook"), &[("me", me)])
}

#[test]
fn the_address_is_never_verified() {
    let profile = with("id", json!("10225234567890123")).unwrap();
    assert_eq!(profile.issuer, "https://www.facebook.com");
    assert_eq!((profile.subject.as_str(), profile.provider.as_str()), ("10225234567890123", "facebook"));
    assert_eq!(profile.picture.as_deref(), Some("https://platform-lookaside.fbsbx.com/a"));
    let email = profile.email.unwrap();
    assert!(!email.verified_by_provider && !email.provider_is_authoritative);
}

#[rstest]
#[case(json!(null))]
#[case(json!(""))]
#[case(json!(["ada@gmail.com"]))]
fn an_account_may_have_no_address(#[case] email: Value) {
    assert_eq!(with("email", email).unwrap().email, None);
}

#[rstest]
#[case(json!(10_225_234_567_890_123_u64))]
#[case(json!(""))]
#[case(json!(null))]
fn an_id_that_is_not_a_string_is_rejected(#[case] id: Value) {
    assert_eq!(with("id", id), None);
    assert_eq!(profile_from(&provider("facebook"), &[]), None);
}

#[test]
fn the_url_has_the_proof_and_not_the_token() {
    let documents = (oauth_spec(&provider("facebook")).documents)(&provider("facebook"), &"the-token".into());
    let [me] = documents.as_slice() else { panic!("one document") };
    assert!(me.required && me.url.path().ends_with("/me") && me.url.path().starts_with("/v"));
    let pairs: Vec<(String, String)> = me.url.query_pairs().into_owned().collect();
    let proof = pairs.iter().find(|(name, _)| name == "appsecret_proof").unwrap();
    assert_eq!(proof.1.len(), 64);
    assert!(!me.url.as_str().contains("the-token") && !me.url.as_str().contains("secret="));
}
