//! Public keys of credentials: COSE_Key (RFC 9052 §7, RFC 9053 §7, RFC 8230 §4).

use std::fmt;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};

use super::{
    WebAuthnError,
    cbor::{Cbor, Item, value_of},
};
use crate::oidc::RsaPublicKey;

/// The algorithms that are offered and accepted, as COSE numbers, the preferred first: ES256, EdDSA, RS256. Browsers advise to
/// offer the first and the last; every known authenticator has one of them.
pub(super) const ALGORITHMS: [i64; 3] = [ES256, EDDSA, RS256];

const ES256: i64 = -7;
const EDDSA: i64 = -8;
const RS256: i64 = -257;

/// Longest accepted key, in bytes: RSA of 4096 bits and its labels.
const MAX_BYTES: usize = 600;

const KEY_TYPE: Item<'_> = Item::Integer(1);
const ALGORITHM: Item<'_> = Item::Integer(3);
/// `crv` of elliptic curves, `n` of RSA.
const FIRST: Item<'_> = Item::Integer(-1);
/// `x`, or `e`.
const SECOND: Item<'_> = Item::Integer(-2);
/// `y`.
const THIRD: Item<'_> = Item::Integer(-3);

/// A key that verifies, with the algorithm that it names: WebAuthn §7.2 knows no other for it.
#[derive(Clone)]
pub struct PublicKey {
    cose: Vec<u8>,
    key: Key,
}

#[derive(Clone)]
enum Key {
    /// An uncompressed point (SEC 1 §2.3.3).
    Es256([u8; 65]),
    EdDsa([u8; 32]),
    Rs256(RsaPublicKey),
}

impl PublicKey {
    /// Parses a `COSE_Key`.
    ///
    /// # Errors
    /// [`WebAuthnError::Malformed`], [`WebAuthnError::UnsupportedAlgorithm`], or [`WebAuthnError::InvalidKey`] for a key that
    /// does not fit its algorithm or is none.
    pub fn from_cose(bytes: &[u8]) -> Result<Self, WebAuthnError> {
        let mut cbor = Cbor::new(bytes);
        let entries = cbor.map()?;
        if cbor.position() != bytes.len() || bytes.len() > MAX_BYTES {
            return Err(WebAuthnError::Malformed);
        }
        let of = |label| value_of(&entries, label);
        let (Some(Item::Integer(key_type)), Some(Item::Integer(algorithm))) = (of(KEY_TYPE), of(ALGORITHM)) else {
            return Err(WebAuthnError::Malformed);
        };
        if !ALGORITHMS.contains(&algorithm) {
            return Err(WebAuthnError::UnsupportedAlgorithm);
        }
        let key = match (algorithm, key_type, of(FIRST), of(SECOND), of(THIRD)) {
            // EC2 on P-256.
            (ES256, 2, Some(Item::Integer(1)), Some(Item::Bytes(x)), Some(Item::Bytes(y))) => es256(x, y),
            // OKP on Ed25519.
            (EDDSA, 1, Some(Item::Integer(6)), Some(Item::Bytes(x)), _) => eddsa(x),
            (RS256, 3, Some(Item::Bytes(n)), Some(Item::Bytes(e)), _) => RsaPublicKey::new(n, e).map(Key::Rs256),
            _ => None,
        };
        Ok(Self { cose: bytes.to_vec(), key: key.ok_or(WebAuthnError::InvalidKey)? })
    }

    /// The bytes that [`Self::from_cose`] reads.
    pub fn as_cose(&self) -> &[u8] {
        &self.cose
    }

    /// Whether this is the key's signature of the message. ECDSA signatures are ASN.1 (WebAuthn §6.5.5).
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.key {
            Key::Es256(point) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(message, signature).is_ok()
            }
            Key::EdDsa(key) => UnparsedPublicKey::new(&ED25519, key).verify(message, signature).is_ok(),
            Key::Rs256(key) => key.verifies(&RSA_PKCS1_2048_8192_SHA256, message, signature),
        }
    }
}

/// `None` for a point off the curve. §5.8.5 forbids the compressed form.
fn es256(x: &[u8], y: &[u8]) -> Option<Key> {
    let (x, y): (&[u8; 32], &[u8; 32]) = (x.try_into().ok()?, y.try_into().ok()?);
    let mut point = [4; 65];
    point[1..33].copy_from_slice(x);
    point[33..].copy_from_slice(y);
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, &point).parse().ok()?;
    Some(Key::Es256(point))
}

fn eddsa(x: &[u8]) -> Option<Key> {
    let key: [u8; 32] = x.try_into().ok()?;
    UnparsedPublicKey::new(&ED25519, &key).parse().ok()?;
    Some(Key::EdDsa(key))
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.cose == other.cose
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match &self.key {
            Key::Es256(_) => "PublicKey(ES256)",
            Key::EdDsa(_) => "PublicKey(EdDSA)",
            Key::Rs256(_) => "PublicKey(RS256)",
        })
    }
}
