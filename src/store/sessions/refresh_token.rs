//! The text of a refresh token.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};

use crate::sealing::{MAC_BYTES, Sealer, random_bytes, sha256_base64url};
use crate::store::error::StoreError;

/// The prefix by which users and secret scanners recognise a refresh token.
const PREFIX: &str = "lkr_";
const SESSION_BYTES: usize = 16;
const GENERATION_BYTES: usize = 8;
const SECRET_BYTES: usize = 16;
const SIGNED_BYTES: usize = SESSION_BYTES + GENERATION_BYTES + SECRET_BYTES;

/// A refresh token: `lkr_` and, as base64url, the session's id (16 bytes), the generation (8 bytes, big endian), 128 random
/// bits, and a MAC of these (16 bytes). Does not print.
///
/// The random bits make it a credential: the database has their hash. The MAC only shows that a token whose hash is no
/// longer stored was issued here, so that its reuse is recognised although no row is kept for it.
#[derive(Clone)]
pub struct RefreshToken {
    text: SecretString,
    session: String,
    generation: i64,
}

impl RefreshToken {
    pub(in crate::store) fn mint(sealer: &Sealer, session: &str, generation: i64) -> Result<Self, StoreError> {
        let corrupt = || StoreError::Corrupt("sessions.id".into());
        let id = URL_SAFE_NO_PAD.decode(session).ok().filter(|id| id.len() == SESSION_BYTES).ok_or_else(corrupt)?;
        let mut bytes = [&id[..], &generation.to_be_bytes(), &random_bytes::<SECRET_BYTES>()?].concat();
        bytes.extend(sealer.mac(&bytes));
        let text = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)).into();
        Ok(Self { text, session: session.to_owned(), generation })
    }

    /// Parses the format of a presented token; `None` if it is malformed. Whether the token is valid, the database knows.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix(PREFIX)?).ok()?;
        if bytes.len() != SIGNED_BYTES + MAC_BYTES {
            return None;
        }
        let (id, rest) = bytes.split_at(SESSION_BYTES);
        let generation = i64::from_be_bytes(*rest.first_chunk()?);
        Some(Self { text: text.into(), session: URL_SAFE_NO_PAD.encode(id), generation })
    }

    /// The token, for the response to the client.
    pub fn expose(&self) -> &str {
        self.text.expose_secret()
    }

    /// The id of its session. Not authenticated.
    pub fn session(&self) -> &str {
        &self.session
    }

    /// Its number among the tokens of its session. Not authenticated.
    pub(in crate::store) fn generation(&self) -> i64 {
        self.generation
    }

    /// What the database stores of the token. SHA-256 is enough for 128 random bits.
    pub(in crate::store) fn hash(&self) -> String {
        sha256_base64url(self.expose())
    }

    /// Whether this server, or one with a common secret key, issued the token.
    pub(in crate::store) fn is_authentic(&self, sealer: &Sealer) -> bool {
        let encoded = self.expose().strip_prefix(PREFIX).unwrap_or_default();
        let bytes = URL_SAFE_NO_PAD.decode(encoded).unwrap_or_default();
        bytes.split_at_checked(SIGNED_BYTES).is_some_and(|(signed, mac)| sealer.is_authentic(signed, mac))
    }
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { session, generation, .. } = self;
        write!(f, "RefreshToken({generation} of {session})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SESSION: &str = "AAAAAAAAAAAAAAAAAAAAAA";

    fn sealer(secret: u8) -> Sealer {
        Sealer::new([[secret; 32].as_slice()].into_iter(), "test").unwrap()
    }

    #[test]
    fn minted_tokens_parse_and_differ() {
        let [one, other] = [1, 1].map(|secret| RefreshToken::mint(&sealer(secret), SESSION, 7).unwrap());
        assert!(one.expose().starts_with("lkr_") && one.expose().len() == 79);
        assert_ne!(one.expose(), other.expose());
        let parsed = RefreshToken::parse(one.expose()).unwrap();
        assert_eq!((parsed.session(), parsed.generation(), parsed.hash()), (SESSION, 7, one.hash()));
        assert!(one.hash() != other.hash() && !one.hash().contains(one.expose()));
        assert!(RefreshToken::mint(&sealer(1), "no id", 1).is_err());
    }

    #[test]
    fn malformed_tokens_do_not_parse() {
        let token = RefreshToken::mint(&sealer(1), SESSION, 1).unwrap();
        let valid = token.expose();
        let texts = [
            "",
            "lkr_",
            &valid[4..],
            &valid[..78],
            &format!("{valid}A"),
            &format!("{valid} "),
            &format!("LKR_{}", &valid[4..]),
            &format!("lkr_{}", "A".repeat(100_000)),
            &format!("lkr_{}", "!".repeat(75)),
        ];
        for text in texts {
            assert!(RefreshToken::parse(text).is_none(), "{text}");
        }
        assert!(RefreshToken::parse(valid).is_some());
    }

    #[test]
    fn only_an_unaltered_token_is_authentic() {
        let token = RefreshToken::mint(&sealer(1), SESSION, 1).unwrap();
        assert!(token.is_authentic(&sealer(1)) && !token.is_authentic(&sealer(2)));
        let bytes = URL_SAFE_NO_PAD.decode(&token.expose()[4..]).unwrap();
        for at in 0..bytes.len() {
            let mut altered = bytes.clone();
            altered[at] ^= 1;
            let altered = RefreshToken::parse(&format!("lkr_{}", URL_SAFE_NO_PAD.encode(altered))).unwrap();
            assert!(!altered.is_authentic(&sealer(1)), "byte {at}");
        }
    }

    #[test]
    fn debug_output_hides_the_token() {
        let token = RefreshToken::mint(&sealer(1), SESSION, 3).unwrap();
        assert_eq!(format!("{token:?}"), format!("RefreshToken(3 of {SESSION})"));
    }
}
