//! See the tour in `lib.rs`.

mod profile;

pub use profile::{Profile, ProfileEmail};
