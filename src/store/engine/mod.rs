//! The connection to SQLite or PostgreSQL: pool, transactions, migrations, upkeep.

pub(super) mod checkup;
pub(super) mod database;
pub(super) mod engines;
pub(super) mod sole_process;
pub(super) mod sweep;
pub(super) mod write;
