//! Shared by all integration tests.

pub mod database;
mod postgres;
pub mod schema;
