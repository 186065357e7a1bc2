//! The refresh token: opaque, 256 random bits.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};

use super::error::TokensError;
use crate::{
    sealing::{random_text, sha256_base64url},
    store::NewRefreshToken,
};

/// The prefix by which users and secret scanners recognise a refresh token.
const PREFIX: &str = "lkr_";

/// A refresh token: `lkr_` and 32 random bytes as base64url. Does not print; the database stores its hash.
#[derive(Clone)]
pub struct RefreshToken(SecretString);

impl RefreshToken {
    /// Generates a refresh token.
    ///
    /// # Errors
    /// [`TokensError::NoRandomness`].
    pub fn mint() -> Result<Self, TokensError> {
        Ok(Self(format!("{PREFIX}{}", random_text::<32>()?).into()))
    }

    /// Parses the format of a presented token; `None` if it is malformed. Whether the token is valid, the database
    /// knows.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix(PREFIX)?).ok()?;
        (bytes.len() == 32).then(|| Self(text.into()))
    }

    /// The token, for the response to the client.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// The hash that the database stores. SHA-256 is enough for 256 random bits.
    pub(super) fn hash(&self) -> String {
        sha256_base64url(self.expose())
    }

    pub(super) fn to_row(&self) -> NewRefreshToken {
        NewRefreshToken { hash: self.hash(), text: self.0.clone() }
    }

    /// The successor that the database keeps sealed for a repeated request.
    pub(super) fn from_database(text: SecretString) -> Self {
        Self(text)
    }
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefreshToken([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minted_tokens_parse_and_differ() {
        let (one, other) = (RefreshToken::mint().unwrap(), RefreshToken::mint().unwrap());
        assert!(one.expose().starts_with("lkr_") && one.expose().len() == 47);
        assert_ne!(one.expose(), other.expose());
        let read = RefreshToken::parse(one.expose()).unwrap();
        assert_eq!(read.hash(), one.hash());
        assert!(one.hash() != other.hash() && !one.hash().contains(one.expose()));
    }

    #[test]
    fn malformed_tokens_do_not_parse() {
        let token = RefreshToken::mint().unwrap();
        let valid = token.expose();
        let texts = [
            "",
            "lkr_",
            &valid[4..],
            &valid[..46],
            &format!("{valid}A"),
            &format!("{valid} "),
            &format!("LKR_{}", &valid[4..]),
            &format!("lkr_{}", "A".repeat(100_000)),
            &format!("lkr_{}", "!".repeat(43)),
        ];
        for text in texts {
            assert!(RefreshToken::parse(text).is_none(), "{text}");
        }
        assert!(RefreshToken::parse(valid).is_some());
    }

    #[test]
    fn debug_output_hides_the_token() {
        let token = RefreshToken::mint().unwrap();
        assert!(!format!("{token:?}").contains(token.expose()));
        assert!(!format!("{:?}", token.to_row()).contains(token.expose()));
    }
}
