//! The tables `users`, `identities` and `passwords`.

pub(super) mod administer;
pub(super) mod data_deletion;
pub(super) mod delete;
pub(super) mod demo;
pub(super) mod export;
pub(super) mod identities;
pub(super) mod import;
pub(super) mod name;
pub(super) mod pages;
pub(super) mod passkeys;
pub(super) mod passwords;
pub(super) mod provider_events;
pub(super) mod queries;
pub(super) mod rows;
pub(super) mod sign_in_methods;
