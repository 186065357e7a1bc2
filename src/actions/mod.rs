//! Server functions, one file per intention. See the tour in `lib.rs`.

pub mod callback;
pub mod devices;
pub mod email;
pub mod grants;
pub mod linking;
pub mod password;
pub mod proof;
pub mod secret;
pub mod settings;
pub mod sign_out;
