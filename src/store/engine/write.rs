//! Writing: one at a time on SQLite, side by side on PostgreSQL.

use std::sync::Arc;

use tokio::sync::OwnedMutexGuard;

use crate::sealing::Sealer;
use crate::store::engine::connection::Connection;
use crate::store::engine::database::Database;
use crate::store::engine::engines::Engine;
use crate::store::engine::pool::{PATIENCE, Pool};
use crate::store::engine::pooled::Pooled;
use crate::store::error::StoreError;
use crate::store::sessions::revocation_cache::RevocationCache;

/// The turn to write on SQLite; `None` on PostgreSQL.
pub(in crate::store) type Turn = Option<OwnedMutexGuard<()>>;

/// Why a transaction failed.
pub(in crate::store) trait Failure {
    /// What the database says, if it was the database.
    fn of_database(&self) -> Option<&StoreError>;
}

impl Failure for StoreError {
    fn of_database(&self) -> Option<&StoreError> {
        Some(self)
    }
}

/// A transaction that writes. Rolled back when dropped.
pub(in crate::store) struct Write<'a> {
    connection: Pooled,
    engine: Engine,
    pool: &'a Pool,
    sealer: &'a Sealer,
    has_passkeys: bool,
    revocation_cache: &'a RevocationCache,
}

impl Database {
    pub(in crate::store) async fn turn(&self) -> Result<Turn, StoreError> {
        match self.engine {
            Engine::Postgres => Ok(None),
            Engine::Sqlite => match tokio::time::timeout(PATIENCE, Arc::clone(&self.turn).lock_owned()).await {
                Ok(turn) => Ok(Some(turn)),
                Err(elapsed) => Err(StoreError::Unavailable(elapsed.into())),
            },
        }
    }

    /// Retries a transaction that lost a race, and once one that a database refused which takes no writes: another
    /// connection may lead to the new primary, and what SQLite knows of a full disk ends with the connection.
    pub(in crate::store) async fn retried<T, E: Failure, F: Future<Output = Result<T, E>>>(
        &self,
        mut attempt: impl FnMut() -> F,
    ) -> Result<T, E> {
        /// One retry normally suffices; more are for heavy contention.
        const ATTEMPTS: usize = 5;
        let (mut attempts, mut refused) = (1, false);
        loop {
            let outcome = attempt().await;
            match outcome.as_ref().err().and_then(Failure::of_database) {
                Some(error) if error.is_race() && attempts < ATTEMPTS => attempts += 1,
                Some(error @ StoreError::RefusesWrites(_)) if !refused => {
                    tracing::warn!(%error, "trying again on another connection");
                    refused = true;
                }
                _ => return outcome,
            }
        }
    }

    /// Begins a write transaction. The only place where one begins.
    ///
    /// Cancelled at any point, it leaves nothing behind: a connection that comes back inside a transaction, or before an
    /// answer, is rolled back before anybody else gets it (`pool`).
    pub(in crate::store) async fn write(&self) -> Result<Write<'_>, StoreError> {
        // The turn before the connection: a waiting writer must not hold a connection that a reader needs.
        let turn = self.turn().await?;
        let mut connection = self.pool.acquire().await?;
        if let Err(error) = connection.begin(self.engine.begin()).await {
            if !connection.was_stale() {
                return Err(error.into());
            }
            // Closed while it was idle: nothing has happened yet.
            drop(connection);
            connection = self.pool.acquire().await?;
            connection.begin(self.engine.begin()).await?;
        }
        connection.turn = turn;
        let (engine, sealer, revocation_cache) = (self.engine, &*self.sealer, &self.revocation_cache);
        Ok(Write { connection, engine, pool: &self.pool, sealer, has_passkeys: self.has_passkeys(), revocation_cache })
    }
}

impl<'a> Write<'a> {
    /// The connection, for queries within the transaction.
    pub(in crate::store) fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }

    /// Whether a passkey is a way to sign in.
    pub(in crate::store) fn has_passkeys(&self) -> bool {
        self.has_passkeys
    }

    pub(in crate::store) fn sealer(&self) -> &'a Sealer {
        self.sealer
    }

    /// Excludes other transactions that lock one of these names until this one ends. On PostgreSQL, two transactions
    /// could otherwise both find an email address free, where there is no row yet to lock. SQLite has a single writer.
    pub(in crate::store) async fn lock(&mut self, names: &[String]) -> Result<(), StoreError> {
        if self.engine == Engine::Sqlite {
            return Ok(());
        }
        // Sorted, so that two transactions cannot deadlock.
        let mut names: Vec<&String> = names.iter().collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
                .bind(name)
                .execute(self.connection())
                .await?;
        }
        Ok(())
    }

    pub(in crate::store) fn revocation_cache(&self) -> &RevocationCache {
        self.revocation_cache
    }

    pub(in crate::store) async fn commit(mut self) -> Result<(), StoreError> {
        self.connection.commit().await?;
        self.pool.accepts_writes();
        self.pool.wrote();
        Ok(())
    }
}
