//! What the log and the flow inspector get to see.

use super::*;

fn names(verdicts: &[ClaimVerdict]) -> Vec<String> {
    verdicts.iter().map(|v| format!("{} {}", v.check.name(), v.verdict.name())).collect()
}

#[test]
fn every_check_leaves_its_verdict() {
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
fn the_refused_check_is_the_last() {
    let token = signed(&valid_header(), &with("aud", json!("other")));
    let error = verify_id_token(&token, &provider_keys(), &expected(&nonce())).unwrap_err();
    let names = names(error.verdicts());
    assert_eq!(names.last().unwrap(), "aud refused");
    assert_eq!(names.iter().filter(|name| name.ends_with("refused")).count(), 1);
    assert_eq!(error.to_string(), "id_token refused: wrong audience");
}

#[test]
fn an_unverified_claim_is_not_looked_at() {
    let token = other_rsa_key().sign(&valid_header(), &json!({}), Algorithm::Rs256);
    let error = verify_id_token(&token, &provider_keys(), &expected(&nonce())).unwrap_err();
    assert_eq!(names(error.verdicts()), ["shape ok", "header ok", "key ok", "signature refused"]);
}

#[test]
fn values_of_the_token_are_not_printed() {
    let claims = verify(&valid_claims()).unwrap();
    let printed = format!("{claims:?}");
    assert!(!printed.contains("ada@") && !printed.contains("248289761001"), "{printed}");
    let token = signed(&valid_header(), &with("nonce", json!("sekret")));
    let error = verify_id_token(&token, &provider_keys(), &expected(&nonce())).unwrap_err();
    let printed = format!("{error} {error:?}");
    assert!(!printed.contains("sekret") && !printed.contains(nonce().expose()), "{printed}");
}

#[test]
fn claims_for_other_rooms_tests_read_like_real_ones() {
    let claims = Claims::unverified_for_tests(&valid_claims());
    assert_eq!((claims.issuer(), claims.subject()), (ISSUER, "248289761001"));
}

#[test]
fn claims_can_be_looked_at_before_they_are_verified_and_count_for_nothing() {
    let token = signed(&valid_header(), &with("tid", json!("t")));
    assert_eq!(unverified_claims(&token)["tid"], "t");
    let forged = format!("{}AAAA", &token[..token.len() - 4]);
    assert_eq!(unverified_claims(&forged)["tid"], "t");
    assert!(verify_token(&token).is_ok() && verify_token(&forged).is_err());
    for nonsense in ["", "a.b", "a.b.c", "....", r#"e30.eyJhIjoxLCJhIjoyfQ.c"#] {
        assert_eq!(unverified_claims(nonsense), Value::Null, "{nonsense}");
    }
}
