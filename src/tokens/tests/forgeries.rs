//! Tokens that others made, or made of ours (threats RT6, RT7, RT8, ID33).

use aws_lc_rs::hmac;
use rstest::rstest;
use serde_json::{Value, json};

use super::*;
use crate::oidc::{Algorithm, signing_for_tests};

fn hs256(secret: &[u8], header: &Value) -> String {
    let signed = format!("{}.{}", base64url(header.to_string()), base64url(good_claims().to_string()));
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), signed.as_bytes());
    format!("{signed}.{}", base64url(tag))
}

fn header_with(name: &str, value: Value) -> Value {
    let mut header = good_header();
    header[name] = value;
    header
}

#[rstest]
fn no_other_algorithm_is_ours(
    #[values("none", "None", "nOnE", "HS256", "RS256", "PS256", "ES384", "ES256K", "EdDSA", "es256", "ES256 ", "")]
    name: &str,
) {
    let outcome = verify(&signed(&header_with("alg", json!(name)), &good_claims()));
    assert!(matches!(outcome, Err(AccessTokenError::Algorithm)), "{outcome:?}");
}

#[rstest]
fn an_algorithm_of_the_wrong_type_is_none(#[values(json!(null), json!(["ES256"]), json!(1), json!({}))] value: Value) {
    let outcome = verify(&signed(&header_with("alg", value), &good_claims()));
    assert!(matches!(outcome, Err(AccessTokenError::Algorithm)), "{outcome:?}");
}

#[test]
fn an_unsigned_token_is_none() {
    let unsigned = header_with("alg", json!("none"));
    let parts = format!("{}.{}", base64url(unsigned.to_string()), base64url(good_claims().to_string()));
    for token in [format!("{parts}."), parts.clone(), format!("{parts}.AAAA")] {
        assert!(verify(&token).is_err(), "{token}");
    }
    let ours = issued();
    let (signed, _) = ours.rsplit_once('.').unwrap();
    assert!(matches!(verify(&format!("{signed}.")), Err(AccessTokenError::Malformed)));
}

/// The public key is known to everybody: it must not be taken for a shared secret.
#[test]
fn our_public_key_is_no_secret_to_sign_with() {
    let jwk = our_jwk().to_string();
    let x = our_jwk()["x"].as_str().unwrap().to_owned();
    for secret in [our_key().point(), jwk.as_bytes(), x.as_bytes(), our_key().kid().as_bytes()] {
        for alg in ["HS256", "ES256"] {
            assert!(verify(&hs256(secret, &header_with("alg", json!(alg)))).is_err());
        }
    }
}

#[test]
fn a_foreign_key_does_not_sign_for_us() {
    let theirs = json!({"alg": "ES256", "typ": "at+jwt", "kid": foreign_key().kid()});
    let claims = good_claims().to_string();
    let unknown = verify(&signed_text(foreign_key(), &theirs.to_string(), &claims));
    assert!(matches!(unknown, Err(AccessTokenError::UnknownKey)), "{unknown:?}");
    let pretended = verify(&signed_text(foreign_key(), &good_header().to_string(), &claims));
    assert!(matches!(pretended, Err(AccessTokenError::Signature)), "{pretended:?}");
}

#[rstest]
fn a_key_must_be_named(
    #[values(json!(null), json!(1), json!(["a"]), json!({}), json!(""), json!("../key"), json!("' OR 1=1"))] kid: Value,
) {
    let outcome = verify(&signed(&header_with("kid", kid), &good_claims()));
    assert!(matches!(outcome, Err(AccessTokenError::UnknownKey)), "{outcome:?}");
}

#[test]
fn a_token_without_a_key_name_is_none() {
    let outcome = verify(&signed(&json!({"alg": "ES256", "typ": "at+jwt"}), &good_claims()));
    assert!(matches!(outcome, Err(AccessTokenError::UnknownKey)), "{outcome:?}");
}

/// Signed by our own key even, so that only the header is at fault.
#[rstest]
fn a_header_that_brings_a_key_along_is_not_followed(
    #[values("jwk", "jku", "x5u", "x5c", "x5t", "x5t#S256", "crit")] name: &str,
    #[values(json!("https://evil.example/keys"), json!({}), json!([]), json!(null))] value: Value,
) {
    let outcome = verify(&signed(&header_with(name, value), &good_claims()));
    assert!(matches!(outcome, Err(AccessTokenError::Header(_))), "{outcome:?}");
}

#[test]
fn a_key_in_the_header_verifies_nothing() {
    let mut header = json!({"alg": "ES256", "typ": "at+jwt", "kid": foreign_key().kid()});
    header["jwk"] = jwk::jwk(foreign_key().point()).unwrap();
    assert!(verify(&signed_text(foreign_key(), &header.to_string(), &good_claims().to_string())).is_err());
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
fn the_type_says_that_it_is_an_access_token(#[case] typ: &str, #[case] ours: bool) {
    let outcome = verify(&signed(&header_with("typ", json!(typ)), &good_claims()));
    assert!(if ours { outcome.is_ok() } else { matches!(outcome, Err(AccessTokenError::Type)) }, "{typ}: {outcome:?}");
}

#[rstest]
fn a_type_of_the_wrong_type_is_none(#[values(json!(null), json!(1), json!(["at+jwt"]))] value: Value) {
    assert!(matches!(verify(&signed(&header_with("typ", value), &good_claims())), Err(AccessTokenError::Type)));
}

#[test]
fn a_providers_id_token_is_no_access_token() {
    let claims = json!({
        "iss": "https://accounts.google.com", "aud": "client", "azp": "client", "sub": "1", "iat": NOW,
        "exp": NOW + 300, "nonce": "n", "email": "ada@example.com", "email_verified": true,
    });
    let (rsa, ec) = (signing_for_tests::rsa_key(), signing_for_tests::ec_key());
    let header = |alg: &str| json!({"alg": alg, "typ": "JWT", "kid": "k"});
    assert!(verify(&rsa.sign(&header("RS256"), &claims, Algorithm::Rs256)).is_err());
    assert!(verify(&ec.sign(&header("ES256"), &claims, Algorithm::Es256)).is_err());
    // And if a provider had our key, and called it an access token.
    let outcome = verify(&signed(&good_header(), &claims));
    assert!(matches!(outcome, Err(AccessTokenError::Claim("iss"))), "{outcome:?}");
}

/// The reverse: nobody signs in with an access token of ours.
#[test]
fn an_access_token_of_ours_is_no_id_token() {
    use crate::oidc::{ExpectedIdToken, NonceRule, verify_id_token};
    let expected = ExpectedIdToken {
        issuers: &[ORIGIN],
        client_ids: &[ORIGIN],
        nonce: NonceRule::NotSent,
        algorithms: &Algorithm::ALL,
        access_token: None,
        code: None,
        max_age: None,
        acr_values: &[],
        now: NOW.unsigned_abs(),
    };
    let keys = signing_for_tests::jwk_set(&[our_jwk()]);
    assert!(verify_id_token(&issued(), &keys, &expected).is_err());
    let mut header = good_header();
    header["typ"] = json!("JWT");
    assert!(verify_id_token(&signed(&header, &good_claims()), &keys, &expected).is_ok(), "but for its type");
}

#[rstest]
#[case::alg(r#""alg":"none","#, "")]
#[case::kid(r#""kid":"x","#, "")]
#[case::issuer("", r#""iss":"https://evil.example","#)]
#[case::the_same_twice("", r#""iss":"https://app.example","#)]
#[case::expiry("", r#""exp":1,"#)]
#[case::deep("", r#""name":{"a":1,"a":2},"#)]
fn a_member_that_comes_twice_is_a_refusal(#[case] in_header: &str, #[case] in_claims: &str) {
    let twice = |document: Value, more: &str| document.to_string().replacen('{', &format!("{{{more}"), 1);
    let token = signed_text(our_key(), &twice(good_header(), in_header), &twice(good_claims(), in_claims));
    assert!(matches!(verify(&token), Err(AccessTokenError::Malformed)));
    assert!(verify(&signed_text(our_key(), &twice(good_header(), ""), &twice(good_claims(), ""))).is_ok());
}

#[test]
fn what_is_not_in_compact_form_is_no_token() {
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
        signed_text(our_key(), "[]", &good_claims().to_string()),
        signed_text(our_key(), &good_header().to_string(), "null"),
        signed_text(our_key(), &good_header().to_string(), &format!("{} ", good_claims()).repeat(2)),
    ];
    for token in wrong {
        assert!(verify(&token).is_err(), "{token}");
    }
    assert!(verify(&token).is_ok());
}

/// In DER, the form that other protocols write: r and s must not be read from anywhere else.
#[test]
fn a_signature_in_another_form_is_none() {
    use aws_lc_rs::{
        rand::SystemRandom,
        signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair},
    };
    let key = new_key();
    let (ours, der) = (opened(&key.private_key), secrecy::ExposeSecret::expose_secret(&key.private_key));
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, der).unwrap();
    let signature = base64url(pair.sign(&SystemRandom::new(), b"message").unwrap());
    assert!(!public(&ours).verifies("message", &signature));
    assert!(public(&ours).verifies("message", &ours.sign("message").unwrap()));
}
