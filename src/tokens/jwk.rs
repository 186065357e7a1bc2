//! A public P-256 key as JSON: RFC 7517, RFC 7518 §6.2; its thumbprint: RFC 7638.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// Bytes of a coordinate.
const COORDINATE: usize = 32;
/// Uncompressed, as SEC 1 §2.3.3 writes it.
const UNCOMPRESSED: u8 = 4;

/// A key as a member of our set, by its point (a four, x and y), with its thumbprint as `kid`. `None` for another curve.
pub(super) fn jwk(point: &[u8]) -> Option<Value> {
    let (x, y) = coordinates(point)?;
    let kid = thumbprint(point)?;
    Some(json!({"kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": kid, "alg": "ES256", "use": "sig"}))
}

/// The thumbprint of a key by its point: the required members alone, in the order of their names, without white space
/// (RFC 7638 §3.1).
pub(super) fn thumbprint(point: &[u8]) -> Option<String> {
    let (x, y) = coordinates(point)?;
    let members = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
    Some(URL_SAFE_NO_PAD.encode(digest(&SHA256, members.as_bytes())))
}

/// The point of a key that we wrote down.
pub(super) fn point(jwk: &Value) -> Option<Vec<u8>> {
    let bytes = |name: &str| URL_SAFE_NO_PAD.decode(jwk.get(name)?.as_str()?).ok().filter(|b| b.len() == COORDINATE);
    (jwk.get("crv")? == "P-256").then_some(())?;
    Some([&[UNCOMPRESSED], bytes("x")?.as_slice(), bytes("y")?.as_slice()].concat())
}

fn coordinates(point: &[u8]) -> Option<(String, String)> {
    let (first, rest) = point.split_first()?;
    let (x, y) = rest.split_at_checked(COORDINATE)?;
    (*first == UNCOMPRESSED && y.len() == COORDINATE).then(|| (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y)))
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};

    use super::*;

    #[test]
    fn a_key_is_read_back_and_named_by_its_thumbprint() {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let key = jwk(pair.public_key().as_ref()).unwrap();
        assert_eq!(point(&key).unwrap(), pair.public_key().as_ref());
        assert_eq!(key["kid"].as_str().unwrap().len(), 43);
        assert!(key.get("d").is_none());
    }

    /// `jsonwebtoken` reckons thumbprints, too: two who agree.
    #[test]
    fn the_thumbprint_is_that_of_the_rfc() {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let key = jwk(pair.public_key().as_ref()).unwrap();
        let theirs: jsonwebtoken::jwk::Jwk = serde_json::from_value(key.clone()).unwrap();
        assert_eq!(theirs.thumbprint(jsonwebtoken::jwk::ThumbprintHash::SHA256).unwrap(), key["kid"].as_str().unwrap());
    }

    #[test]
    fn what_is_no_point_of_this_curve_is_no_key() {
        for point in [&[] as &[u8], &[4; 64], &[4; 66], &[2; 65], &[4; 97]] {
            assert!(jwk(point).is_none() && thumbprint(point).is_none());
        }
        for wrong in
            [json!({}), json!({"crv": "P-384", "x": "AA", "y": "AA"}), json!({"crv": "P-256", "x": 1, "y": "AA"})]
        {
            assert!(point(&wrong).is_none(), "{wrong}");
        }
    }
}
