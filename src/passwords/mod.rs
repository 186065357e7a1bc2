//! Password hashing on a bounded pool of threads, and the limit on password attempts per account. See the tour in
//! `lib.rs`. `accounts` decides which passwords are strong enough.

mod argon2id;
mod attempts;
mod foreign;
mod pool;

pub use argon2id::is_readable;
pub use attempts::{ATTEMPT_INTERVAL, ATTEMPTS, Attempts, CODE_ATTEMPTS, CODE_INTERVAL, EMAIL_INTERVAL, EMAILS};
pub use pool::{PasswordPool, PoolError, Verdict};
