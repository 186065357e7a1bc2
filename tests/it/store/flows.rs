//! Used flows, and the sweeper.

use std::sync::Arc;

use latchkey::store::{FlowStatus, SweepStep};
use rstest::rstest;
use time::Duration;
use tokio::task::JoinSet;

use super::{ADA, google, now, session, sign_in, user_of};
use crate::support::database::{Engine, TestDatabase};

#[rstest]
#[tokio::test]
async fn the_sweeper_deletes_expired_rows_in_small_batches(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let ada = user_of(&sign_in(&database, &google("ada", ADA)).await);
    for number in 0..5 {
        let mut old = session(ada);
        old.expires_at = now() - Duration::SECOND;
        database.create_session(&format!("old{number}"), &old).await.unwrap();
        database.mark_flow_used(&format!("old{number}"), now()).await.unwrap();
    }
    database.create_session("live", &session(ada)).await.unwrap();
    database.mark_flow_used("live", now() + Duration::SECOND).await.unwrap();

    let mut swept = vec![];
    for _ in 0..4 {
        swept.push((
            database.sweep(SweepStep::Sessions, now(), 2).await.unwrap(),
            database.sweep(SweepStep::UsedFlows, now(), 2).await.unwrap(),
        ));
    }
    assert_eq!(swept, [(2, 2), (2, 2), (1, 1), (0, 0)]);
    assert_eq!((test.count("sessions").await, test.count("used_flows").await), (1, 1));
}

#[rstest]
#[tokio::test]
async fn of_fifty_callbacks_with_one_flow_one_continues(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let database = Arc::new(test.open().await);
    let mut tasks = JoinSet::new();
    for _ in 0..50 {
        let database = Arc::clone(&database);
        tasks.spawn(async move { database.mark_flow_used("f", now() + Duration::HOUR).await.unwrap() });
    }
    let first = tasks.join_all().await.into_iter().filter(|first| *first).count();
    assert_eq!(first, 1);
    assert!(database.mark_flow_used("other", now()).await.unwrap());
}

#[rstest]
#[tokio::test]
async fn a_flow_is_unused_then_used_then_completed(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let ada = user_of(&sign_in(&database, &google("ada", ADA)).await);
    assert_eq!(database.flow_status("f").await.unwrap(), FlowStatus::Unused);
    assert!(!database.complete_flow("f", ada).await.unwrap());
    database.mark_flow_used("f", now()).await.unwrap();
    assert_eq!(database.flow_status("f").await.unwrap(), FlowStatus::Used);
    assert!(database.complete_flow("f", ada).await.unwrap());
    assert_eq!(database.flow_status("f").await.unwrap(), FlowStatus::Completed { user: ada });
    assert!(!database.complete_flow("f", ada).await.unwrap());
}
