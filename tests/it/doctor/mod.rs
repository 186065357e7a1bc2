//! `latchkey doctor` against the sandbox and its misbehaviours, on SQLite and on PostgreSQL, and as a command.

mod command;
mod database;
mod patient;
mod providers;
mod signing_keys;
