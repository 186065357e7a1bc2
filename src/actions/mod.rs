//! Server functions, one file per intention. See the tour in `lib.rs`.

pub mod refusal;
