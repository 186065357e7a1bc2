//! Tokens on both engines: refresh tokens that race, come again or come late, and signing keys that change while two
//! machines use them.

mod families;
mod mock;
mod races;
mod refresh;
mod signing_keys;
