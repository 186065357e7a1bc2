//! Proof Key for Code Exchange, RFC 7636, with `S256` as the only method: `plain` would put the verifier itself into
//! the URL (RFC 9700 §2.1.1).

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::PkceVerifier;

/// `code_challenge`: the digest of the verifier in the authorization request (RFC 7636 §4.2). Not a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PkceChallenge(String);

impl PkceVerifier {
    /// `BASE64URL-ENCODE(SHA256(ASCII(code_verifier)))`.
    pub fn challenge(&self) -> PkceChallenge {
        PkceChallenge(URL_SAFE_NO_PAD.encode(digest(&SHA256, self.expose().as_bytes())))
    }
}

impl PkceChallenge {
    /// `code_challenge_method`.
    pub const METHOD: &str = "S256";

    /// The challenge, 43 characters of base64url.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
