//! Threats ID1–ID7, ID10, ID11, JW1.

use aws_lc_rs::hmac;
use rstest::rstest;

use super::IdTokenErrorKind::*;
use super::*;
use crate::oidc::signing_for_tests::SigningKey;

fn valid_token() -> String {
    signed(&valid_header(), &valid_claims())
}

/// The valid claims signed with HMAC, as attacks on algorithm confusion do.
fn symmetric_token(alg: &str, secret: &[u8]) -> String {
    let header = json!({"alg": alg, "typ": "JWT", "kid": "a"});
    let text = format!("{}.{}", base64url(header.to_string()), base64url(valid_claims().to_string()));
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), text.as_bytes());
    format!("{text}.{}", base64url(tag))
}

#[rstest]
#[case(Algorithm::Rs256, rsa_key())]
#[case(Algorithm::Rs384, rsa_key())]
#[case(Algorithm::Rs512, rsa_key())]
#[case(Algorithm::Ps256, rsa_key())]
#[case(Algorithm::Ps384, rsa_key())]
#[case(Algorithm::Ps512, rsa_key())]
#[case(Algorithm::Es256, ec_key())]
#[case(Algorithm::Es384, ec384_key())]
#[case(Algorithm::Es512, ec521_key())]
#[case(Algorithm::EdDsa, ed25519_key())]
fn algorithm_is_accepted_only_where_allowed(#[case] algorithm: Algorithm, #[case] key: &SigningKey) {
    let header = json!({"alg": algorithm.name(), "kid": "a"});
    let token = key.sign(&header, &valid_claims(), algorithm);
    let keys = jwk_set(&[key.jwk_named("a")]);
    let nonce = nonce();
    let allowed = ExpectedIdToken { algorithms: &[algorithm], ..expected(&nonce) };
    assert!(verify_id_token(&token, &keys, &allowed).is_ok());
    let others: Vec<_> = Algorithm::ALL.into_iter().filter(|other| *other != algorithm).collect();
    let not_allowed = ExpectedIdToken { algorithms: &others, ..allowed };
    let error = verify_id_token(&token, &keys, &not_allowed).unwrap_err();
    assert_eq!(error.kind(), AlgorithmNotAllowed(algorithm.name()));
}

#[test]
fn ed25519_is_another_name_for_eddsa() {
    let nonce = nonce();
    let expected = ExpectedIdToken { algorithms: &[Algorithm::EdDsa], ..expected(&nonce) };
    for (alg, of_key) in [("Ed25519", None), ("Ed25519", Some("EdDSA")), ("EdDSA", Some("Ed25519"))] {
        let token = ed25519_key().sign(&json!({"alg": alg, "kid": "a"}), &valid_claims(), Algorithm::EdDsa);
        let mut jwk = ed25519_key().jwk_named("a");
        jwk["alg"] = json!(of_key);
        assert!(verify_id_token(&token, &jwk_set(&[jwk]), &expected).is_ok(), "{alg} {of_key:?}");
    }
    let ed448 = ed25519_key().sign(&json!({"alg": "Ed448", "kid": "a"}), &valid_claims(), Algorithm::EdDsa);
    let error = verify_id_token(&ed448, &jwk_set(&[ed25519_key().jwk_named("a")]), &expected).unwrap_err();
    assert_eq!(error.kind(), AlgorithmNotAllowed("Ed448"));
    assert_eq!(error.to_string(), "id_token rejected: algorithm Ed448 not allowed");
}

#[test]
fn curve_is_bound_to_its_algorithm() {
    let nonce = nonce();
    let expected = ExpectedIdToken { algorithms: &Algorithm::ALL, ..expected(&nonce) };
    for (key, algorithm) in [(ec_key(), "ES384"), (ec384_key(), "ES512"), (ec521_key(), "ES256"), (ec_key(), "EdDSA")] {
        let token = key.sign(&json!({"alg": algorithm, "kid": "a"}), &valid_claims(), Algorithm::Es256);
        let error = verify_id_token(&token, &jwk_set(&[key.jwk_named("a")]), &expected).unwrap_err();
        assert_eq!(error.kind(), KeyUnsuitable, "{algorithm}");
    }
}

#[test]
fn flipped_signature_bit_is_rejected() {
    let token = valid_token();
    let (text, signature) = token.rsplit_once('.').unwrap();
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for index in [0, 1, 100, 200, signature.len() - 2] {
        let place = alphabet.find(&signature[index..=index]).unwrap();
        let mut flipped = signature.to_owned();
        flipped.replace_range(index..=index, &alphabet[place ^ 1..=place ^ 1]);
        assert_eq!(verify_token(&format!("{text}.{flipped}")).unwrap_err(), BadSignature);
    }
    assert!(verify_token(&token).is_ok());
}

#[test]
fn altered_claims_or_header_are_rejected() {
    let token = valid_token();
    let mut parts: Vec<&str> = token.split('.').collect();
    let evil = base64url(with("sub", json!("victim")).to_string());
    let original = std::mem::replace(&mut parts[1], &evil);
    assert_eq!(verify_token(&parts.join(".")).unwrap_err(), BadSignature);
    let header = base64url(json!({"kid": "a", "alg": "RS256"}).to_string());
    (parts[0], parts[1]) = (&header, original);
    assert_eq!(verify_token(&parts.join(".")).unwrap_err(), BadSignature);
}

#[test]
fn other_key_with_the_right_kid_is_rejected() {
    let forged = other_rsa_key().sign(&valid_header(), &valid_claims(), Algorithm::Rs256);
    assert_eq!(verify_token(&forged).unwrap_err(), BadSignature);
    assert!(verify_token(&valid_token()).is_ok());
}

#[test]
fn unsigned_tokens_are_rejected() {
    let claims = base64url(valid_claims().to_string());
    let signature = valid_token().rsplit_once('.').unwrap().1.to_owned();
    for alg in ["none", "None", "NONE", "nOnE"] {
        let header = base64url(json!({"alg": alg, "kid": "a"}).to_string());
        assert_eq!(verify_token(&format!("{header}.{claims}.")).unwrap_err(), Malformed);
        let kept = format!("{header}.{claims}.{signature}");
        let name = if alg == "none" { "none" } else { "unknown" };
        assert_eq!(verify_token(&kept).unwrap_err(), AlgorithmNotAllowed(name));
    }
}

#[test]
fn hmac_with_a_public_or_shared_value_is_rejected() {
    let jwk = rsa_key().jwk_named("a");
    let n = jwk["n"].as_str().unwrap();
    for secret in [n.as_bytes(), jwk.to_string().as_bytes(), b"client-secret", b""] {
        for alg in ["HS256", "HS384", "HS512"] {
            let token = symmetric_token(alg, secret);
            assert_eq!(verify_token(&token).unwrap_err(), AlgorithmNotAllowed(alg));
        }
        assert_eq!(verify_token(&symmetric_token("RS256", secret)).unwrap_err(), BadSignature);
    }
}

#[test]
fn key_is_used_with_its_own_algorithm_only() {
    let mut jwk = rsa_key().jwk_named("a");
    jwk["alg"] = json!("RS256");
    let keys = jwk_set(&[jwk]);
    let nonce = nonce();
    let both = [Algorithm::Rs256, Algorithm::Ps256];
    let expected = ExpectedIdToken { algorithms: &both, ..expected(&nonce) };
    let pss = rsa_key().sign(&json!({"alg": "PS256", "kid": "a"}), &valid_claims(), Algorithm::Ps256);
    let error = verify_id_token(&pss, &keys, &expected).unwrap_err();
    assert_eq!(error.kind(), KeyUnsuitable);
    assert!(verify_id_token(&pss, &provider_keys(), &expected).is_ok());
    assert!(verify_id_token(&valid_token(), &keys, &expected).is_ok());
    let confused = ec_key().sign(&valid_header(), &valid_claims(), Algorithm::Es256);
    assert_eq!(verify_token(&confused).unwrap_err(), BadSignature);
}

#[test]
fn without_kid_up_to_four_keys_are_tried() {
    let header = json!({"alg": "RS256"});
    let token = signed(&header, &valid_claims());
    let (own, other) = (rsa_key().jwk_named("a"), other_rsa_key().jwk_named("b"));
    let verify_among = |keys: &[Value]| {
        verify_id_token(&token, &jwk_set(keys), &expected(&nonce())).map(drop).map_err(|error| error.kind())
    };
    assert_eq!(verify_among(std::slice::from_ref(&own)), Ok(()));
    assert_eq!(verify_among(&[ec_key().jwk_named("e"), own.clone()]), Ok(()));
    assert_eq!(verify_among(&[other.clone(), own.clone()]), Ok(()));
    assert_eq!(verify_among(&[other.clone(), other.clone(), other.clone(), own.clone()]), Ok(()));
    let mut five = vec![other.clone(); 4];
    five.push(own);
    assert_eq!(verify_among(&five), Err(KidRequired));
    assert_eq!(verify_among(&[other]), Err(BadSignature));
    assert_eq!(verify_among(&[ec_key().jwk_named("e")]), Err(KeyUnsuitable));
}

#[test]
fn rotated_key_set_verifies_the_new_key() {
    let header = json!({"alg": "RS256", "kid": "new"});
    let token = other_rsa_key().sign(&header, &valid_claims(), Algorithm::Rs256);
    assert_eq!(verify_token(&token).unwrap_err(), UnknownKid);
    let rotated = jwk_set(&[other_rsa_key().jwk_named("new")]);
    assert!(verify_id_token(&token, &rotated, &expected(&nonce())).is_ok());
    let error = verify_id_token(&valid_token(), &rotated, &expected(&nonce())).unwrap_err();
    assert!(error.is_unknown_kid());
}

#[test]
fn token_has_three_parts_in_strict_base64url() {
    let token = valid_token();
    let (text, signature) = token.rsplit_once('.').unwrap();
    for odd in [
        String::new(),
        ".".to_owned(),
        "..".to_owned(),
        "a.b.c".to_owned(),
        text.to_owned(),
        format!("{token}."),
        format!(".{token}"),
        format!("{token}.{signature}"),
        format!("{text}..{signature}"),
        format!(" {token}"),
    ] {
        assert_eq!(verify_token(&odd).unwrap_err(), Malformed, "{odd}");
    }
    for odd in [format!("{token}="), format!("{token} "), format!("{token}\n"), format!("{text}.+/")] {
        assert_eq!(verify_token(&odd).unwrap_err(), BadSignature, "{odd}");
    }
    assert!(verify_token(&token).is_ok());
}

#[test]
fn token_beyond_16_kb_is_rejected() {
    let padded = |bytes: usize| signed(&valid_header(), &with("pad", json!("x".repeat(bytes))));
    assert!(verify_token(&padded(11_000)).is_ok());
    assert_eq!(verify_token(&padded(12_500)).unwrap_err(), TooLong);
    assert_eq!(verify_token(&"a".repeat(10 << 20)).unwrap_err(), TooLong);
}
