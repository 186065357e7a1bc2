//! PKCE (RFC 7636) with S256; `plain` is not supported.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::fields::Fields;

/// RFC 7636 §4.3; `Err` is an error description.
pub fn challenge(fields: &Fields) -> Result<Option<String>, String> {
    match (fields.get("code_challenge"), fields.get("code_challenge_method")) {
        (None, None) => Ok(None),
        (Some(challenge), Some("S256")) if challenge.len() == 43 => Ok(Some(challenge.to_owned())),
        (Some(_), Some("S256")) => Err("Invalid code_challenge".to_owned()),
        _ => Err("code_challenge needs code_challenge_method=S256, and the reverse".to_owned()),
    }
}

/// RFC 7636 §4.2.
pub fn s256(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenge_matches_rfc_7636_appendix_b() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(s256(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
