//! One file per page. A page reads its view model from the context and draws it; it asks nobody anything.

pub mod dashboard;
pub mod error;
pub mod login;
