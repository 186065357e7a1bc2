//! Threats JW6, JW11, ID3 (no symmetric keys), ID10, ID11.

use rstest::rstest;
use serde_json::{Value, json};

use super::super::signing_for_tests::{
    base64url, ec_key, ec384_key, ec521_key, ed25519_key, json_response, jwk_set, other_rsa_key, rsa_key,
};
use super::*;
use crate::oauth::MAX_BODY_BYTES;
use crate::oauth::variants_for_tests::{variants, variants_of};

fn process(keys: &Value) -> Result<JwkSet, JwksError> {
    process_jwks_response(&json_response(200, &json!({ "keys": keys }).to_string()))
}

/// The provider's RSA key with one member replaced.
fn rsa_with(member: &str, value: Value) -> Value {
    let mut jwk = rsa_key().jwk_named("a");
    jwk[member] = value;
    jwk
}

fn ec_with(member: &str, value: Value) -> Value {
    let mut jwk = ec_key().jwk_named("a");
    jwk[member] = value;
    jwk
}

#[rstest]
#[case::rsa(rsa_key().jwk(), Algorithm::Rs256)]
#[case::rsa_for_pss(rsa_key().jwk(), Algorithm::Ps512)]
#[case::p256(ec_key().jwk(), Algorithm::Es256)]
#[case::p384(ec384_key().jwk(), Algorithm::Es384)]
#[case::p521(ec521_key().jwk(), Algorithm::Es512)]
#[case::ed25519(ed25519_key().jwk(), Algorithm::EdDsa)]
#[case::no_operations(rsa_with("key_ops", json!([])), Algorithm::Rs256)]
#[case::with_alg(rsa_with("alg", json!("RS256")), Algorithm::Rs256)]
#[case::without_use(rsa_key().jwk(), Algorithm::Rs256)]
#[case::for_verify(rsa_with("key_ops", json!(["verify"])), Algorithm::Rs256)]
#[case::small_exponent(rsa_with("e", json!("Aw")), Algorithm::Rs256)]
#[case::leading_zero(rsa_with("e", json!(base64url([0, 1, 0, 1]))), Algorithm::Rs256)]
#[case::private_member(rsa_with("d", json!("c2VrcmV0")), Algorithm::Rs256)]
#[case::private_members_of_wrong_type(rsa_with("d", json!(5)), Algorithm::Rs256)]
#[case::malformed_certificate(rsa_with("x5c", json!(["junk", 1])), Algorithm::Rs256)]
fn usable_key_is_kept(#[case] jwk: Value, #[case] algorithm: Algorithm) {
    let set = process(&json!([jwk])).unwrap();
    assert_eq!(set.candidates(None, algorithm).unwrap().len(), 1);
}

#[rstest]
#[case::symmetric(json!({"kty": "oct", "k": base64url([7; 32])}))]
#[case::symmetric_with_alg(json!({"kty": "oct", "alg": "HS256", "k": base64url([7; 32])}))]
#[case::for_encryption(rsa_with("use", json!("enc")))]
#[case::operations_without_verify(rsa_with("key_ops", json!(["encrypt"])))]
#[case::alg_for_encryption(rsa_with("alg", json!("RSA-OAEP")))]
#[case::alg_symmetric(rsa_with("alg", json!("HS256")))]
#[case::alg_of_another_type(rsa_with("alg", json!("ES256")))]
#[case::type_unknown(rsa_with("kty", json!("XY")))]
#[case::type_in_small_letters(rsa_with("kty", json!("rsa")))]
#[case::type_of_wrong_type(rsa_with("kty", json!(1)))]
#[case::modulus_missing(json!({"kty": "RSA", "e": "AQAB"}))]
#[case::modulus_empty(rsa_with("n", json!("")))]
#[case::modulus_zero(rsa_with("n", json!(base64url([0; 256]))))]
#[case::modulus_of_512_bit(rsa_with("n", json!(base64url([0xff; 64]))))]
#[case::modulus_of_1024_bit(rsa_with("n", json!(base64url([0xff; 128]))))]
#[case::modulus_of_2047_bit(rsa_with("n", json!(base64url([[0x7f].as_slice(), &[0xff; 255]].concat()))))]
#[case::modulus_of_4104_bit(rsa_with("n", json!(base64url([0xff; 513]))))]
#[case::modulus_of_16384_bit(rsa_with("n", json!(base64url([0xff; 2048]))))]
#[case::modulus_even(rsa_with("n", json!(base64url([0xfe; 256]))))]
#[case::modulus_not_base64url(rsa_with("n", json!("+/+/")))]
#[case::modulus_of_wrong_type(rsa_with("n", json!(5)))]
#[case::exponent_one(rsa_with("e", json!("AQ")))]
#[case::exponent_zero(rsa_with("e", json!("AA")))]
#[case::exponent_even(rsa_with("e", json!(base64url([1, 0, 0]))))]
#[case::exponent_huge(rsa_with("e", json!(base64url([0xff; 256]))))]
#[case::exponent_empty(rsa_with("e", json!("")))]
#[case::curve_unknown(ec_with("crv", json!("secp256k1")))]
#[case::curve_missing(json!({"kty": "EC", "x": base64url([1; 32]), "y": base64url([1; 32])}))]
#[case::curve_of_another_size(ec_with("crv", json!("P-384")))]
#[case::point_off_the_curve(ec_with("x", json!(base64url([1; 32]))))]
#[case::point_at_zero(json!({"kty": "EC", "crv": "P-256", "x": base64url([0; 32]), "y": base64url([0; 32])}))]
#[case::coordinate_short(ec_with("y", json!(base64url([1; 31]))))]
#[case::okp_for_agreement(json!({"kty": "OKP", "crv": "X25519", "x": base64url([9; 32])}))]
#[case::okp_short(json!({"kty": "OKP", "crv": "Ed25519", "x": base64url([9; 31])}))]
#[case::not_an_object(json!("key"))]
#[case::null(json!(null))]
fn unusable_key_is_skipped(#[case] jwk: Value) {
    assert_eq!(process(&json!([jwk.clone()])).unwrap_err(), JwksError::NoUsableKey);
    let with_a_usable_key = process(&json!([jwk, ec384_key().jwk()])).unwrap();
    assert_eq!(with_a_usable_key.len(), 1);
    assert!(!with_a_usable_key.is_empty());
}

/// Whether a set with this text as its document has a key for the algorithm.
fn has_key(text: &str, algorithm: Algorithm) -> bool {
    process_jwks_response(&json_response(200, text)).is_ok_and(|set| set.candidates(None, algorithm).is_ok())
}

#[test]
fn members_that_describe_no_key_may_be_anything() {
    for (key, algorithm) in
        [(rsa_key(), Algorithm::Rs256), (ec_key(), Algorithm::Es256), (ed25519_key(), Algorithm::EdDsa)]
    {
        let set = json!({"keys": [key.jwk_named("a")], "next": 5});
        for variant in variants_of(&set, "/keys/0", &["x5c", "x5t", "x5t#S256", "ext", "d", "issuer", "exp"]) {
            assert!(has_key(&variant.text, algorithm), "{}", variant.label);
        }
        for variant in variants(&set, "", "next") {
            assert!(has_key(&variant.text, algorithm), "{}", variant.label);
        }
        // What cannot be read restricts nothing; another string, or one of two, does.
        for variant in variants_of(&set, "/keys/0", &["use", "alg", "key_ops", "kid"]) {
            let restricts = ["\"use\":\"text\"", "\"alg\":\"text\"", "\"key_ops\":[\"text\""];
            let unusable = variant.kind.is_defect() || restricts.iter().any(|text| variant.text.contains(text));
            assert_eq!(has_key(&variant.text, algorithm), !unusable, "{}", variant.label);
        }
    }
}

#[test]
fn members_that_describe_the_key_must_be_right() {
    for (key, algorithm, members) in [
        (rsa_key(), Algorithm::Rs256, &["kty", "n", "e"][..]),
        (ec521_key(), Algorithm::Es512, &["kty", "crv", "x", "y"]),
        (ed25519_key(), Algorithm::EdDsa, &["kty", "crv", "x"]),
    ] {
        let set = json!({"keys": [key.jwk_named("a")]});
        assert!(has_key(&set.to_string(), algorithm));
        for variant in variants_of(&set, "/keys/0", members) {
            assert!(!has_key(&variant.text, algorithm), "{}", variant.label);
        }
        for variant in variants(&set, "", "keys") {
            assert!(!has_key(&variant.text, algorithm), "{}", variant.label);
        }
    }
}

#[test]
fn set_of_more_than_fifty_keys_is_rejected() {
    let keys = |count: usize| json!(vec![ec_key().jwk(); count]);
    assert_eq!(process(&keys(50)).unwrap().len(), 50);
    assert_eq!(process(&keys(51)).unwrap_err(), JwksError::TooManyKeys);
    assert_eq!(process(&json!(vec![json!({}); 10_000])).unwrap_err(), JwksError::TooManyKeys);
}

#[rstest]
#[case::no_keys("{}", JwksError::Malformed(DocumentError::Missing("keys")))]
#[case::keys_object(r#"{"keys":{}}"#, JwksError::Malformed(DocumentError::WrongType("keys")))]
#[case::keys_null(r#"{"keys":null}"#, JwksError::Malformed(DocumentError::Missing("keys")))]
#[case::keys_empty(r#"{"keys":[]}"#, JwksError::NoUsableKey)]
#[case::keys_twice(r#"{"keys":[],"keys":[]}"#, JwksError::Malformed(DocumentError::Repeated("keys")))]
#[case::array("[]", JwksError::Malformed(DocumentError::NotAnObject))]
#[case::html("<html>", JwksError::Malformed(DocumentError::NotAnObject))]
fn malformed_set_is_rejected(#[case] body: &str, #[case] reason: JwksError) {
    assert_eq!(process_jwks_response(&json_response(200, body)).unwrap_err(), reason);
}

#[test]
fn only_status_200_within_the_limit_is_accepted() {
    let body = json!({"keys": [ec_key().jwk()]}).to_string();
    let mut response = json_response(200, &body);
    response.body.resize(MAX_BODY_BYTES, b' ');
    assert!(process_jwks_response(&response).is_ok());
    response.body.push(b' ');
    let reason = JwksError::Response(ResponseError::TooLarge);
    assert_eq!(process_jwks_response(&response).unwrap_err(), reason);
    for status in [204, 302, 404, 500] {
        assert!(process_jwks_response(&json_response(status, &body)).is_err(), "{status}");
    }
}

#[test]
fn keys_are_selected_by_kid_and_algorithm() {
    let set = jwk_set(&[rsa_key().jwk_named("a"), other_rsa_key().jwk_named("b"), ec_key().jwk_named("a")]);
    assert_eq!(set.candidates(Some("b"), Algorithm::Rs256).unwrap().len(), 1);
    assert_eq!(set.candidates(Some("a"), Algorithm::Es256).unwrap()[0].kid(), Some("a"));
    assert_eq!(set.candidates(Some("A"), Algorithm::Rs256).unwrap_err(), KeySelectionError::UnknownKid);
    assert_eq!(set.candidates(Some(""), Algorithm::Rs256).unwrap_err(), KeySelectionError::UnknownKid);
    assert_eq!(set.candidates(Some("b"), Algorithm::Es256).unwrap_err(), KeySelectionError::UnsuitableAlgorithm);
    assert_eq!(set.candidates(None, Algorithm::EdDsa).unwrap_err(), KeySelectionError::UnsuitableAlgorithm);
}

#[test]
fn without_kid_five_suitable_keys_are_too_many() {
    let set = |count: usize| jwk_set(&vec![ec_key().jwk_named("k"); count]);
    for count in 1..=4 {
        assert_eq!(set(count).candidates(None, Algorithm::Es256).unwrap().len(), count);
    }
    let reason = set(5).candidates(None, Algorithm::Es256).unwrap_err();
    assert_eq!(reason, KeySelectionError::TooManyWithoutKid);
}

#[test]
fn debug_output_hides_key_material() {
    let mut jwk = rsa_with("d", json!("c2VrcmV0"));
    jwk["p"] = json!("c2VrcmV0");
    let printed = format!("{:?}", jwk_set(&[jwk.clone()]));
    assert!(!printed.contains("c2VrcmV0") && !printed.contains(jwk["n"].as_str().unwrap()));
    assert!(printed.contains("\"a\""), "{printed}");
}
