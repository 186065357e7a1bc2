//! What integration tests stand on. Each test binary uses its part of it.
#![allow(dead_code)]

pub mod database;
mod postgres;
pub mod schema;
