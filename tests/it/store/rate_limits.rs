//! Limits that all processes on one PostgreSQL count together.

use std::time::Duration;

use latchkey::store::{SharedLimit, SweepStep};

use super::now;
use crate::support::database::{Engine, TestDatabase};

const LIMIT: SharedLimit = SharedLimit { name: "test", burst: 3, interval: Duration::from_secs(30) };

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_count_together() {
    let test = TestDatabase::empty(Engine::Postgres).await;
    let (one, other) = (test.open().await, test.open().await);
    let count = async |database: &latchkey::store::Database, key, seconds| {
        database.count_shared(LIMIT, key, now() + Duration::from_secs(seconds)).await.unwrap()
    };
    assert!(count(&one, "ada", 0).await && count(&other, "ada", 0).await && count(&one, "ada", 0).await);
    assert!(!count(&one, "ada", 0).await && !count(&other, "ada", 29).await);
    assert!(count(&other, "grace", 0).await, "another key has its own");
    // One more after each interval, and the whole burst after three.
    assert!(count(&other, "ada", 30).await && !count(&one, "ada", 30).await);
    assert!(count(&one, "ada", 300).await && count(&other, "ada", 300).await && count(&one, "ada", 300).await);
    assert!(!count(&other, "ada", 300).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_let_no_more_through_at_once() {
    let test = TestDatabase::empty(Engine::Postgres).await;
    let (one, other) = (test.open().await, test.open().await);
    let mut counts = Vec::new();
    for database in [&one, &other] {
        counts.extend((0..10).map(|_| database.count_shared(LIMIT, "ada", now())));
    }
    let mut passed = 0;
    for counted in futures_util::future::join_all(counts).await {
        passed += u32::from(counted.unwrap());
    }
    assert_eq!(passed, LIMIT.burst);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_allowance_leaves_no_row() {
    let test = TestDatabase::empty(Engine::Postgres).await;
    let database = test.open().await;
    assert!(database.count_shared(LIMIT, "ada", now()).await.unwrap());
    assert_eq!(database.sweep(SweepStep::RateLimits, now(), 10).await.unwrap(), 0);
    assert_eq!(database.sweep(SweepStep::RateLimits, now() + Duration::from_secs(30), 10).await.unwrap(), 1);
    assert_eq!(test.count("rate_limits").await, 0);
}

#[tokio::test]
async fn one_process_on_sqlite_counts_in_memory() {
    let test = TestDatabase::empty(Engine::Sqlite).await;
    let database = test.open().await;
    for _ in 0..=LIMIT.burst {
        assert!(database.count_shared(LIMIT, "ada", now()).await.unwrap());
    }
    assert_eq!(test.count("rate_limits").await, 0);
}
