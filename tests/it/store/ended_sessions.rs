//! Why sessions ended, and for how long that is known.

use latchkey::{
    accounts::{ClientInfo, SessionEnd},
    store::{Administered, AuditContext, Authority, Session, SweepStep},
};
use rstest::rstest;
use time::Duration;

use super::{ADA, google, now, open_session, session, sign_in, user_of};
use crate::support::database::{Engine, TestDatabase};

fn audit() -> AuditContext {
    AuditContext { client: ClientInfo::default(), now: now() }
}

#[rstest]
#[tokio::test]
async fn an_expired_session_is_noted_and_forgotten_after_a_month(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let ada = user_of(&sign_in(&database, &google("ada", ADA)).await);
    for hash in ["one", "two", "three"] {
        open_session(&database, hash, ada).await;
    }
    let end = now() + Duration::days(14);
    assert_eq!(database.session_end("one", end - Duration::SECOND).await.unwrap(), None, "it is open");
    assert_eq!(database.session_end("one", end).await.unwrap(), Some(SessionEnd::Expired), "before the sweep");
    assert_eq!(database.sweep(SweepStep::ExpiredSessions, end - Duration::SECOND, 2).await.unwrap(), 0);
    // In batches, and each once.
    for noted in [2, 1, 0] {
        assert_eq!(database.sweep(SweepStep::ExpiredSessions, end, 2).await.unwrap(), noted);
    }
    assert_eq!(database.sweep(SweepStep::Sessions, end, 10).await.unwrap(), 3);
    for (hash, reason) in [("one", Some(SessionEnd::Expired)), ("three", Some(SessionEnd::Expired)), ("four", None)] {
        assert_eq!(database.session_end(hash, end).await.unwrap(), reason, "{hash}");
    }
    let later = end + Duration::days(30);
    assert_eq!(database.sweep(SweepStep::EndedSessions, later - Duration::SECOND, 10).await.unwrap(), 0);
    assert_eq!(database.sweep(SweepStep::EndedSessions, later, 10).await.unwrap(), 3);
    assert_eq!(database.session_end("one", later).await.unwrap(), None);
}

#[rstest]
#[tokio::test]
async fn a_user_leaves_a_bounded_number_of_ends(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let ada = user_of(&sign_in(&database, &google("ada", ADA)).await);
    let here = open_session(&database, "here", ada).await;
    for number in 0..Session::MAX_PER_USER + 5 {
        let other = open_session(&database, &number.to_string(), ada).await;
        database.end_session(ada, &other.id, here.at_version(), &audit()).await.unwrap();
    }
    assert_eq!(test.count("ended_sessions").await, Session::MAX_PER_USER);
}

#[rstest]
#[tokio::test]
async fn a_surplus_session_learns_why_and_a_deleted_users_row_names_nobody(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let ada = user_of(&sign_in(&database, &google("ada", ADA)).await);
    for number in 0..=Session::MAX_PER_USER {
        assert!(database.create_session(&format!("{number:03}"), &session(ada)).await.unwrap());
    }
    assert_eq!((test.count("sessions").await, test.count("ended_sessions").await), (Session::MAX_PER_USER, 1));
    let reason = test.text("SELECT reason FROM ended_sessions").await;
    assert_eq!(SessionEnd::from_code(&reason), Some(SessionEnd::TooManySessions));
    database.remove_user(ada, Authority::Operator, Vec::new(), &audit()).await.unwrap();
    let deleted = test.text("SELECT CAST(COUNT(*) AS TEXT) FROM ended_sessions WHERE reason = 'deleted'").await;
    assert!(["99", "100"].contains(&deleted.as_str()), "{deleted}");
    let named = test.text("SELECT CAST(COUNT(user_id) AS TEXT) FROM ended_sessions").await;
    assert_eq!(named, "0");
}

/// Who has the password may be between the two steps of a sign-in, without a session yet.
#[rstest]
#[tokio::test]
async fn a_sign_out_by_an_operator_ends_what_is_half_done(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let ada = user_of(&sign_in(&database, &google("ada", ADA)).await);
    database.begin_second_step(ada, "pending", None, &audit()).await.unwrap();
    assert!(database.is_pending_sign_in(ada, "pending", now()).await.unwrap());
    let outcome = database.sign_user_out(ada, Authority::Operator, &audit()).await.unwrap();
    assert_eq!(outcome, Administered::Unchanged, "there was no session");
    assert!(!database.is_pending_sign_in(ada, "pending", now()).await.unwrap());
}
