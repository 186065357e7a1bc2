//! Everybody at once (threats RT3, SE16).

use std::{collections::BTreeSet, sync::Arc};

use latchkey::tokens::RefreshTokenError;
use rstest::rstest;
use tokio::task::JoinSet;

use super::mock::{MockProvider, refresh, text};
use crate::support::database::Engine;

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rt3_a_hundred_who_bring_one_token_get_one_child(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let mock = MockProvider::on(engine).await;
    let pair = Arc::new(mock.sign_in(mock.person("ada").await.id).await);
    let machines = [mock.tokens.clone(), mock.another_machine().await];
    let mut tasks = JoinSet::new();
    for number in 0..100 {
        let (tokens, pair) = (machines[number % 2].clone(), Arc::clone(&pair));
        tasks.spawn(async move { refresh(&tokens, &pair).await.map(|pair| text(&pair).to_owned()) });
    }
    let outcomes = tasks.join_all().await;
    let children: BTreeSet<_> = outcomes.iter().map(|outcome| outcome.as_ref().expect("a pair")).collect();
    assert_eq!(children.len(), 1, "no fork");
    assert_eq!((mock.test.count("refresh_tokens").await, mock.test.count("sessions").await), (2, 1));
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_who_replay_a_token_end_the_session_once(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let mock = MockProvider::on(engine).await;
    let first = Arc::new(mock.sign_in(mock.person("ada").await.id).await);
    let second = mock.refresh(&first).await.unwrap();
    mock.refresh(&second).await.unwrap();
    let mut tasks = JoinSet::new();
    for _ in 0..100 {
        let (tokens, first) = (mock.tokens.clone(), Arc::clone(&first));
        tasks.spawn(async move { refresh(&tokens, &first).await });
    }
    let outcomes = tasks.join_all().await;
    let reused = outcomes.iter().filter(|outcome| matches!(outcome, Err(RefreshTokenError::Reused))).count();
    let unknown = outcomes.iter().filter(|outcome| matches!(outcome, Err(RefreshTokenError::Unknown))).count();
    assert_eq!((reused, unknown), (1, 99));
    assert_eq!(mock.test.number("SELECT count(*) FROM events WHERE kind = 'token'").await, 1);
    assert_eq!((mock.test.count("sessions").await, mock.test.count("outbox").await), (0, 1));
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn se16_a_refresh_brings_no_session_back_that_is_being_ended(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mock = MockProvider::on(engine).await;
    let ada = mock.person("ada").await.id;
    let mut pairs = Vec::new();
    for _ in 0..20 {
        pairs.push(Arc::new(mock.sign_in(ada).await));
    }
    let mut tasks = JoinSet::new();
    for pair in &pairs {
        let (tokens, database, here) = (mock.tokens.clone(), mock.database.clone(), Arc::clone(pair));
        tasks.spawn(async move {
            let outcome = refresh(&tokens, &here).await;
            assert!(matches!(outcome, Ok(_) | Err(RefreshTokenError::Unknown)), "{outcome:?}");
        });
        let pair = Arc::clone(pair);
        tasks.spawn(async move {
            assert!(database.delete_session(&pair.session.session.id_hash).await.expect("no deadlock"));
        });
    }
    tasks.join_all().await;
    assert_eq!((mock.test.count("sessions").await, mock.test.count("refresh_tokens").await), (0, 0));
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_refresh_finds_its_session_while_that_gets_another_id(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mock = MockProvider::on(engine).await;
    let ada = mock.person("ada").await.id;
    let mut tasks = JoinSet::new();
    for number in 0..20 {
        let pair = Arc::new(mock.sign_in(ada).await);
        let (tokens, database, here) = (mock.tokens.clone(), mock.database.clone(), Arc::clone(&pair));
        tasks.spawn(async move {
            refresh(&tokens, &here).await.expect("a pair, before or after");
        });
        tasks.spawn(async move {
            let (old, new) = (&pair.session.session.id_hash, format!("renewed {number}"));
            assert!(database.renew_session(old, &new, None).await.expect("no deadlock"));
        });
    }
    tasks.join_all().await;
    assert_eq!((mock.test.count("sessions").await, mock.test.count("refresh_tokens").await), (20, 40));
}

/// The proof goes on, whoever comes first. A tab that comes second is refused, and ends nothing.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_refresh_and_a_fresh_proof_at_once_end_with_one_last_token(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mock = MockProvider::on(engine).await;
    let ada = mock.person("ada").await.id;
    let mut tasks = JoinSet::new();
    for _ in 0..20 {
        let pair = Arc::new(mock.sign_in(ada).await);
        let (tokens, here) = (mock.tokens.clone(), Arc::clone(&pair));
        tasks.spawn(async move {
            let outcome = refresh(&tokens, &here).await;
            assert!(matches!(outcome, Ok(_) | Err(RefreshTokenError::Unknown)), "{outcome:?}");
        });
        let tokens = mock.tokens.clone();
        tasks.spawn(async move {
            let id = &pair.session.session.id_hash;
            assert!(tokens.renew_pair(id, true).await.expect("no deadlock").is_some());
        });
    }
    tasks.join_all().await;
    assert_eq!(mock.test.count("sessions").await, 20);
    assert_eq!(mock.test.number("SELECT count(*) FROM refresh_tokens WHERE used_at IS NULL").await, 20);
}
