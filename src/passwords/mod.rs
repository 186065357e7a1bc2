//! Passwords made and tried: a bounded pool of threads for the hashing, and how often one account's may be tried. See
//! the tour in `lib.rs`. Which passwords are good enough is a rule of `accounts`.

mod argon2id;
mod attempts;
mod pool;

pub use attempts::Attempts;
pub use pool::{PasswordPool, PoolError, Verdict};
