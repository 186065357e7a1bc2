//! What the server and its pages tell each other: closed lists of codes, and how an address carries them. Both targets.

pub mod access;
pub mod api;
pub mod files;
pub mod outcome;
pub mod percent;
pub mod sign_in_error;
