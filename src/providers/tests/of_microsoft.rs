//! Threat LK7 ("nOAuth") and the issuers of tenants.

use rstest::rstest;
use serde_json::{Value, json};

use super::*;

const OID: &str = "690222be-ff1a-4d56-abd1-7e4f7d38e474";
const PERSONAL: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

fn claims() -> Value {
    json!({
        "iss": issuer(&tenant('1')), "tid": tenant('1'), "oid": OID, "sub": "pairwise", "email": "ada@x.example",
        "email_verified": true, "name": "Ada", "preferred_username": "admin@victim.example", "upn": "admin@victim.example",
    })
}

fn tenant(digit: char) -> String {
    "00000000-0000-4000-8000-000000000000".replace('0', &digit.to_string())
}

fn issuer(tenant: &str) -> String {
    format!("https://login.microsoftonline.com/{tenant}/v2.0")
}

fn with(name: &str, value: Value) -> Option<Profile> {
    let mut claims = claims();
    claims[name] = value;
    profile_of(&microsoft("common"), &claims)
}

fn issuers(tenant: &str, tid: &Value) -> Vec<String> {
    let provider = microsoft(tenant);
    (oidc_spec(&provider).issuers)(&provider, &json!({ "tid": tid, "iss": "https://evil.example" }))
}

#[test]
fn tenant_and_object_id_are_the_identity() {
    let profile = with("name", json!("Ada")).unwrap();
    assert_eq!((profile.issuer, profile.subject.as_str()), (issuer(&tenant('1')), OID));
    let elsewhere = with("iss", json!(issuer(&tenant('2')))).unwrap();
    assert_ne!(elsewhere.issuer, issuer(&tenant('1')), "the same object id in another tenant is another user");
}

#[rstest]
#[case(json!(true), true)]
#[case(json!("1"), true)]
#[case(json!("true"), true)]
#[case(json!(false), false)]
#[case(json!("0"), false)]
#[case(json!("false"), false)]
#[case(json!(1), false)]
#[case(json!(["1"]), false)]
#[case(json!(null), false)]
fn only_xms_edov_verifies_an_address(#[case] edov: Value, #[case] verified: bool) {
    let email = with("xms_edov", edov).unwrap().email.unwrap();
    assert_eq!(email.verified_by_provider, verified);
    assert!(!email.provider_is_authoritative);
}

#[test]
fn without_xms_edov_an_address_is_unverified() {
    let email = profile_of(&microsoft("common"), &claims()).unwrap().email.unwrap();
    assert_eq!((email.unverified_email.as_str(), email.verified_by_provider), ("ada@x.example", false));
    assert_eq!(with("email", Value::Null).unwrap().email, None);
}

#[rstest]
#[case(json!(null))]
#[case(json!("ada"))]
#[case(json!(""))]
#[case(json!(7))]
fn without_an_object_id_there_is_no_profile(#[case] oid: Value) {
    assert_eq!(with("oid", oid), None);
}

#[test]
fn the_issuer_follows_from_the_tenant_in_the_token() {
    assert_eq!(issuers("common", &json!(tenant('1'))), [issuer(&tenant('1'))]);
    assert_eq!(issuers("common", &json!(PERSONAL)).len(), 1);
    assert_eq!(issuers("organizations", &json!(tenant('1'))), [issuer(&tenant('1'))]);
    assert!(issuers("organizations", &json!(PERSONAL)).is_empty(), "personal accounts are not an organisation's");
    assert_eq!(issuers("consumers", &json!(tenant('1'))), [issuer(PERSONAL)]);
    let own = tenant('3');
    assert_eq!(issuers(&own, &json!(tenant('1'))), [issuer(&tenant('3'))], "one tenant admits no other");
}

#[rstest]
#[case(json!("common"))]
#[case(json!("{tenantid}"))]
#[case(json!("../../evil"))]
#[case(json!("x/v2.0?"))]
#[case(json!(""))]
#[case(json!(7))]
#[case(json!(null))]
fn a_tenant_that_is_not_a_uuid_has_no_issuer(#[case] tid: Value) {
    assert!(issuers("common", &tid).is_empty());
}
