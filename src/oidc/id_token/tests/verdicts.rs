//! What the log and the audit trail get.

use super::*;

fn names(verdicts: &[ClaimVerdict]) -> Vec<String> {
    verdicts.iter().map(|v| format!("{} {}", v.check.name(), v.verdict.name())).collect()
}

#[test]
fn every_check_records_a_verdict() {
    let claims = verify(&valid_claims()).unwrap();
    assert_eq!(
        names(claims.verdicts()),
        [
            "shape ok",
            "header ok",
            "key ok",
            "signature ok",
            "payload ok",
            "kind ok",
            "iss ok",
            "aud ok",
            "azp not_applicable",
            "exp ok",
            "iat ok",
            "nbf not_applicable",
            "nonce ok",
            "at_hash not_applicable",
            "c_hash not_applicable",
            "sub ok",
            "auth_time not_applicable",
            "acr not_applicable",
        ]
    );
}

#[test]
fn failed_check_is_the_last() {
    let token = signed(&valid_header(), &with("aud", json!("other")));
    let error = verify_id_token(&token, &provider_keys(), &expected(&nonce())).unwrap_err();
    let names = names(error.verdicts());
    assert_eq!(names.last().unwrap(), "aud refused");
    assert_eq!(names.iter().filter(|name| name.ends_with("refused")).count(), 1);
    assert_eq!(error.to_string(), "id_token rejected: wrong audience");
}

#[test]
fn claims_are_not_checked_after_a_bad_signature() {
    let token = other_rsa_key().sign(&valid_header(), &json!({}), Algorithm::Rs256);
    let error = verify_id_token(&token, &provider_keys(), &expected(&nonce())).unwrap_err();
    assert_eq!(names(error.verdicts()), ["shape ok", "header ok", "key ok", "signature refused"]);
}

#[test]
fn debug_output_hides_token_values() {
    let claims = verify(&valid_claims()).unwrap();
    let printed = format!("{claims:?}");
    assert!(!printed.contains("ada@") && !printed.contains("248289761001"), "{printed}");
    let token = signed(&valid_header(), &with("nonce", json!("sekret")));
    let error = verify_id_token(&token, &provider_keys(), &expected(&nonce())).unwrap_err();
    let printed = format!("{error} {error:?}");
    assert!(!printed.contains("sekret") && !printed.contains(nonce().expose()), "{printed}");
}

#[test]
fn unverified_test_claims_behave_like_verified_ones() {
    let claims = Claims::unverified_for_tests(&valid_claims());
    assert_eq!((claims.issuer(), claims.subject()), (ISSUER, "248289761001"));
}

#[test]
fn unverified_claims_can_be_read_from_a_forged_token() {
    let token = signed(&valid_header(), &with("tid", json!("t")));
    assert_eq!(unverified_claims(&token)["tid"], "t");
    let forged = format!("{}AAAA", &token[..token.len() - 4]);
    assert_eq!(unverified_claims(&forged)["tid"], "t");
    assert!(verify_token(&token).is_ok() && verify_token(&forged).is_err());
    // {"tid":1,"tid":2,"oid":3}
    assert_eq!(unverified_claims("e30.eyJ0aWQiOjEsInRpZCI6Miwib2lkIjozfQ.c"), json!({"oid": 3}));
    for malformed in ["", "a.b", "a.b.c", "....", "e30.W10.c"] {
        assert_eq!(unverified_claims(malformed), Value::Null, "{malformed}");
    }
}
