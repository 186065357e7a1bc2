//! The real router over real HTTP, on SQLite and on PostgreSQL, against the sandbox and its misbehaviours.

mod app;
mod browser;
#[path = "../support/mod.rs"]
mod support;

mod sign_in;
