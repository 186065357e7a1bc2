//! Closed lists of codes that the server, its pages and API clients share, and how a URL carries them. Both targets.

pub mod access;
pub mod api;
pub mod files;
pub mod outcome;
pub mod percent;
pub mod sign_in_error;
