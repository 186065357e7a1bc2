//! `alg`: the supported signature algorithms (RFC 7518 §3.1, RFC 8037, RFC 9864).

use aws_lc_rs::digest::{self, digest};

/// Stands in errors for a name that is not registered.
pub(super) const UNKNOWN_NAME: &str = "unknown";
/// The names of algorithms that are registered for JWS and not supported.
const UNSUPPORTED: [&str; 6] = ["none", "HS256", "HS384", "HS512", "ES256K", "Ed448"];

/// An asymmetric signature algorithm. `none` and the `HS` family have no variant, so no allow list can contain them
/// and no public key can serve as an HMAC secret (RFC 8725 §2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256, which every OpenID provider has to support (Discovery §3).
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    Rs384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    Rs512,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// RSASSA-PSS with SHA-384.
    Ps384,
    /// RSASSA-PSS with SHA-512.
    Ps512,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
    /// ECDSA on P-521 with SHA-512.
    Es512,
    /// EdDSA with Ed25519, also named `Ed25519` (RFC 9864).
    EdDsa,
}

/// A registered name as a constant, so that errors contain no text of the provider's.
pub(super) fn registered_name(name: &str) -> &'static str {
    match Algorithm::from_name(name) {
        Some(algorithm) => algorithm.name(),
        None => UNSUPPORTED.into_iter().find(|known| *known == name).unwrap_or(UNKNOWN_NAME),
    }
}

impl Algorithm {
    /// Every algorithm.
    pub const ALL: [Self; 10] = [
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
        Self::Ps256,
        Self::Ps384,
        Self::Ps512,
        Self::Es256,
        Self::Es384,
        Self::Es512,
        Self::EdDsa,
    ];

    /// Parses a registered name, case-sensitively.
    pub fn from_name(name: &str) -> Option<Self> {
        if name == "Ed25519" {
            return Some(Self::EdDsa);
        }
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// The name in RFC 7518 and RFC 8037, for `alg`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Es512 => "ES512",
            Self::EdDsa => "EdDSA",
        }
    }

    /// The hash for `at_hash` and `c_hash` with this algorithm (Core §3.1.3.6); SHA-512 for Ed25519.
    pub(super) fn hash(self, data: &[u8]) -> digest::Digest {
        let hash = match self {
            Self::Rs256 | Self::Ps256 | Self::Es256 => &digest::SHA256,
            Self::Rs384 | Self::Ps384 | Self::Es384 => &digest::SHA384,
            Self::Rs512 | Self::Ps512 | Self::Es512 | Self::EdDsa => &digest::SHA512,
        };
        digest(hash, data)
    }
}
