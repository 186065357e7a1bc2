//! The connection to SQLite or PostgreSQL: pool, transactions, migrations, upkeep.

pub(super) mod checkup;
pub(super) mod connecting;
pub(super) mod connection;
pub(super) mod database;
pub(super) mod engines;
pub(super) mod inline;
pub(super) mod load;
pub(super) mod migration;
pub(super) mod move_rows;
pub(super) mod pool;
pub(super) mod pool_executor;
pub(super) mod pool_upkeep;
pub(super) mod pooled;
pub(super) mod pooler;
pub(super) mod read;
pub(super) mod readiness;
pub(super) mod sole_process;
pub(super) mod sweep;
pub(super) mod url;
pub(super) mod wal;
pub(super) mod write;
