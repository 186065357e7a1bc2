//! COSE keys: what a credential may be registered with.

use minicbor::Encoder;
use rstest::rstest;

use super::*;

/// A key with two coordinates, or a modulus and an exponent, under these labels.
fn cose(key_type: i64, algorithm: i64, first: Value<'_>, second: &[u8], third: Option<&[u8]>) -> Vec<u8> {
    let mut cose = Encoder::new(Vec::new());
    cose.map(4 + u64::from(third.is_some())).unwrap();
    cose.i64(1).unwrap().i64(key_type).unwrap().i64(3).unwrap().i64(algorithm).unwrap().i64(-1).unwrap();
    match first {
        Value::Number(number) => cose.i64(number).unwrap(),
        Value::Bytes(bytes) => cose.bytes(bytes).unwrap(),
    };
    cose.i64(-2).unwrap().bytes(second).unwrap();
    if let Some(third) = third {
        cose.i64(-3).unwrap().bytes(third).unwrap();
    }
    cose.into_writer()
}

enum Value<'a> {
    Number(i64),
    Bytes(&'a [u8]),
}

use Value::{Bytes, Number};

/// The base point of P-256 (SEC 2 §2.4.2).
const X: &[u8; 32] = b"\x6b\x17\xd1\xf2\xe1\x2c\x42\x47\xf8\xbc\xe6\xe5\x63\xa4\x40\xf2\x77\x03\x7d\x81\x2d\xeb\x33\xa0\xf4\xa1\x39\x45\xd8\x98\xc2\x96";
const Y: &[u8; 32] = b"\x4f\xe3\x42\xe2\xfe\x1a\x7f\x9b\x8e\xe7\xeb\x4a\x7c\x0f\x9e\x16\x2b\xce\x33\x57\x6b\x31\x5e\xce\xcb\xb6\x40\x68\x37\xbf\x51\xf5";

#[test]
fn a_point_on_the_curve_is_a_key() {
    let bytes = cose(2, -7, Number(1), X, Some(Y));
    assert_eq!(PublicKey::from_cose(&bytes).unwrap().as_cose(), bytes);
}

#[rstest]
#[case::es384(cose(2, -35, Number(2), X, Some(Y)))]
#[case::es256k(cose(2, -47, Number(8), X, Some(Y)))]
#[case::ps256(cose(3, -37, Bytes(&[0xc1; 256]), &[1, 0, 1], None))]
#[case::rs1(cose(3, -65535, Bytes(&[0xc1; 256]), &[1, 0, 1], None))]
#[case::hmac(cose(4, 5, Bytes(&[1; 32]), &[], None))]
#[case::none(cose(2, 0, Number(1), X, Some(Y)))]
fn other_algorithms_are_refused(#[case] key: Vec<u8>) {
    assert_eq!(PublicKey::from_cose(&key), Err(WebAuthnError::UnsupportedAlgorithm));
}

#[rstest]
#[case::off_the_curve(cose(2, -7, Number(1), X, Some(X)))]
#[case::zero(cose(2, -7, Number(1), &[0; 32], Some(&[0; 32])))]
#[case::short_coordinate(cose(2, -7, Number(1), &X[1..], Some(Y)))]
#[case::long_coordinate(cose(2, -7, Number(1), &[&[0], X.as_slice()].concat(), Some(Y)))]
#[case::no_y(cose(2, -7, Number(1), X, None))]
#[case::other_curve(cose(2, -7, Number(2), X, Some(Y)))]
#[case::other_type(cose(1, -7, Number(1), X, Some(Y)))]
#[case::curve_as_bytes(cose(2, -7, Bytes(&[1]), X, Some(Y)))]
#[case::ed448(cose(1, -8, Number(7), &[1; 57], None))]
#[case::short_ed25519(cose(1, -8, Number(6), &[1; 31], None))]
#[case::short_modulus(cose(3, -257, Bytes(&[0xc1; 128]), &[1, 0, 1], None))]
#[case::even_modulus(cose(3, -257, Bytes(&[0xc2; 256]), &[1, 0, 1], None))]
#[case::exponent_of_one(cose(3, -257, Bytes(&[0xc1; 256]), &[1], None))]
#[case::exponent_of_zero(cose(3, -257, Bytes(&[0xc1; 256]), &[0], None))]
fn what_is_no_key_of_its_algorithm_is_refused(#[case] key: Vec<u8>) {
    assert_eq!(PublicKey::from_cose(&key), Err(WebAuthnError::InvalidKey));
}

#[rstest]
#[case::empty(vec![])]
#[case::array(vec![0x80])]
#[case::empty_map(vec![0xa0])]
#[case::endless_map(vec![0xbf, 0xff])]
#[case::huge_map(vec![0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])]
#[case::nested(vec![0xa1, 0xa1, 0x01, 0x02, 0x03])]
#[case::repeated_label(vec![0xa2, 0x01, 0x02, 0x01, 0x02])]
#[case::no_algorithm(vec![0xa1, 0x01, 0x02])]
#[case::cut_short(cose(2, -7, Number(1), X, Some(Y))[..70].to_vec())]
#[case::bytes_behind([cose(2, -7, Number(1), X, Some(Y)), vec![0]].concat())]
fn what_is_no_cose_key_is_refused(#[case] key: Vec<u8>) {
    assert_eq!(PublicKey::from_cose(&key), Err(WebAuthnError::Malformed));
}

#[test]
fn a_key_of_an_algorithm_that_was_not_offered_is_not_registered() {
    let mut ceremony = Ceremony::registration(challenge().expose());
    ceremony.cose = Some(cose(2, -35, Number(2), X, Some(Y)));
    assert_eq!(register(&Credential::es256(), &ceremony), Err(WebAuthnError::UnsupportedAlgorithm));
    ceremony.cose = Some(cose(2, -7, Number(1), X, Some(Y)));
    assert!(register(&Credential::es256(), &ceremony).is_ok());
}
