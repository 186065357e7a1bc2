//! An empty database for each test, on each engine.

use std::sync::atomic::{AtomicU32, Ordering};

use latchkey::{sealing::Sealer, store::Database};
use sqlx::{AnyConnection, AssertSqlSafe, Connection, PgConnection};
use tempfile::TempDir;
use url::Url;

use super::postgres;

/// The engines that every store test runs on: `#[values(Engine::Sqlite, Engine::Postgres)]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// An empty database, deleted with the test's folder or with the cluster.
pub struct TestDatabase {
    /// For `DATABASE_URL`.
    pub url: String,
    _folder: Option<TempDir>,
}

impl TestDatabase {
    /// An empty database, without our schema.
    pub async fn empty(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => sqlite(),
            Engine::Postgres => postgres().await,
        }
    }

    /// Connects and migrates. Each call opens a new pool, as another server would.
    pub async fn open(&self) -> Database {
        self.open_with_limit(None).await
    }

    /// The same with at most `connections`.
    pub async fn open_with_limit(&self, connections: Option<u32>) -> Database {
        let database = Database::connect_with_limit(&self.url, sealer(), connections).await.expect("connects");
        database.migrate().await.expect("migrates");
        database
    }

    /// Changes rows in ways that the application would not.
    pub async fn execute(&self, sql: &str) {
        let mut connection = self.connection().await;
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.expect(sql);
        connection.close().await.expect("closes");
    }

    /// One number, as of `SELECT count(*) …`.
    pub async fn number(&self, sql: &str) -> i64 {
        let mut connection = self.connection().await;
        let (number,) = sqlx::query_as(AssertSqlSafe(sql)).fetch_one(&mut connection).await.expect(sql);
        connection.close().await.expect("closes");
        number
    }

    /// One text, as of `SELECT reasons FROM events …`.
    pub async fn text(&self, sql: &str) -> String {
        let mut connection = self.connection().await;
        let (text,) = sqlx::query_as(AssertSqlSafe(sql)).fetch_one(&mut connection).await.expect(sql);
        connection.close().await.expect("closes");
        text
    }

    /// The number of rows.
    pub async fn count(&self, table: &str) -> i64 {
        self.number(&format!("SELECT count(*) FROM {table}")).await
    }

    async fn connection(&self) -> AnyConnection {
        sqlx::any::install_default_drivers();
        AnyConnection::connect(&self.url).await.expect("connects")
    }
}

/// The key that all servers of a test have in common. Not of one byte: commands refuse such a `SECRET_KEY`.
pub const KEY: [u8; 32] = *b"a key with which the tests seal.";

/// All servers of a test have the same keys.
pub fn sealer() -> Sealer {
    Sealer::new([KEY.as_slice()].into_iter(), "database").expect("a key")
}

fn sqlite() -> TestDatabase {
    let folder = tempfile::tempdir().expect("a temporary folder");
    // Neither the file nor its folder exists yet.
    let file = folder.path().join("data").join("latchkey.db");
    TestDatabase { url: format!("sqlite://{}", file.display()), _folder: Some(folder) }
}

async fn postgres() -> TestDatabase {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let cluster = postgres::cluster_url();
    let name = format!("test_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let mut connection = PgConnection::connect(cluster).await.expect("the cluster answers");
    for sql in [
        // Left by an earlier process with the same id.
        format!("DROP DATABASE IF EXISTS {name}"),
        format!("CREATE DATABASE {name} TEMPLATE template0"),
    ] {
        sqlx::raw_sql(AssertSqlSafe(sql.as_str())).execute(&mut connection).await.expect(&sql);
    }
    connection.close().await.expect("closes");

    let mut url = Url::parse(cluster).expect("LATCHKEY_TEST_POSTGRES_URL is a URL");
    url.set_path(&name);
    TestDatabase { url: url.into(), _folder: None }
}
