//! Server functions, one file per intention. See the tour in `lib.rs`.

pub mod callback;
pub mod outcome;
pub mod percent;
pub mod refusal;
pub mod sign_out;
