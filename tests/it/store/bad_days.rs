//! A database that goes silent, restarts, or takes no writes.

use std::sync::Arc;

use latchkey::store::{Database, StoreError};
use sqlx::Connection;
use time::Duration;
use tokio::task::JoinSet;

use super::{ADA, google, now, session, sign_in, user_of};
use crate::support::database::{Engine, TestDatabase, sealer};
use crate::support::proxy::Proxy;

async fn mark(database: &Database, flow: &str) -> Result<bool, StoreError> {
    database.mark_flow_used(flow, now() + Duration::HOUR).await
}

/// More at once than the pool has connections.
async fn thirty_reads(database: &Arc<Database>) -> Vec<bool> {
    let mut reads = JoinSet::new();
    for _ in 0..30 {
        let database = Arc::clone(database);
        reads.spawn(async move { database.load_session("a", now()).await.is_ok() });
    }
    reads.join_all().await
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_went_silent_are_replaced() {
    let test = TestDatabase::empty(Engine::Postgres).await;
    test.open().await.close().await;
    let proxy = Proxy::start(&test.url).await;
    let database = Arc::new(Database::connect(&proxy.url, sealer()).await.expect("connects"));
    assert!(thirty_reads(&database).await.into_iter().all(|read| read));

    // In use while the database goes silent: statements, a transaction and the ping each fail, and hold nothing for long.
    proxy.fall_silent();
    let (reads, marked, pinged) = tokio::join!(thirty_reads(&database), mark(&database, "silent"), database.ping());
    assert!(reads.into_iter().all(|read| !read));
    assert!(matches!(marked, Err(StoreError::Unavailable(_))), "{marked:?}");
    assert!(matches!(pinged, Err(StoreError::Unavailable(_))), "{pinged:?}");

    proxy.answer_new_connections();
    assert!(thirty_reads(&database).await.into_iter().all(|read| read));
    assert!(mark(&database, "after").await.expect("the counterpart, once it answers"));
    database.ping().await.expect("ready again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_database_does_not_delay_the_end() {
    let test = TestDatabase::empty(Engine::Postgres).await;
    test.open().await.close().await;
    let proxy = Proxy::start(&test.url).await;
    let database = Arc::new(Database::connect(&proxy.url, sealer()).await.expect("connects"));
    proxy.fall_silent();
    let waiting = tokio::spawn({
        let database = Arc::clone(&database);
        async move { database.load_session("a", now()).await.map(drop) }
    });
    database.close().await;
    assert!(matches!(waiting.await.expect("no panic"), Err(StoreError::Unavailable(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_of_the_database_costs_no_read_and_no_transaction() {
    let test = TestDatabase::empty(Engine::Postgres).await;
    let database = Arc::new(test.open().await);
    let ada = user_of(&sign_in(&database, &google("ada", ADA)).await);
    for round in 0..3 {
        assert!(thirty_reads(&database).await.into_iter().all(|read| read));
        // What a restart does to every connection.
        test.number(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
             WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()",
        )
        .await;
        if round == 1 {
            assert!(database.create_session("a", &session(ada)).await.expect("another connection"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_only_server_is_left_as_soon_as_it_is_noticed() {
    let test = TestDatabase::empty(Engine::Postgres).await;
    test.open().await.close().await;
    // Like a standby with a current schema: new connections are read-only.
    set_read_only(&test, "on").await;
    let database = test.open().await;
    assert!(database.load_session("a", now()).await.expect("reads work").is_none());
    let marked = mark(&database, "refused").await;
    assert!(matches!(marked, Err(StoreError::RefusesWrites(_))), "{marked:?}");
    let pinged = database.ping().await;
    assert!(matches!(pinged, Err(StoreError::RefusesWrites(_))), "{pinged:?}");

    set_read_only(&test, "off").await;
    database.ping().await.expect("the connection that met it is closed");
    assert!(mark(&database, "counterpart").await.expect("writes"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promotion_is_noticed_by_writers_without_a_ping() {
    let test = TestDatabase::empty(Engine::Postgres).await;
    test.open().await.close().await;
    set_read_only(&test, "on").await;
    let database = test.open().await;
    assert!(mark(&database, "refused").await.is_err());
    set_read_only(&test, "off").await;
    assert!(mark(&database, "counterpart").await.expect("on a new connection"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_only_server_with_an_older_schema_stops_the_start() {
    let test = TestDatabase::empty(Engine::Postgres).await;
    set_read_only(&test, "on").await;
    let database = Database::connect(&test.url, sealer()).await.expect("connects");
    let refused = database.migrate().await.unwrap_err().to_string();
    assert!(refused.contains("read-only"), "{refused}");
    set_read_only(&test, "off").await;
    let counterpart = Database::connect(&test.url, sealer()).await.expect("connects");
    counterpart.migrate().await.expect("migrates");
}

/// For new connections; those that are open keep what they have.
async fn set_read_only(test: &TestDatabase, value: &str) {
    let name = test.url.rsplit('/').next().expect("a name");
    test.execute(&format!(
        "BEGIN READ WRITE; ALTER DATABASE {name} SET default_transaction_read_only = {value}; COMMIT"
    ))
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_waits_for_a_migration_and_not_for_a_process_that_died() {
    let test = TestDatabase::empty(Engine::Postgres).await;
    let mut migrating = sqlx::PgConnection::connect(&test.url).await.expect("connects");
    sqlx::raw_sql("BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('latchkey migrations', 0))")
        .execute(&mut migrating)
        .await
        .expect("takes the lock");
    let waiting = async {
        let database = Database::connect(&test.url, sealer()).await.expect("connects");
        database.migrate().await
    };
    let dies = async {
        // Until the other one has looked at the lock: it ends the transaction in which it did not get it.
        let looked = "SELECT count(*) FROM pg_stat_activity \
                      WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid() AND query = 'COMMIT'";
        while test.number(looked).await == 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(test.number("SELECT count(*) FROM pg_class WHERE relname = 'users'").await, 0);
        drop(migrating);
    };
    let (migrated, ()) = tokio::join!(waiting, dies);
    migrated.expect("once the connection of the other one is gone");
    let locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' \
                 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    assert_eq!(test.number(locks).await, 0);
}
