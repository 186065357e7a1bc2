//! Concurrent refreshes (threats RT3, SE16).

use std::{collections::BTreeSet, sync::Arc};

use latchkey::{
    accounts::{AuthenticationMethod, Authentications},
    tokens::RefreshTokenError,
};
use rstest::rstest;
use time::OffsetDateTime;
use tokio::task::JoinSet;

use super::server::{Server, refresh, text};
use crate::support::database::Engine;

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rt3_a_hundred_refreshes_of_one_token_get_one_child(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let server = Server::on(engine).await;
    let pair = Arc::new(server.sign_in(server.user("ada").await.id).await);
    let machines = [server.tokens.clone(), server.other_server().await];
    let mut tasks = JoinSet::new();
    for number in 0..100 {
        let (tokens, pair) = (machines[number % 2].clone(), Arc::clone(&pair));
        tasks.spawn(async move { refresh(&tokens, &pair).await.map(|pair| text(&pair).to_owned()) });
    }
    let outcomes = tasks.join_all().await;
    let children: BTreeSet<_> = outcomes.iter().map(|outcome| outcome.as_ref().expect("a pair")).collect();
    assert_eq!(children.len(), 1, "no fork");
    assert_eq!((server.test.count("refresh_tokens").await, server.test.count("sessions").await), (1, 1));
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_replays_of_a_token_end_the_session_once(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let server = Server::on(engine).await;
    let first = Arc::new(server.sign_in(server.user("ada").await.id).await);
    let second = server.refresh(&first).await.unwrap();
    server.refresh(&second).await.unwrap();
    let mut tasks = JoinSet::new();
    for _ in 0..100 {
        let (tokens, first) = (server.tokens.clone(), Arc::clone(&first));
        tasks.spawn(async move { refresh(&tokens, &first).await });
    }
    let outcomes = tasks.join_all().await;
    let reused = outcomes.iter().filter(|outcome| matches!(outcome, Err(RefreshTokenError::Reused))).count();
    let unknown = outcomes.iter().filter(|outcome| matches!(outcome, Err(RefreshTokenError::Unknown))).count();
    assert_eq!((reused, unknown), (1, 99));
    assert_eq!(server.test.number("SELECT count(*) FROM events WHERE kind = 'token'").await, 1);
    assert_eq!((server.test.count("sessions").await, server.test.count("outbox").await), (0, 1));
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn se16_a_refresh_does_not_revive_an_ending_session(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let server = Server::on(engine).await;
    let ada = server.user("ada").await.id;
    let mut pairs = Vec::new();
    for _ in 0..20 {
        pairs.push(Arc::new(server.sign_in(ada).await));
    }
    let mut tasks = JoinSet::new();
    for pair in &pairs {
        let (tokens, database, here) = (server.tokens.clone(), server.database.clone(), Arc::clone(pair));
        tasks.spawn(async move {
            let outcome = refresh(&tokens, &here).await;
            assert!(matches!(outcome, Ok(_) | Err(RefreshTokenError::Unknown)), "{outcome:?}");
        });
        let pair = Arc::clone(pair);
        tasks.spawn(async move {
            assert!(database.delete_session(&pair.session.session.id).await.expect("no deadlock"));
        });
    }
    tasks.join_all().await;
    assert_eq!((server.test.count("sessions").await, server.test.count("refresh_tokens").await), (0, 0));
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_sign_out_ends_a_session_that_is_being_renewed(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let server = Server::on(engine).await;
    let ada = server.user("ada").await.id;
    let mut tasks = JoinSet::new();
    for _ in 0..20 {
        let pair = Arc::new(server.sign_in(ada).await);
        let (tokens, database, here) = (server.tokens.clone(), server.database.clone(), Arc::clone(&pair));
        tasks.spawn(async move {
            tokens
                .renew_pair(
                    &here.session.session,
                    Some(Authentications::by(AuthenticationMethod::Password, OffsetDateTime::now_utc())),
                )
                .await
                .expect("no deadlock");
        });
        tasks.spawn(async move {
            assert!(database.delete_session(&pair.session.session.id).await.expect("no deadlock"));
        });
    }
    tasks.join_all().await;
    assert_eq!((server.test.count("sessions").await, server.test.count("refresh_tokens").await), (0, 0));
}

/// The re-authentication succeeds in any order. A tab that comes second is rejected, and ends nothing.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_refresh_during_reauthentication_leaves_one_last_token(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let server = Server::on(engine).await;
    let ada = server.user("ada").await.id;
    let mut tasks = JoinSet::new();
    for _ in 0..20 {
        let pair = Arc::new(server.sign_in(ada).await);
        let (tokens, here) = (server.tokens.clone(), Arc::clone(&pair));
        tasks.spawn(async move {
            let outcome = refresh(&tokens, &here).await;
            assert!(matches!(outcome, Ok(_) | Err(RefreshTokenError::Unknown)), "{outcome:?}");
        });
        let tokens = server.tokens.clone();
        tasks.spawn(async move {
            assert!(
                tokens
                    .renew_pair(
                        &pair.session.session,
                        Some(Authentications::by(AuthenticationMethod::Password, OffsetDateTime::now_utc()))
                    )
                    .await
                    .expect("no deadlock")
                    .is_some()
            );
        });
    }
    tasks.join_all().await;
    assert_eq!(server.test.count("sessions").await, 20);
    assert_eq!(server.test.number("SELECT count(*) FROM refresh_tokens WHERE previous_hash IS NULL").await, 20);
}
