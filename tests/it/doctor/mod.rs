//! `latchkey doctor` against a sandbox that may misbehave, on SQLite and PostgreSQL, and as a command.

mod command;
mod database;
mod outbound;
mod providers;
mod setup;
mod signing_keys;
pub mod tls_provider;
