//! Claims that a provider divides between id_token and userinfo (OpenID Connect Core §5.3.2, §5.4).

use rstest::rstest;
use serde_json::{Value, json};

use super::*;
use crate::{
    oauth::HttpResponse,
    oidc::{Userinfo, process_userinfo_response},
};

fn userinfo(claims: &Value) -> Userinfo {
    let body = claims.to_string().into_bytes();
    let response = HttpResponse { status: 200, body, ..HttpResponse::default() };
    process_userinfo_response(&response, "7", oidc_spec(&generic()).claims).unwrap()
}

/// The profile from an id_token and userinfo of the same subject.
fn profile(in_token: Value, at_userinfo: Value) -> Profile {
    let with_subject = |mut claims: Value| {
        claims["sub"] = json!("7");
        claims
    };
    let claims = Claims::unverified_for_tests(&with_subject(in_token));
    let userinfo = userinfo(&with_subject(at_userinfo));
    let facts = Facts { claims: Some(&claims), userinfo: Some(&userinfo), unverified_name: None };
    (oidc_spec(&generic()).profile)(&generic(), &facts).unwrap()
}

#[rstest]
#[case::each_has_a_part(json!({"email": "a@x"}), json!({"name": "Ada"}), Some("a@x"), Some("Ada"))]
#[case::the_id_token_wins(json!({"email": "a@x", "name": "Ada"}), json!({"email": "b@x", "name": "Bob"}), Some("a@x"), Some("Ada"))]
#[case::empty_is_absent(json!({"email": "", "name": ""}), json!({"email": "a@x", "name": "Ada"}), Some("a@x"), Some("Ada"))]
#[case::another_type_is_absent(json!({"email": 5, "name": ["x"]}), json!({"email": "a@x", "name": "Ada"}), Some("a@x"), Some("Ada"))]
#[case::null_is_absent(json!({"email": null}), json!({"email": "a@x", "name": null}), Some("a@x"), None)]
fn claims_of_both_documents_are_merged(
    #[case] in_token: Value,
    #[case] at_userinfo: Value,
    #[case] email: Option<&str>,
    #[case] name: Option<&str>,
) {
    let profile = profile(in_token, at_userinfo);
    assert_eq!(profile.email.as_ref().map(|email| email.unverified_email.as_str()), email);
    assert_eq!(profile.name.as_deref(), name);
}

#[rstest]
#[case::both_in_the_token(json!({"email": "a@x", "email_verified": true}), json!({}), true)]
#[case::both_at_userinfo(json!({}), json!({"email": "a@x", "email_verified": true}), true)]
#[case::address_and_flag_apart(json!({"email": "a@x"}), json!({"email_verified": true}), true)]
#[case::flag_and_address_apart(json!({"email_verified": true}), json!({"email": "a@x"}), true)]
#[case::the_same_address_again(json!({"email": "a@x"}), json!({"email": "a@x", "email_verified": true}), true)]
#[case::flag_of_another_address(json!({"email": "a@x"}), json!({"email": "b@x", "email_verified": true}), false)]
#[case::token_says_no(json!({"email": "a@x", "email_verified": false}), json!({"email": "a@x", "email_verified": true}), false)]
#[case::userinfo_says_no(json!({"email_verified": true}), json!({"email": "a@x", "email_verified": false}), false)]
#[case::flag_of_an_empty_address(json!({"email": "", "email_verified": true}), json!({"email": "a@x"}), false)]
#[case::nobody_says(json!({"email": "a@x"}), json!({"email": "a@x"}), false)]
fn verified_flag_holds_for_its_own_address(
    #[case] in_token: Value,
    #[case] at_userinfo: Value,
    #[case] verified: bool,
) {
    assert_eq!(profile(in_token, at_userinfo).email.unwrap().verified_by_provider, verified);
}

#[test]
fn numeric_subject_of_userinfo_alone_is_the_subject() {
    let userinfo = userinfo(&json!({"sub": 7}));
    let facts = Facts { claims: None, userinfo: Some(&userinfo), unverified_name: None };
    assert_eq!(facts.subject(), "7");
}
