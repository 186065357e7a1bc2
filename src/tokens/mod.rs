//! Tokens: an application that carries no cookie of ours gets an access token for five minutes and a refresh token for
//! the next one. See the tour in `lib.rs`.
//!
//! A session row is the family of its tokens: what ends the row ends them. Access tokens are JWTs (RFC 9068) that anybody
//! verifies who has our public keys; refresh tokens are opaque and lie hashed in the database.
//!
//! Reading order: `SigningKey`, `plan`, `KeyRing`, `AccessClaims`, `access_token`, `RefreshToken`, `Tokens`; and
//! `KeyReport`, which `latchkey keys` prints.

mod access_claims;
mod access_token;
mod error;
mod issuer;
mod jwk;
mod key_report;
mod key_ring;
mod key_set;
mod plan;
mod refresh_token;
mod signing_key;
mod verified;

#[cfg(test)]
mod tests;

pub use access_claims::{AccessClaims, LIFETIME};
pub use error::{AccessTokenError, RefreshTokenError, TokensError};
pub use issuer::{Opening, Pair, Tokens};
pub use key_report::{KeyReport, list_keys, rotate_keys};
pub use plan::{KeyState, state as key_state};
pub use refresh_token::RefreshToken;
