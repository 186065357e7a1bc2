//! What a person sees. See the tour in `lib.rs`.

pub mod view;
