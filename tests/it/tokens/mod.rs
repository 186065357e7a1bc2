//! Tokens on both engines: refresh tokens that race or are reused, and signing keys that change while two servers use
//! them.

mod families;
mod races;
mod recipe;
mod refresh;
mod server;
mod signing_keys;
