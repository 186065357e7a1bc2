//! The number of sessions of one user, and their renewal.

use latchkey::{
    accounts::{AuthenticationMethod, Authentications, ClientInfo, PasswordHash},
    store::{AuditContext, ChangeError, Renewal, Session, SweepStep},
};
use rstest::rstest;
use secrecy::ExposeSecret;
use time::Duration;

use super::{ADA, google, now, open_session, session, sign_in, user_of};
use crate::support::database::{Engine, TestDatabase};

#[rstest]
#[tokio::test]
async fn one_session_too_many_ends_the_least_recently_used(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let ada = user_of(&sign_in(&database, &google("ada", ADA)).await);
    let bob = user_of(&sign_in(&database, &google("bob", "bob@gmail.com")).await);
    open_session(&database, "bob", bob).await;
    for number in 0..Session::MAX_PER_USER {
        assert!(database.create_session(&number.to_string(), &session(ada)).await.unwrap());
    }
    for used in (0..Session::MAX_PER_USER).filter(|number| *number != 7) {
        database.save_session(&used.to_string(), "{}", now() + Duration::DAY, now() + Duration::HOUR).await.unwrap();
    }
    assert_eq!(test.count("sessions").await, Session::MAX_PER_USER + 1, "none has ended yet");
    assert!(database.create_session("one more", &session(ada)).await.unwrap());
    assert_eq!(test.count("sessions").await, Session::MAX_PER_USER + 1);
    for (hash, is_open) in [("7", false), ("8", true), ("one more", true), ("bob", true)] {
        assert_eq!(database.load_session(hash, now()).await.unwrap().is_some(), is_open, "{hash}");
    }
}

/// Whichever of the two answers the browser keeps, it is signed in.
#[rstest]
#[tokio::test]
async fn two_renewals_of_one_version_return_one_secret(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values(0, 10, 11)] later: i64,
) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let ada = user_of(&sign_in(&database, &google("ada", ADA)).await);
    let id = open_session(&database, "old", ada).await.id;
    let renewal = |after| Renewal {
        id: &id,
        version: 1,
        reauthenticated_by: Some(Authentications::by(AuthenticationMethod::Password, now() + Duration::seconds(after))),
        now: now() + Duration::seconds(after),
    };
    let first = database.renew_session(&renewal(0), "first".into(), "hash of first").await.unwrap().expect("a secret");
    assert_eq!(first.expose_secret(), "first");
    let second = database.renew_session(&renewal(later), "second".into(), "hash of second").await.unwrap();
    assert_eq!(second.map(|secret| secret.expose_secret().to_owned()), (later <= 10).then(|| "first".to_owned()));
    assert!(database.load_session("old", now()).await.unwrap().is_none(), "the old secret leads nowhere");
    let active = database.load_session("hash of first", now()).await.unwrap().expect("a session").session;
    assert_eq!((active.id, active.version), (id.clone(), 2));
    assert!(database.load_session_version(&id, 1, now()).await.unwrap().is_none());
    assert!(database.load_session_version(&id, 2, now()).await.unwrap().is_some());

    // The sealed secret is deleted soon after.
    assert_eq!(database.sweep(SweepStep::Renewals, now() + Duration::seconds(later + 11), 10).await.unwrap(), 1);
    assert_eq!(test.number("SELECT count(*) FROM sessions WHERE renewal IS NOT NULL").await, 0);
}

#[rstest]
#[tokio::test]
async fn an_ended_session_cannot_be_renewed(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let ada = user_of(&sign_in(&database, &google("ada", ADA)).await);
    let id = open_session(&database, "s", ada).await.id;
    assert!(database.delete_session(&id).await.unwrap());
    let renewal = Renewal { id: &id, version: 1, reauthenticated_by: None, now: now() };
    assert!(database.renew_session(&renewal, "secret".into(), "hash").await.unwrap().is_none());
    assert_eq!(test.count("sessions").await, 0);
}

/// A thief's request may have begun, with a copy of the secret, before the owner renewed the session.
#[rstest]
#[tokio::test]
async fn a_request_from_before_a_renewal_changes_nothing(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let ada = user_of(&sign_in(&database, &google("ada", ADA)).await);
    let before = open_session(&database, "old", ada).await;
    let renewal = || Renewal { id: &before.id, version: 1, reauthenticated_by: None, now: now() };
    database.renew_session(&renewal(), "new".into(), "new").await.unwrap().expect("a secret");
    let after = database.load_session("new", now()).await.unwrap().expect("a session").session;

    let audit = AuditContext { client: ClientInfo::default(), now: now() };
    let hash = PasswordHash::from_row("a hash".into());
    let changed = database.set_password(ada, &hash, before.at_version(), &audit).await;
    assert!(matches!(changed, Err(ChangeError::SignedOut)), "{changed:?}");
    let deleted = database.delete_user(ada, before.at_version(), Vec::new(), &audit).await;
    assert!(matches!(deleted, Err(ChangeError::SignedOut)), "{deleted:?}");
    assert!(database.renew_session(&renewal(), "thief's".into(), "thief's").await.unwrap().is_none());
    assert_eq!((test.count("passwords").await, test.count("users").await), (0, 1));

    // The counterpart.
    database.set_password(ada, &hash, after.at_version(), &audit).await.unwrap();
    database.delete_user(ada, after.at_version(), Vec::new(), &audit).await.unwrap();
}

/// Its answer may overtake the one that brings the new secret.
#[rstest]
#[tokio::test]
async fn a_sign_out_by_the_earlier_secret_ends_the_session(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let ada = user_of(&sign_in(&database, &google("ada", ADA)).await);
    let session = open_session(&database, "old", ada).await;
    let renewal = Renewal { id: &session.id, version: 1, reauthenticated_by: None, now: now() };
    database.renew_session(&renewal, "new".into(), "new").await.unwrap().expect("a secret");
    assert!(!database.delete_session_by_hash("another").await.unwrap());
    assert!(database.delete_session_by_hash("old").await.unwrap());
    assert!(database.load_session("new", now()).await.unwrap().is_none());
}
