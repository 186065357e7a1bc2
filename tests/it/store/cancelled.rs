//! Callers that are cancelled at any await: their write happened completely or not at all.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use rstest::rstest;
use tokio::task::JoinSet;

use latchkey::store::Database;
use time::Duration;

use super::{ADA, google, now, session, sign_in, user_of};
use crate::support::database::{Engine, TestDatabase};

/// Polls a future at most this often, each time that it wakes, and then drops it.
async fn polled<F: Future>(times: usize, future: F) -> Option<F::Output> {
    let (mut future, mut left) = (Box::pin(future), times);
    poll_fn(move |context| {
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Ready(outcome) => Poll::Ready(Some(outcome)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// Waits until every PostgreSQL connection is idle. One that was left inside a transaction is not.
async fn every_connection_is_idle(test: &TestDatabase, engine: Engine) {
    if engine == Engine::Sqlite {
        return;
    }
    let busy = "SELECT count(*) FROM pg_stat_activity \
                WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'";
    for _ in 0..300 {
        if test.number(busy).await == 0 {
            return;
        }
    }
    let states = "SELECT string_agg(state || ' after ' || query, '; ') FROM pg_stat_activity \
                  WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'";
    panic!("{}", test.text(states).await);
}

/// Single statements, more at once than the pool has connections: each is executed.
async fn single_statements_last(test: &TestDatabase, database: &Arc<Database>, round: usize) {
    let mut marks = JoinSet::new();
    for number in 0..20 {
        let database = Arc::clone(database);
        marks.spawn(async move {
            database.mark_flow_used(&format!("{round}-{number}"), now() + Duration::HOUR).await.unwrap()
        });
    }
    assert!(marks.join_all().await.into_iter().all(|first| first));
    let kept = format!("SELECT count(*) FROM used_flows WHERE id_hash LIKE '{round}-%'");
    assert_eq!(test.number(&kept).await, 20, "round {round}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_cancelled_write_is_atomic(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let database = Arc::new(test.open().await);
    let ada = user_of(&sign_in(&database, &google("ada", ADA)).await);
    let (mut current, mut cancelled) = ("0".to_owned(), 0);
    assert!(database.create_session(&current, &session(ada)).await.unwrap());
    for times in 1..=24 {
        let new = times.to_string();
        let outcome = polled(times, database.replace_session(Some(&current), &new, &session(ada))).await;
        every_connection_is_idle(&test, engine).await;
        single_statements_last(&test, &database, times).await;
        let found = test.text("SELECT string_agg(id_hash, ' ') FROM sessions").await;
        assert!(found == current || found == new, "{found} instead of {current}, or of {new}");
        match outcome {
            Some(outcome) => {
                assert!(outcome.unwrap() && found == new, "the counterpart, which was not cancelled")
            }
            None => cancelled += 1,
        }
        current = found;
    }
    // SQLite answers before the first await: there, only what waits for its turn can be cancelled.
    assert!(engine == Engine::Sqlite || cancelled > 0, "there was nothing to cancel");
}
