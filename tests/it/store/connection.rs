//! Migrations, and a database that does not answer.

use latchkey::{
    accounts::{Answer, Purpose},
    store::{Database, StoreError},
};
use rstest::rstest;

use super::{ADA, google, now, settle, sign_in};
use crate::support::database::{Engine, TestDatabase, sealer};

#[rstest]
#[tokio::test]
async fn migrations_run_twice_and_concurrently(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    database.migrate().await.expect("again");
    database.ping().await.expect("answers");
    let other = test.open().await;
    sign_in(&database, &google("ada", ADA)).await;
    assert!(matches!(sign_in(&other, &google("ada", ADA)).await.decision.answer, Answer::SignIn { .. }));
}

#[tokio::test]
async fn servers_that_start_together_migrate_once() {
    let test = TestDatabase::empty(Engine::Postgres).await;
    tokio::join!(test.open(), test.open(), test.open());
    assert_eq!(test.count("users").await, 0);
}

#[rstest]
#[case("postgres://latchkey@127.0.0.1:1/nobody")]
#[case("sqlite:///")]
#[tokio::test]
async fn an_unreachable_database_is_unavailable(#[case] url: &str) {
    let error = Database::connect(url, sealer()).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
}

#[rstest]
#[tokio::test]
async fn a_closed_database_is_unavailable_to_every_caller(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    database.close().await;
    assert!(matches!(database.ping().await, Err(StoreError::Unavailable(_))));
    assert!(matches!(database.load_session("a", now()).await, Err(StoreError::Unavailable(_))));
    let settled = settle(&database, Purpose::SignIn, &google("ada", ADA), None).await;
    assert!(matches!(settled, Err(StoreError::Unavailable(_))));
}
