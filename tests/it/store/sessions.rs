//! Sessions, and what ends with them.

use latchkey::{
    accounts::{Answer, ClientInfo, PasswordHash, Purpose, Reason, SignUp, UserId},
    store::{Admission, AuditContext, ChangeError, GrantUpdate, NewSession, Session, SettleRequest, StoreError},
};
use rstest::rstest;
use time::Duration;

use super::{ADA, eve, google, now, open_session, session, settle, sign_in, user_of};
use crate::support::database::{Engine, TestDatabase};

#[rstest]
#[tokio::test]
async fn a_session_is_found_with_its_user(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let settled = sign_in(&database, &google("ada", ADA)).await;
    let signed_in = settled.signed_in.unwrap();
    let new = NewSession { identity: Some(signed_in.identity), ..session(signed_in.user.id) };
    assert!(database.create_session("s", &new).await.unwrap());
    assert!(!database.create_session("s", &new).await.unwrap(), "the id is taken");

    let active = database.load_session("s", now()).await.unwrap().unwrap();
    assert_eq!(active.user, signed_in.user);
    assert_eq!(active.session.identity, Some(signed_in.identity));
    assert_eq!(active.session.data, new.data);
    assert_eq!(active.session.user_agent, new.client.user_agent);
    assert_eq!(active.session.expires_at, new.expires_at);
    assert_eq!(database.load_session("S", now()).await.unwrap(), None);
}

#[rstest]
#[tokio::test]
async fn a_session_ends_when_idle_and_at_its_absolute_end(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let ada = user_of(&sign_in(&database, &google("ada", ADA)).await);
    database.create_session("s", &session(ada)).await.unwrap();
    let second = Duration::SECOND;

    let idle_end = now() + Duration::days(14);
    assert!(database.load_session("s", idle_end - second).await.unwrap().is_some());
    assert!(database.load_session("s", idle_end).await.unwrap().is_none());
    assert!(!database.save_session("s", "{}", idle_end + second, idle_end).await.unwrap());

    let late = idle_end - second;
    assert!(database.save_session("s", r#"{"a":2}"#, now() + Duration::days(400), late).await.unwrap());
    let saved = database.load_session("s", idle_end).await.unwrap().unwrap().session;
    assert_eq!((saved.data.as_str(), saved.last_seen_at), (r#"{"a":2}"#, late));
    assert_eq!(saved.expires_at, saved.absolute_expires_at);
    assert!(database.load_session("s", saved.absolute_expires_at).await.unwrap().is_none());
    assert!(database.user_sessions(ada, saved.absolute_expires_at).await.unwrap().is_empty());
}

#[rstest]
#[tokio::test]
async fn an_ended_session_does_not_come_back(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let ada = user_of(&sign_in(&database, &google("ada", ADA)).await);
    database.create_session("s", &session(ada)).await.unwrap();
    assert!(database.delete_session_by_hash("s").await.unwrap());
    assert!(!database.delete_session_by_hash("s").await.unwrap());
    assert!(!database.save_session("s", "{}", now() + Duration::DAY, now()).await.unwrap());
    assert_eq!(test.count("sessions").await, 0);
}

#[rstest]
#[tokio::test]
async fn a_session_needs_a_user(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let unknown = UserId::new(now(), [0; 10]);
    let refused = database.create_session("s", &session(unknown)).await;
    assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
}

#[rstest]
#[tokio::test]
async fn ending_other_sessions_keeps_this_one_and_other_users(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let ada = user_of(&sign_in(&database, &google("ada", ADA)).await);
    let bob = user_of(&sign_in(&database, &google("bob", "bob@gmail.com")).await);
    let mut ids = Vec::new();
    for (hash, user) in [("a1", ada), ("a2", ada), ("a3", ada), ("b1", bob)] {
        ids.push(open_session(&database, hash, user).await.id);
    }
    database.save_session("a2", "{}", now() + Duration::DAY, now() + Duration::HOUR).await.unwrap();
    let listed = database.user_sessions(ada, now()).await.unwrap();
    assert_eq!((listed.len(), &listed[0].id), (3, &ids[1]), "the last used first");

    assert_eq!(database.delete_user_sessions(ada, Some(&ids[0])).await.unwrap(), 2);
    assert!(database.load_session("a1", now()).await.unwrap().is_some());
    assert!(database.load_session("b1", now()).await.unwrap().is_some());
    assert_eq!(database.delete_user_sessions(ada, None).await.unwrap(), 1);
    assert_eq!(database.user_sessions(bob, now()).await.unwrap().len(), 1);
}

#[rstest]
#[tokio::test]
async fn a_malformed_row_is_corrupt(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let ada = user_of(&sign_in(&database, &google("ada", ADA)).await);
    database.create_session("s", &session(ada)).await.unwrap();
    test.execute("UPDATE users SET verified_email = 'nonsense'").await;
    let loaded = database.load_session("s", now()).await;
    assert!(matches!(loaded, Err(StoreError::Corrupt(_))), "{loaded:?}");
}

#[rstest]
#[tokio::test]
async fn the_end_of_a_session_ends_what_it_started(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let ada = user_of(&sign_in(&database, &google("ada", ADA)).await);
    let audit = AuditContext { client: ClientInfo::default(), now: now() };
    let hash = PasswordHash::from_row("a hash".into());
    let here = open_session(&database, "here", ada).await;
    let elsewhere = open_session(&database, "elsewhere", ada).await;
    // Recovery ends every session, between the check of the cookie and the change.
    database.delete_user_sessions(ada, Some(&here.id)).await.unwrap();
    let refused = database.set_password(ada, &hash, elsewhere.at_version(), &audit).await;
    assert!(matches!(refused, Err(ChangeError::SignedOut)), "{refused:?}");
    assert_eq!(test.count("passwords").await, 0);
    let github = eve("github", "ada@example.org", true);
    let purpose = Purpose::Link { user: ada };
    let by = |session| SettleRequest {
        purpose: &purpose,
        profile: &github,
        session_user: Some(ada),
        session: Some(session),
        admission: Admission { sign_up: &SignUp::Open, opened: None, now: now() },
        second_factor: latchkey::accounts::SecondFactorPolicy::Optional,
        client: &audit.client,
        now: now(),
        waiting: None,
        granted: GrantUpdate::None,
    };
    let refused = database.settle(&by(elsewhere.at_version())).await.unwrap();
    assert_eq!(refused.decision.answer, Answer::Refuse(Reason::SessionMissing));
    assert_eq!(test.count("identities").await, 1);

    // The counterpart.
    database.set_password(ada, &hash, here.at_version(), &audit).await.unwrap();
    let linked = database.settle(&by(here.at_version())).await.unwrap();
    assert!(matches!(linked.decision.answer, Answer::Link { .. }), "{linked:?}");
    let identity = linked.signed_in.unwrap().identity;
    let refused = database.unlink(ada, identity, Vec::new(), elsewhere.at_version(), &audit).await;
    assert!(matches!(refused, Err(ChangeError::SignedOut)), "{refused:?}");
    database.unlink(ada, identity, Vec::new(), here.at_version(), &audit).await.unwrap();
}

#[rstest]
#[tokio::test]
async fn the_previous_password_opens_nothing(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let ada = user_of(&sign_in(&database, &google("ada", ADA)).await);
    let here = open_session(&database, "here", ada).await;
    for (hash, at) in [("old", now()), ("new", now() + Duration::seconds(1))] {
        let audit = AuditContext { client: ClientInfo::default(), now: at };
        let hash = PasswordHash::from_row(hash.into());
        database.set_password(ada, &hash, here.at_version(), &audit).await.unwrap();
    }
    // A comparison with the old password ends now.
    assert_eq!(database.user_with_password(ada, now()).await.unwrap(), None);
    let current = now() + Duration::seconds(1);
    assert!(database.user_with_password(ada, current).await.unwrap().is_some());
}

#[rstest]
#[tokio::test]
async fn a_session_brings_along_what_its_user_signs_in_with(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let ada = user_of(&sign_in(&database, &google("ada", ADA)).await);
    open_session(&database, "s", ada).await;
    let load = async || database.load_session_with_methods("s", now()).await.unwrap().expect("a session");

    let (active, methods) = load().await;
    assert_eq!(Some(active), database.load_session("s", now()).await.unwrap());
    assert_eq!(methods, database.methods_on_record(ada).await.unwrap());
    assert_eq!(methods.identities, database.identities(ada).await.unwrap());
    assert_eq!((methods.identities.len(), methods.has_password, methods.passkeys), (1, false, 0));

    settle(&database, Purpose::Link { user: ada }, &eve("ada", ADA, false), Some(ada)).await.unwrap();
    test.execute(&format!("INSERT INTO passwords (user_id, hash, set_at) VALUES ('{ada}', '', 1)")).await;
    let (_, methods) = load().await;
    assert_eq!(methods.identities, database.identities(ada).await.unwrap(), "the oldest first");
    assert_eq!((methods.count(), methods.has_password), (3, true));

    test.execute("DELETE FROM identities").await;
    assert_eq!(load().await.1, database.methods_on_record(ada).await.unwrap());
    assert_eq!(load().await.1.count(), 1);

    assert_eq!(database.load_session_with_methods("other", now()).await.unwrap(), None);
    let expired = now() + Session::IDLE;
    assert_eq!(database.load_session_with_methods("s", expired).await.unwrap(), None);
    test.execute("UPDATE users SET disabled_at = 1").await;
    assert_eq!(database.load_session_with_methods("s", now()).await.unwrap(), None);
}
