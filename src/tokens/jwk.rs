//! A public P-256 key as a JWK (RFC 7517, RFC 7518 §6.2) and its thumbprint (RFC 7638).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::sealing::sha256_base64url;

const COORDINATE_BYTES: usize = 32;
/// The first byte of an uncompressed point (SEC 1 §2.3.3).
const UNCOMPRESSED: u8 = 4;

/// The JWK of an uncompressed point, with its thumbprint as `kid`. `None` for another curve or encoding.
pub(super) fn jwk(point: &[u8]) -> Option<Value> {
    let (x, y) = coordinates(point)?;
    let kid = thumbprint(point)?;
    Some(json!({"kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": kid, "alg": "ES256", "use": "sig"}))
}

/// The thumbprint of a point: SHA-256 of the required members in lexicographic order, without white space (RFC 7638
/// §3.1).
pub(super) fn thumbprint(point: &[u8]) -> Option<String> {
    let (x, y) = coordinates(point)?;
    let members = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
    Some(sha256_base64url(members))
}

/// The uncompressed point of a stored JWK; `None` if it is malformed.
pub(super) fn point(jwk: &Value) -> Option<Vec<u8>> {
    let bytes = |name: &str| {
        URL_SAFE_NO_PAD.decode(jwk.get(name)?.as_str()?).ok().filter(|bytes| bytes.len() == COORDINATE_BYTES)
    };
    (jwk.get("crv")? == "P-256").then_some(())?;
    Some([&[UNCOMPRESSED], bytes("x")?.as_slice(), bytes("y")?.as_slice()].concat())
}

fn coordinates(point: &[u8]) -> Option<(String, String)> {
    let (first, rest) = point.split_first()?;
    let (x, y) = rest.split_at_checked(COORDINATE_BYTES)?;
    (*first == UNCOMPRESSED && y.len() == COORDINATE_BYTES)
        .then(|| (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y)))
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};

    use super::*;

    #[test]
    fn point_round_trips_through_its_jwk() {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let key = jwk(pair.public_key().as_ref()).unwrap();
        assert_eq!(point(&key).unwrap(), pair.public_key().as_ref());
        assert_eq!(key["kid"].as_str().unwrap().len(), 43);
        assert!(key.get("d").is_none());
    }

    #[test]
    fn thumbprint_matches_jsonwebtoken() {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let key = jwk(pair.public_key().as_ref()).unwrap();
        let parsed: jsonwebtoken::jwk::Jwk = serde_json::from_value(key.clone()).unwrap();
        assert_eq!(parsed.thumbprint(jsonwebtoken::jwk::ThumbprintHash::SHA256).unwrap(), key["kid"].as_str().unwrap());
    }

    #[test]
    fn malformed_point_or_jwk_is_rejected() {
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
