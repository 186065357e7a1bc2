//! Used flows, and the sweeper.

use std::sync::Arc;

use latchkey::{
    accounts::{Answer, AuthenticationMethod, Authentications, Purpose, SecondFactorPolicy, UserId},
    providers::Profile,
    store::{Database, FlowStatus, SessionOpening, StoreError, SweepStep},
};
use rstest::rstest;
use time::Duration;
use tokio::task::JoinSet;

use super::{ADA, google, now, session, settle_opening, sign_in, user_of};
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

async fn is_completed(database: &Database, id_hash: &str, user: UserId) -> bool {
    match database.flow_status(id_hash).await.unwrap() {
        FlowStatus::Completed(flow) => flow.is_of(user),
        FlowStatus::Unused | FlowStatus::Used => false,
    }
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
    assert!(is_completed(&database, "f", ada).await);
    assert!(!is_completed(&database, "f", UserId::NOBODY).await, "by another user");
    assert!(!database.complete_flow("f", ada).await.unwrap());
}

#[rstest]
#[tokio::test]
async fn a_sign_in_opens_its_session_and_completes_its_flow_at_once(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let authentications = Authentications::by(AuthenticationMethod::provider("google"), now());
    let second_factor = SecondFactorPolicy::Optional;
    let opening = |id_hash, earlier, flow| SessionOpening {
        id_hash,
        earlier,
        authentications: &authentications,
        browser: None,
        second_factor,
        flow,
    };
    let settle = async |purpose, profile: &Profile, opening: SessionOpening<'_>| {
        settle_opening(&database, purpose, profile, None, Some(&opening)).await
    };
    let user_of_session = async |id_hash| {
        let active = database.load_session(id_hash, now()).await.unwrap();
        active.map(|active| (active.user.id, active.session.identity))
    };

    let ada = google("ada", ADA);
    database.mark_flow_used("f", now() + Duration::HOUR).await.unwrap();
    let first = settle(Purpose::SignIn, &ada, opening("first", None, Some("f"))).await.unwrap();
    let signed_in = first.signed_in.expect("a user");
    assert!(first.has_session);
    assert_eq!(user_of_session("first").await, Some((signed_in.user.id, Some(signed_in.identity))));
    assert!(is_completed(&database, "f", signed_in.user.id).await);

    // The browser's earlier session ends.
    let second = settle(Purpose::SignIn, &ada, opening("second", Some("first"), None)).await.unwrap();
    assert_eq!(second.signed_in, Some(signed_in.clone()));
    assert_eq!(user_of_session("first").await, None);
    assert!(user_of_session("second").await.is_some());

    // What is no sign-in opens none.
    let reauthenticate = Purpose::Reauthenticate { user: signed_in.user.id };
    let refused = settle(reauthenticate, &ada, opening("third", Some("second"), None)).await.unwrap();
    assert!(matches!(refused.decision.answer, Answer::Refuse(_)) && !refused.has_session);
    assert!(user_of_session("third").await.is_none() && user_of_session("second").await.is_some());

    // A hash that is taken changes nothing.
    database.mark_flow_used("g", now() + Duration::HOUR).await.unwrap();
    let grace = google("grace", "grace@gmail.com");
    let taken = settle(Purpose::SignIn, &grace, opening("second", None, Some("g"))).await;
    assert!(matches!(taken, Err(StoreError::Conflict(_))), "{taken:?}");
    assert_eq!(test.number("SELECT count(*) FROM users").await, 1);
    assert_eq!(database.flow_status("g").await.unwrap(), FlowStatus::Used);
    assert!(settle(Purpose::SignIn, &grace, opening("fourth", None, Some("g"))).await.unwrap().has_session);
}
