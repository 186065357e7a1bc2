//! Server functions, one file per intention. See the tour in `lib.rs`.

pub mod callback;
pub mod sign_out;

pub use crate::codes::{outcome, percent, refusal};
