//! Updates the schema, one process at a time.

use std::sync::LazyLock;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{AnyConnection, AssertSqlSafe, SqlSafeStr};
use tokio::time::{Instant, sleep};

use crate::store::engine::checkup::{Migrations, migrations};
use crate::store::engine::connection::Connection;
use crate::store::engine::database::Database;
use crate::store::engine::engines::Engine;
use crate::store::error::StoreError;

/// As the files are: on PostgreSQL.
pub(super) static MIGRATIONS: LazyLock<Migrator> = LazyLock::new(migrations_of_files);

/// The same with what their comments say for SQLite. Checksums are those of the files.
static ON_SQLITE: LazyLock<Migrator> = LazyLock::new(|| {
    let mut migrations = migrations_of_files();
    for migration in migrations.migrations.to_mut() {
        let sql = for_sqlite(migration.sql.as_str());
        migration.sql = AssertSqlSafe(sql).into_sql_str();
    }
    migrations
});

/// Without sqlx's lock, which is a session's: behind a pooler it stays in a connection of the pooler's when this process
/// is killed, and every later start waits for it without a word.
fn migrations_of_files() -> Migrator {
    let mut migrations = sqlx::migrate!();
    migrations.set_locking(false);
    // Which of them may be missing here, `refusal` decides.
    migrations.set_ignore_missing(true);
    migrations
}

/// `/* SQLite: WITHOUT ROWID */` is `WITHOUT ROWID`.
fn for_sqlite(sql: &str) -> String {
    let mut parts = sql.split("/* SQLite: ");
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        whole.push_str(&part.replacen(" */", "", 1));
    }
    whole
}

/// Between two looks at whether another process has finished.
const LOOK_AGAIN: Duration = Duration::from_millis(250);
/// Then the start fails, and says why.
const LONGEST_WAIT: Duration = Duration::from_secs(600);

impl Database {
    /// Updates the schema. Runs at every start; on PostgreSQL, machines that start together take turns. Writes nothing
    /// where the schema is current: a start on a standby serves what can be read.
    ///
    /// # Errors
    /// [`StoreError::Migration`], among others when a newer Latchkey has migrated the database, and not only added to it.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        let mut connection = self.pool.connect_apart().await?;
        let found = migrations(self.engine, connection.sqlx()?).await?;
        if !found.additive.is_empty() {
            tracing::info!(versions = ?found.additive, "a newer version has added to the schema; this version works with it");
        }
        if found.are_current() {
            connection.close().await;
            return Ok(());
        }
        refusal(&found).map_or(Ok(()), |error| Err(StoreError::Migration(Box::new(error))))?;
        let lock = match self.engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some(self.migration_lock().await?),
        };
        let outcome = apply(self.engine, connection.sqlx()?).await;
        if let Some(lock) = lock {
            lock.close().await;
        }
        connection.close().await;
        outcome
    }

    /// A connection whose open transaction is the lock: it ends with the connection, whatever ends that.
    async fn migration_lock(&self) -> Result<Connection, StoreError> {
        let mut connection = self.pool.connect_apart().await?;
        let began = Instant::now();
        let mut told = false;
        loop {
            connection.begin(self.engine.begin()).await?;
            // Migrations may take their time, during which this transaction is idle.
            sqlx::raw_sql("SET LOCAL idle_in_transaction_session_timeout = 0").execute(&mut connection).await?;
            let (is_free,): (bool,) =
                sqlx::query_as("SELECT pg_try_advisory_xact_lock(hashtextextended('latchkey migrations', 0))")
                    .fetch_one(&mut connection)
                    .await?;
            if is_free {
                return Ok(connection);
            }
            connection.commit().await?;
            if !told {
                tracing::info!("another process migrates the database; waiting until it has finished");
                told = true;
            }
            if began.elapsed() > LONGEST_WAIT {
                let minutes = LONGEST_WAIT.as_secs() / 60;
                let busy = format!("another process has been migrating the database for {minutes} minutes");
                return Err(StoreError::Unavailable(busy.into()));
            }
            sleep(LOOK_AGAIN).await;
        }
    }
}

async fn apply(engine: Engine, connection: &mut AnyConnection) -> Result<(), StoreError> {
    if let Some(greeting) = engine.migration_greeting() {
        sqlx::raw_sql(greeting).execute(&mut *connection).await?;
    }
    let migrations = match engine {
        Engine::Sqlite => &*ON_SQLITE,
        Engine::Postgres => &*MIGRATIONS,
    };
    migrations.run(connection).await.map_err(|error| StoreError::Migration(Box::new(error)))
}

/// Why a start is refused.
fn refusal(found: &Migrations) -> Option<MigrateError> {
    found
        .half_done
        .map(MigrateError::Dirty)
        .or_else(|| found.unknown.first().map(|version| MigrateError::VersionMissing(*version)))
        .or_else(|| found.changed.first().map(|version| MigrateError::VersionMismatch(*version)))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// Whether a version that does not know this migration can work with its schema: new tables and indexes, and columns that
    /// an `INSERT` may leave out.
    fn only_adds(sql: &str) -> bool {
        let code: String =
            sql.lines().filter(|line| !line.trim_start().starts_with("--")).collect::<Vec<_>>().join(" ");
        let statements = code.split(';').map(str::trim).filter(|statement| !statement.is_empty());
        statements.into_iter().all(|statement| {
            let words = statement.split_whitespace().map(str::to_uppercase).collect::<Vec<_>>();
            let has = |word: &str| words.iter().any(|own| own == word);
            match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
                ["CREATE", "TABLE" | "INDEX", ..] => true,
                ["ALTER", "TABLE", _, "ADD", "COLUMN", ..] => has("DEFAULT") || !has("NOT"),
                _ => false,
            }
        })
    }

    #[rstest]
    #[case("CREATE TABLE a (id TEXT NOT NULL); CREATE INDEX a_by_id ON a (id);", true)]
    #[case("-- DROP TABLE a;\nALTER TABLE a ADD COLUMN b TEXT;", true)]
    #[case("ALTER TABLE a ADD COLUMN b BIGINT NOT NULL DEFAULT 0;", true)]
    #[case("ALTER TABLE a ADD COLUMN b BIGINT NOT NULL;", false)]
    #[case("CREATE UNIQUE INDEX a_by_b ON a (b);", false)]
    #[case("ALTER TABLE a DROP COLUMN b;", false)]
    #[case("CREATE TABLE b (id TEXT); DROP TABLE a;", false)]
    #[case("UPDATE a SET b = 1;", false)]
    fn what_only_adds_is_recognized(#[case] sql: &str, #[case] expected: bool) {
        assert_eq!(only_adds(sql), expected, "{sql}");
    }

    #[rstest]
    #[case("CREATE TABLE a (id TEXT);", "CREATE TABLE a (id TEXT);")]
    #[case("(id TEXT) /* SQLite: WITHOUT ROWID */; (b) /* SQLite: STRICT */;", "(id TEXT) WITHOUT ROWID; (b) STRICT;")]
    #[case("/* another comment */ a", "/* another comment */ a")]
    fn comments_for_sqlite_are_its_statements(#[case] sql: &str, #[case] expected: &str) {
        assert_eq!(for_sqlite(sql), expected);
    }

    #[test]
    fn migrations_that_are_called_additive_only_add() {
        for migration in MIGRATIONS.iter().filter(|migration| migration.description.starts_with("additive ")) {
            assert!(only_adds(migration.sql.as_str()), "{}", migration.version);
        }
    }
}
