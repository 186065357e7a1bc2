//! Token sessions: a client that uses no session cookie gets an access token for five minutes and a refresh token for
//! the next pair. See the tour in `lib.rs`.
//!
//! All tokens of a session belong to its row: ending the session ends them. Access tokens are JWTs (RFC 9068), which
//! other services verify with the published keys; refresh tokens ([`RefreshToken`](crate::store::RefreshToken)) are opaque,
//! and the database stores the hash of the current one.
//!
//! Reading order: `SigningKey`, `plan`, `KeyRing`, `AccessClaims`, `access_token`, `Tokens`; and `KeyReport`, which `latchkey keys` prints.

mod access_claims;
mod access_token;
mod error;
mod issuer;
mod jwk;
mod key_report;
mod key_ring;
mod key_set;
mod plan;
mod signing_key;
mod token_pair;
mod verified;

#[cfg(test)]
mod tests;

pub use access_claims::{AccessClaims, LIFETIME};
pub use error::{AccessTokenError, RefreshTokenError, TokensError};
pub use issuer::{TokenPolicy, Tokens};
pub use key_report::{KeyReport, Urgency, list_keys, rotate_keys};
pub use plan::{KeyState, state as key_state};
pub use token_pair::{NewTokenSession, TokenPair};
