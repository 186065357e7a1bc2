//! Forged and altered tokens (threats RT6, RT7, RT8, ID33).

use aws_lc_rs::hmac;
use rstest::rstest;
use serde_json::{Value, json};

use super::*;
use crate::oidc::{Algorithm, signing_for_tests};

fn hs256(secret: &[u8], header: &Value) -> String {
    let signed = format!("{}.{}", base64url(header.to_string()), base64url(valid_claims().to_string()));
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), signed.as_bytes());
    format!("{signed}.{}", base64url(tag))
}

fn header_with(name: &str, value: Value) -> Value {
    let mut header = valid_header();
    header[name] = value;
    header
}

#[rstest]
fn other_algorithm_is_rejected(
    #[values("none", "None", "nOnE", "HS256", "RS256", "PS256", "ES384", "ES256K", "EdDSA", "es256", "ES256 ", "")]
    name: &str,
) {
    let outcome = verify(&signed(&header_with("alg", json!(name)), &valid_claims()));
    assert!(matches!(outcome, Err(AccessTokenError::Algorithm)), "{outcome:?}");
}

#[rstest]
fn alg_of_wrong_type_is_rejected(#[values(json!(null), json!(["ES256"]), json!(1), json!({}))] value: Value) {
    let outcome = verify(&signed(&header_with("alg", value), &valid_claims()));
    assert!(matches!(outcome, Err(AccessTokenError::Algorithm)), "{outcome:?}");
}

#[test]
fn unsigned_token_is_rejected() {
    let unsigned = header_with("alg", json!("none"));
    let parts = format!("{}.{}", base64url(unsigned.to_string()), base64url(valid_claims().to_string()));
    for token in [format!("{parts}."), parts.clone(), format!("{parts}.AAAA")] {
        assert!(verify(&token).is_err(), "{token}");
    }
    let token = issued();
    let (signed, _) = token.rsplit_once('.').unwrap();
    assert!(matches!(verify(&format!("{signed}.")), Err(AccessTokenError::Malformed)));
}

/// Algorithm confusion: the public key must not serve as an HMAC secret.
#[test]
fn hmac_with_the_public_key_is_rejected() {
    let jwk = own_jwk().to_string();
    let x = own_jwk()["x"].as_str().unwrap().to_owned();
    for secret in [own_key().point(), jwk.as_bytes(), x.as_bytes(), own_key().kid().as_bytes()] {
        for alg in ["HS256", "ES256"] {
            assert!(verify(&hs256(secret, &header_with("alg", json!(alg)))).is_err());
        }
    }
}

#[test]
fn signature_of_a_foreign_key_is_rejected() {
    let foreign_header = json!({"alg": "ES256", "typ": "at+jwt", "kid": foreign_key().kid()});
    let claims = valid_claims().to_string();
    let unknown = verify(&signed_text(foreign_key(), &foreign_header.to_string(), &claims));
    assert!(matches!(unknown, Err(AccessTokenError::UnknownKey)), "{unknown:?}");
    let own_kid = verify(&signed_text(foreign_key(), &valid_header().to_string(), &claims));
    assert!(matches!(own_kid, Err(AccessTokenError::Signature)), "{own_kid:?}");
}

#[rstest]
fn unknown_kid_is_rejected(
    #[values(json!(null), json!(1), json!(["a"]), json!({}), json!(""), json!("../key"), json!("' OR 1=1"))] kid: Value,
) {
    let outcome = verify(&signed(&header_with("kid", kid), &valid_claims()));
    assert!(matches!(outcome, Err(AccessTokenError::UnknownKey)), "{outcome:?}");
}

#[test]
fn missing_kid_is_rejected() {
    let outcome = verify(&signed(&json!({"alg": "ES256", "typ": "at+jwt"}), &valid_claims()));
    assert!(matches!(outcome, Err(AccessTokenError::UnknownKey)), "{outcome:?}");
}

/// With a valid signature, so that only the header is wrong.
#[rstest]
fn key_or_extension_in_the_header_is_rejected(
    #[values("jwk", "jku", "x5u", "x5c", "x5t", "x5t#S256", "crit")] name: &str,
    #[values(json!("https://evil.example/keys"), json!({}), json!([]), json!(null))] value: Value,
) {
    let outcome = verify(&signed(&header_with(name, value), &valid_claims()));
    assert!(matches!(outcome, Err(AccessTokenError::Header(_))), "{outcome:?}");
}

#[test]
fn key_in_the_header_is_not_used() {
    let mut header = json!({"alg": "ES256", "typ": "at+jwt", "kid": foreign_key().kid()});
    header["jwk"] = jwk::jwk(foreign_key().point()).unwrap();
    assert!(verify(&signed_text(foreign_key(), &header.to_string(), &valid_claims().to_string())).is_err());
}

#[rstest]
#[case("at+jwt", true)]
#[case("AT+JWT", true)]
#[case("application/at+jwt", true)]
#[case("Application/AT+JWT", true)]
#[case("JWT", false)]
#[case("logout+jwt", false)]
#[case("secevent+jwt", false)]
#[case("at+jwt ", false)]
#[case("text/at+jwt", false)]
#[case("application/application/at+jwt", false)]
#[case("", false)]
fn typ_must_be_that_of_an_access_token(#[case] typ: &str, #[case] accepted: bool) {
    let outcome = verify(&signed(&header_with("typ", json!(typ)), &valid_claims()));
    assert!(
        if accepted { outcome.is_ok() } else { matches!(outcome, Err(AccessTokenError::Type)) },
        "{typ}: {outcome:?}"
    );
}

#[rstest]
fn typ_of_wrong_type_is_rejected(#[values(json!(null), json!(1), json!(["at+jwt"]))] value: Value) {
    assert!(matches!(verify(&signed(&header_with("typ", value), &valid_claims())), Err(AccessTokenError::Type)));
}

#[test]
fn id_token_of_a_provider_is_rejected() {
    let claims = json!({
        "iss": "https://accounts.google.com", "aud": "client", "azp": "client", "sub": "1", "iat": NOW,
        "exp": NOW + 300, "nonce": "n", "email": "ada@example.com", "email_verified": true,
    });
    let (rsa, ec) = (signing_for_tests::rsa_key(), signing_for_tests::ec_key());
    let header = |alg: &str| json!({"alg": alg, "typ": "JWT", "kid": "k"});
    assert!(verify(&rsa.sign(&header("RS256"), &claims, Algorithm::Rs256)).is_err());
    assert!(verify(&ec.sign(&header("ES256"), &claims, Algorithm::Es256)).is_err());
    // Even with a valid signature and `typ`.
    let outcome = verify(&signed(&valid_header(), &claims));
    assert!(matches!(outcome, Err(AccessTokenError::Claim("iss"))), "{outcome:?}");
}

#[test]
fn access_token_is_rejected_as_id_token() {
    use crate::oidc::{ExpectedIdToken, NonceRule, verify_id_token};
    let expected = ExpectedIdToken {
        issuers: &[ORIGIN],
        client_ids: &[ORIGIN],
        nonce: NonceRule::NotSent,
        algorithms: &Algorithm::ALL,
        access_token: None,
        code: None,
        max_age: None,
        max_token_age: None,
        acr_values: &[],
        profile_claims: &[],
        now: NOW.unsigned_abs(),
    };
    let keys = signing_for_tests::jwk_set(&[own_jwk()]);
    assert!(verify_id_token(&issued(), &keys, &expected).is_err());
    let mut header = valid_header();
    header["typ"] = json!("JWT");
    assert!(verify_id_token(&signed(&header, &valid_claims()), &keys, &expected).is_ok(), "with another typ");
}

#[rstest]
#[case::alg(r#""alg":"none","#, "")]
#[case::kid(r#""kid":"x","#, "")]
#[case::issuer("", r#""iss":"https://evil.example","#)]
#[case::same_value("", r#""iss":"https://app.example","#)]
#[case::expiry("", r#""exp":1,"#)]
#[case::deep("", r#""name":{"a":1,"a":2},"#)]
fn duplicate_member_is_rejected(#[case] in_header: &str, #[case] in_claims: &str) {
    let twice = |document: Value, more: &str| document.to_string().replacen('{', &format!("{{{more}"), 1);
    let token = signed_text(own_key(), &twice(valid_header(), in_header), &twice(valid_claims(), in_claims));
    assert!(matches!(verify(&token), Err(AccessTokenError::Malformed)));
    assert!(verify(&signed_text(own_key(), &twice(valid_header(), ""), &twice(valid_claims(), ""))).is_ok());
}

#[test]
fn malformed_token_is_rejected() {
    let token = issued();
    let [header, claims, signature] = token.split('.').collect::<Vec<_>>()[..] else { unreachable!() };
    let wrong = [
        String::new(),
        ".".to_owned(),
        "..".to_owned(),
        "...".to_owned(),
        format!("{header}.{claims}"),
        format!("{header}.{claims}.{signature}."),
        format!("{header}.{claims}.{signature}.{signature}"),
        format!("{header}.{claims}.{claims}.{signature}.{signature}"),
        format!("{header}.{claims}.{signature}="),
        format!("{header}=.{claims}.{signature}"),
        format!(" {token}"),
        format!("{token}\n"),
        format!("Bearer {token}"),
        format!("{header}.{claims}.{}", &signature[..84]),
        format!("{header}.{claims}.{signature}AAAA"),
        format!("{token}{}", "A".repeat(100_000)),
        signed_text(own_key(), "[]", &valid_claims().to_string()),
        signed_text(own_key(), &valid_header().to_string(), "null"),
        signed_text(own_key(), &valid_header().to_string(), &format!("{} ", valid_claims()).repeat(2)),
    ];
    for token in wrong {
        assert!(verify(&token).is_err(), "{token}");
    }
    assert!(verify(&token).is_ok());
}

#[test]
fn der_encoded_signature_is_rejected() {
    use aws_lc_rs::{
        rand::SystemRandom,
        signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair},
    };
    let key = new_key();
    let (signing_key, der) = (opened(&key.private_key), secrecy::ExposeSecret::expose_secret(&key.private_key));
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, der).unwrap();
    let signature = base64url(pair.sign(&SystemRandom::new(), b"message").unwrap());
    assert!(!public(&signing_key).verifies("message", &signature));
    assert!(public(&signing_key).verifies("message", &signing_key.sign("message").unwrap()));
}
