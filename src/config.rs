//! See the tour in `lib.rs`.
