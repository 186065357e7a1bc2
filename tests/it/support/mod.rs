//! Shared by all integration tests.

pub mod database;
mod postgres;
pub mod proxy;
pub mod schema;
