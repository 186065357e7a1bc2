//! Writing: one at a time on SQLite, side by side on PostgreSQL.

use sqlx::AnyConnection;
use sqlx::{Any, Transaction};
use tokio::sync::MutexGuard;

use super::database::{Database, PATIENCE};
use super::engine::Engine;
use super::error::StoreError;
use super::revocation_cache::RevocationCache;
use crate::sealing::Sealer;

/// Our turn to write; nothing on PostgreSQL.
pub(super) type Turn<'a> = Option<MutexGuard<'a, ()>>;

/// A transaction that writes. Rolled back when dropped.
pub(super) struct Write<'a> {
    // Declared before the turn, hence dropped before it.
    transaction: Transaction<'static, Any>,
    engine: Engine,
    sealer: &'a Sealer,
    revocation_cache: &'a RevocationCache,
    _turn: Turn<'a>,
}

impl Database {
    /// Waits for our turn to write.
    pub(super) async fn turn(&self) -> Result<Turn<'_>, StoreError> {
        match self.engine {
            Engine::Postgres => Ok(None),
            Engine::Sqlite => match tokio::time::timeout(PATIENCE, self.turn.lock()).await {
                Ok(turn) => Ok(Some(turn)),
                Err(elapsed) => Err(StoreError::Unavailable(elapsed.into())),
            },
        }
    }

    /// Begins a transaction anew when another one was in the way. The second time finds what the first one stumbled over;
    /// more are for storms.
    pub(super) async fn retried<T, F: Future<Output = Result<T, StoreError>>>(
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

    /// Begins a transaction that writes. The only place where one begins.
    ///
    /// `BEGIN` runs in a task, which nobody cancels: a caller that stops waiting drops a transaction that has begun, and
    /// that is rolled back. sqlx 0.9.0 itself forgets a transaction whose `BEGIN` is cancelled on its way to PostgreSQL:
    /// the connection goes back to the pool inside it, and what the next caller writes is lost (sqlx issue 4393).
    pub(super) async fn write(&self) -> Result<Write<'_>, StoreError> {
        // The turn before the connection: who waits to write must not keep a reader from reading.
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
    pub(super) fn connection(&mut self) -> &mut AnyConnection {
        &mut self.transaction
    }

    /// What seals the rows that must not be readable.
    pub(super) fn sealer(&self) -> &'a Sealer {
        self.sealer
    }

    /// Keeps everybody else out who locks one of the same names, until the end of the transaction. On
    /// PostgreSQL, two transactions can find at once that an address is free, or that a user has no
    /// identity at a provider, where there is no row yet to lock. On SQLite there is one writer anyway.
    pub(super) async fn lock(&mut self, names: &[String]) -> Result<(), StoreError> {
        if self.engine == Engine::Sqlite {
            return Ok(());
        }
        // Always in one order, or two transactions wait for each other.
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

    /// Where it is noted that sessions end.
    pub(super) fn revocation_cache(&self) -> &RevocationCache {
        self.revocation_cache
    }

    /// Makes it last.
    pub(super) async fn commit(self) -> Result<(), StoreError> {
        Ok(self.transaction.commit().await?)
    }
}
