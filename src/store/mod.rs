//! The database: named queries, portable between SQLite and PostgreSQL. See the tour in `lib.rs`.
//!
//! `Database::settle` is the heart: it gathers the facts, asks `accounts::decide` and carries the answer out
//! in one transaction. Everything else is one query with a name.

mod carry_out;
mod checkup;
mod database;
mod engine;
mod error;
mod events;
mod explain;
mod flows;
mod identities;
mod session_rows;
mod sessions;
mod settle;
mod standing;
mod sweep;
mod user_rows;
mod users;
mod write;

pub use checkup::{DatabaseCheckup, Migrations, Reach};
pub use database::Database;
pub use error::StoreError;
pub use events::{NewEvent, Origin};
pub use explain::PastDecision;
pub use flows::FlowStatus;
pub use session_rows::{ActiveSession, NewSession, Session};
pub use settle::{Settled, Settlement, SignedIn};
