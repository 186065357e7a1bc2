//! Authenticated encryption for values that leave the process and come back (cookies) or rest in the database (tokens,
//! keys, emails). Beside it the random values and digests that the later rooms share. See the tour in `lib.rs`.

mod digest;
mod random;
mod sealer;

pub use digest::{sha256_base64url, sha256_hex};
pub use random::{RandomError, random_bytes, random_text};
pub use sealer::{MAC_BYTES, Sealer, SealingError};
