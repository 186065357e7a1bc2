//! The refresh token: opaque, 256 random bits.

use std::fmt;

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};

use super::error::TokensError;
use crate::store::NewRefreshToken;

/// What each begins with, so that people, and programs that look for leaked secrets, know one when they see it.
const PREFIX: &str = "lkr_";

/// A refresh token. Never printed, and kept as its hash.
#[derive(Clone)]
pub struct RefreshToken(SecretString);

impl RefreshToken {
    /// A new one.
    ///
    /// # Errors
    /// [`TokensError::NoRandomness`].
    pub fn mint() -> Result<Self, TokensError> {
        let mut bytes = [0; 32];
        rand::fill(&mut bytes).map_err(|_| TokensError::NoRandomness)?;
        Ok(Self(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)).into()))
    }

    /// One that somebody brings. `None` for what cannot be one of ours: the database is not asked about it.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix(PREFIX)?).ok()?;
        (bytes.len() == 32).then(|| Self(text.into()))
    }

    /// The token as it is sent.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// What the database knows it by. A plain hash is enough: nobody guesses 256 bits.
    pub(super) fn hash(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest(&SHA256, self.expose().as_bytes()))
    }

    /// The same to be written down.
    pub(super) fn to_row(&self) -> NewRefreshToken {
        NewRefreshToken { hash: self.hash(), text: self.0.clone() }
    }

    /// One that the database kept for a second try.
    pub(super) fn kept(text: SecretString) -> Self {
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
    fn what_is_minted_is_read_back_and_no_two_are_alike() {
        let (one, other) = (RefreshToken::mint().unwrap(), RefreshToken::mint().unwrap());
        assert!(one.expose().starts_with("lkr_") && one.expose().len() == 47);
        assert_ne!(one.expose(), other.expose());
        let read = RefreshToken::parse(one.expose()).unwrap();
        assert_eq!(read.hash(), one.hash());
        assert!(one.hash() != other.hash() && !one.hash().contains(one.expose()));
    }

    #[test]
    fn what_cannot_be_ours_is_not_looked_up() {
        let good = RefreshToken::mint().unwrap();
        let good = good.expose();
        let texts = [
            "",
            "lkr_",
            &good[4..],
            &good[..46],
            &format!("{good}A"),
            &format!("{good} "),
            &format!("LKR_{}", &good[4..]),
            &format!("lkr_{}", "A".repeat(100_000)),
            &format!("lkr_{}", "!".repeat(43)),
        ];
        for text in texts {
            assert!(RefreshToken::parse(text).is_none(), "{text}");
        }
        assert!(RefreshToken::parse(good).is_some());
    }

    #[test]
    fn it_does_not_print() {
        let token = RefreshToken::mint().unwrap();
        assert!(!format!("{token:?}").contains(token.expose()));
        assert!(!format!("{:?}", token.to_row()).contains(token.expose()));
    }
}
