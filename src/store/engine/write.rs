//! Writing: one at a time on SQLite, side by side on PostgreSQL.

use sqlx::AnyConnection;
use sqlx::{Any, Transaction};
use tokio::sync::MutexGuard;

use crate::sealing::Sealer;
use crate::store::engine::database::{Database, PATIENCE};
use crate::store::engine::engines::Engine;
use crate::store::error::StoreError;
use crate::store::sessions::revocation_cache::RevocationCache;

/// The turn to write on SQLite; `None` on PostgreSQL.
pub(in crate::store) type Turn<'a> = Option<MutexGuard<'a, ()>>;

/// A transaction that writes. Rolled back when dropped.
pub(in crate::store) struct Write<'a> {
    // Declared before the turn, hence dropped before it.
    transaction: Transaction<'static, Any>,
    engine: Engine,
    sealer: &'a Sealer,
    revocation_cache: &'a RevocationCache,
    _turn: Turn<'a>,
}

impl Database {
    pub(in crate::store) async fn turn(&self) -> Result<Turn<'_>, StoreError> {
        match self.engine {
            Engine::Postgres => Ok(None),
            Engine::Sqlite => match tokio::time::timeout(PATIENCE, self.turn.lock()).await {
                Ok(turn) => Ok(Some(turn)),
                Err(elapsed) => Err(StoreError::Unavailable(elapsed.into())),
            },
        }
    }

    /// Retries a transaction that lost a race. One retry normally suffices; more are for heavy contention.
    pub(in crate::store) async fn retried<T, F: Future<Output = Result<T, StoreError>>>(
        &self,
        mut attempt: impl FnMut() -> F,
    ) -> Result<T, StoreError> {
        const ATTEMPTS: usize = 5;
        let mut attempts = 1;
        loop {
            match attempt().await {
                Err(error) if error.is_race() && attempts < ATTEMPTS => attempts += 1,
                outcome => return outcome,
            }
        }
    }

    /// Begins a write transaction. The only place where one begins.
    ///
    /// `BEGIN` runs in a task of its own, which is never cancelled: if the caller is, the started transaction is
    /// dropped and rolled back. sqlx 0.9.0 itself forgets a transaction whose `BEGIN` is cancelled on its way to
    /// PostgreSQL: the connection goes back to the pool inside it, and what the next caller writes is lost (sqlx issue
    /// 4393).
    pub(in crate::store) async fn write(&self) -> Result<Write<'_>, StoreError> {
        // The turn before the connection: a waiting writer must not hold a connection that a reader needs.
        let turn = self.turn().await?;
        let (pool, statement) = (self.pool.clone(), self.engine.begin());
        let begun = tokio::spawn(async move { pool.begin_with(statement).await }).await;
        let transaction = begun.map_err(|error| StoreError::Unavailable(error.into()))??;
        let (engine, sealer, revocation_cache) = (self.engine, &self.sealer, &self.revocation_cache);
        Ok(Write { transaction, engine, sealer, revocation_cache, _turn: turn })
    }
}

impl<'a> Write<'a> {
    /// The connection, for queries within the transaction.
    pub(in crate::store) fn connection(&mut self) -> &mut AnyConnection {
        &mut self.transaction
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

    pub(in crate::store) async fn commit(self) -> Result<(), StoreError> {
        Ok(self.transaction.commit().await?)
    }
}
