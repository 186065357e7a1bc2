//! Whether the database answers, and takes writes.

use std::time::Duration;

use tokio::time::timeout;

use crate::store::engine::database::Database;
use crate::store::engine::engines::Engine;
use crate::store::error::StoreError;

/// For everything that [`Database::ping`] asks.
const PATIENCE: Duration = Duration::from_secs(2);

/// Rows that the probe writes and deletes: more than fits into the space that a full disk may have left over.
const PROBE_BYTES: usize = 32 * 1024;

impl Database {
    /// Whether the database answers within two seconds, and takes writes: neither a standby nor one on a full disk does.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it does not answer, [`StoreError::RefusesWrites`] when it only answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        match timeout(PATIENCE, self.check()).await {
            Ok(outcome) => outcome,
            Err(_) => {
                Err(StoreError::Unavailable(format!("no answer to a ping within {} s", PATIENCE.as_secs()).into()))
            }
        }
    }

    async fn check(&self) -> Result<(), StoreError> {
        let (is_read_only, _users): (i64, i64) = sqlx::query_as(self.engine.readiness()).fetch_one(&self.pool).await?;
        if is_read_only != 0 {
            self.pool.found_read_only();
            return Err(StoreError::RefusesWrites("it is read-only, as a standby is".into()));
        }
        if self.pool.refuses_writes() { self.probe_writing().await } else { Ok(()) }
    }

    /// Writes what is deleted again, in one transaction. Only after a write was refused: until one succeeds, this machine
    /// is not ready, and where no requests arrive nothing else would try.
    async fn probe_writing(&self) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        sqlx::query("INSERT INTO used_flows (id_hash, completed_by, expires_at) VALUES ('probe', $1, 0)")
            .bind("-".repeat(PROBE_BYTES))
            .execute(write.connection())
            .await?;
        sqlx::query("DELETE FROM used_flows WHERE id_hash = 'probe'").execute(write.connection()).await?;
        write.commit().await
    }
}

impl Engine {
    /// Whether it is read-only (1), and whether there is a user: the schema is there.
    const fn readiness(self) -> &'static str {
        match self {
            Self::Sqlite => "SELECT 0, (SELECT count(*) FROM (SELECT 1 FROM users LIMIT 1) AS one)",
            Self::Postgres => {
                "SELECT CASE WHEN current_setting('transaction_read_only') = 'on' THEN 1::bigint ELSE 0 END, \
                 (SELECT count(*) FROM (SELECT 1 FROM users LIMIT 1) AS one)"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::sealing::Sealer;
    use crate::store::{Database, StoreError};

    /// With a single connection.
    async fn database(folder: &tempfile::TempDir) -> Database {
        let url = format!("sqlite://{}", folder.path().join("latchkey.db").display());
        let sealer = Sealer::new([[7; 32].as_slice()].into_iter(), "database").unwrap();
        let database = Database::connect_with_limit(&url, sealer, Some(1)).await.unwrap();
        database.migrate().await.unwrap();
        database
    }

    /// What a full disk does, to this connection only.
    async fn fill_disk(database: &Database) {
        let mut connection = database.pool.acquire().await.unwrap();
        sqlx::raw_sql("PRAGMA max_page_count = 1").execute(&mut *connection).await.unwrap();
    }

    #[tokio::test]
    async fn a_connection_that_met_a_full_disk_is_closed() {
        let folder = tempfile::tempdir().unwrap();
        let database = database(&folder).await;
        database.ping().await.expect("the counterpart");
        fill_disk(&database).await;
        let refused = database.probe_writing().await;
        assert!(matches!(refused, Err(StoreError::RefusesWrites(_))), "{refused:?}");
        database.probe_writing().await.expect("there is room again");
    }

    #[tokio::test]
    async fn a_write_is_tried_again_after_a_full_disk() {
        let folder = tempfile::tempdir().unwrap();
        let database = database(&folder).await;
        fill_disk(&database).await;
        database.retried(|| database.probe_writing()).await.expect("on another connection");
    }

    #[tokio::test]
    async fn readiness_lasts_as_long_as_writes_succeed() {
        let folder = tempfile::tempdir().unwrap();
        let database = database(&folder).await;
        fill_disk(&database).await;
        database.ping().await.expect("nothing was refused yet");
        database.probe_writing().await.unwrap_err();
        fill_disk(&database).await;
        let unready = database.ping().await;
        assert!(matches!(unready, Err(StoreError::RefusesWrites(_))), "{unready:?}");
        database.ping().await.expect("there is room again");
        assert!(!database.pool.refuses_writes());
    }
}
