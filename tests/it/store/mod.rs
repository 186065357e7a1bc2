//! The store on both engines: the rows match the decisions of the pure rooms, also with fifty concurrent callers.

mod alone;
mod cancelled;
mod grants;
mod session_limits;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::support::database::{Engine, TestDatabase, sealer};
use latchkey::accounts::{Answer, AuditEvent, ClientInfo, PasswordHash, Purpose, Reason, SignInMethod, SignUp, UserId};
use latchkey::providers::{Profile, ProfileEmail};
use latchkey::store::{
    AuditContext, Changed, Database, FlowStatus, GrantUpdate, NewSession, SettleOutcome, SettleRequest, StoreError,
    SweepStep,
};
use rstest::rstest;
use time::{Duration, OffsetDateTime};
use tokio::task::JoinSet;

const ADA: &str = "ada@gmail.com";

fn now() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap()
}

fn google(subject: &str, address: &str) -> Profile {
    Profile {
        issuer: "https://accounts.google.com".into(),
        subject: subject.into(),
        provider: "google".into(),
        email: Some(ProfileEmail {
            unverified_email: address.into(),
            verified_by_provider: true,
            provider_is_authoritative: true,
        }),
        name: Some(format!("{subject} of Google")),
        picture: Some("https://pictures.example/1".into()),
    }
}

/// A provider that is no authority for any mailbox.
fn eve(subject: &str, address: &str, verified: bool) -> Profile {
    Profile {
        issuer: "https://eve.example".into(),
        subject: subject.into(),
        provider: "eve".into(),
        email: Some(ProfileEmail {
            unverified_email: address.into(),
            verified_by_provider: verified,
            provider_is_authoritative: false,
        }),
        name: None,
        picture: None,
    }
}

async fn settle(
    database: &Database,
    purpose: Purpose,
    profile: &Profile,
    session_user: Option<UserId>,
) -> Result<SettleOutcome, StoreError> {
    let settle_request = SettleRequest {
        purpose: &purpose,
        profile,
        session_user,
        session: None,
        sign_up: &SignUp::Open,
        client: &ClientInfo {
            ip: Some([192, 0, 2, 1].into()),
            user_agent: Some("Browser".into()),
            request_id: Some("r1".into()),
        },
        now: now(),
        waiting: None,
        granted: GrantUpdate::None,
    };
    database.settle(&settle_request).await
}

async fn sign_in(database: &Database, profile: &Profile) -> SettleOutcome {
    settle(database, Purpose::SignIn, profile, None).await.expect("settles")
}

fn user_of(settled: &SettleOutcome) -> UserId {
    settled.signed_in.as_ref().expect("a signed-in user").user.id
}

fn email_of(settled: &SettleOutcome) -> Option<String> {
    let user = &settled.signed_in.as_ref()?.user;
    user.verified_email.as_ref().map(|email| email.email().to_string())
}

/// Opens a cookie session with this hash. Returns its id.
async fn open_session(database: &Database, id_hash: &str, user: UserId) -> String {
    assert!(database.create_session(id_hash, &session(user)).await.unwrap());
    database.load_session(id_hash, now()).await.unwrap().expect("a session").session.id
}

/// Opens a cookie session with this hash. Returns its id.
async fn open_session(database: &Database, id_hash: &str, user: UserId) -> String {
    assert!(database.create_session(id_hash, &session(user)).await.unwrap());
    database.load_session(id_hash, now()).await.unwrap().expect("a session").session.id
}

fn session(user: UserId) -> NewSession {
    NewSession {
        user,
        identity: None,
        provider: Some("google".into()),
        user_agent: Some("Browser".into()),
        ip: Some("192.0.2.1".into()),
        data: r#"{"a":1}"#.into(),
        created_at: now(),
        expires_at: now() + Duration::days(14),
        absolute_expires_at: now() + Duration::days(90),
    }
}

// The database itself.

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

// Settling.

#[rstest]
#[tokio::test]
async fn the_first_sign_in_makes_a_user_and_the_next_updates_it(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;

    let first = sign_in(&database, &google("ada", "Ada@Gmail.com")).await;
    assert!(matches!(first.decision.answer, Answer::Create { .. }));
    let signed_in = first.signed_in.as_ref().unwrap();
    assert_eq!(signed_in.user.name.as_deref(), Some("ada of Google"));
    assert_eq!(email_of(&first).as_deref(), Some(ADA));
    assert_eq!(signed_in.user.created_at, now());

    let mut renamed = google("ada", ADA);
    renamed.name = Some("Ada King".into());
    renamed.picture = None;
    let second = sign_in(&database, &renamed).await;
    assert!(matches!(second.decision.answer, Answer::SignIn { .. }));
    let again = second.signed_in.as_ref().unwrap();
    assert_eq!((again.user.id, again.identity), (signed_in.user.id, signed_in.identity));
    assert_eq!(again.user.name.as_deref(), Some("Ada King"));
    assert_eq!(again.user.picture.as_deref(), Some("https://pictures.example/1"));

    let identities = database.identities(again.user.id).await.unwrap();
    assert_eq!(identities.len(), 1);
    assert_eq!(identities[0].id, again.identity);
    assert_eq!(identities[0].key.subject(), "ada");
    assert_eq!(identities[0].name.as_deref(), Some("Ada King"));
    assert!(identities[0].email_verified);
    assert_eq!((test.count("users").await, test.count("events").await), (1, 2));
}

#[rstest]
#[tokio::test]
async fn every_decision_leaves_an_event_with_its_reasons(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    sign_in(&database, &google("ada", ADA)).await;
    assert_eq!(
        test.text("SELECT kind || ' ' || outcome || ' ' || provider || ' ' || ip || ' ' || request_id FROM events")
            .await,
        "sign_in create google 192.0.2.1 r1"
    );
    assert_eq!(
        test.text("SELECT reasons FROM events").await,
        r#"["identity_unknown","email_verified_by_authority","email_free"]"#
    );
    let mut unknown = google("", ADA);
    unknown.subject.clear();
    let refused = sign_in(&database, &unknown).await;
    assert_eq!(refused.decision.answer, Answer::Refuse(Reason::IdentityMalformed));
    assert_eq!(test.count("users").await, 1);
    assert_eq!(test.number("SELECT count(*) FROM events WHERE outcome = 'refused'").await, 1);

    let audit = AuditContext { client: ClientInfo::default(), now: now() };
    database.record_event(&audit, None, &AuditEvent::SignOut { method: None }).await.unwrap();
    assert_eq!(test.count("events").await, 3);
}

#[rstest]
#[tokio::test]
async fn fifty_first_sign_ins_of_one_identity_make_one_user(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test = TestDatabase::empty(engine).await;
    let database = Arc::new(test.open().await);
    let mut tasks = JoinSet::new();
    for _ in 0..50 {
        let database = Arc::clone(&database);
        tasks.spawn(async move { sign_in(&database, &google("ada", ADA)).await });
    }
    let settled = tasks.join_all().await;
    let users: BTreeSet<_> = settled.iter().map(user_of).collect();
    let created = settled.iter().filter(|settled| matches!(settled.decision.answer, Answer::Create { .. }));
    assert_eq!((users.len(), created.count()), (1, 1));
    assert_eq!((test.count("users").await, test.count("identities").await), (1, 1));
    assert_eq!(test.count("events").await, 50);
}

/// Two servers, two identities, one email: the second finds the first.
#[rstest]
#[tokio::test]
async fn concurrent_sign_ins_with_one_email_are_serialised(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let machines = [Arc::new(test.open().await), Arc::new(test.open().await)];
    let mut tasks = JoinSet::new();
    for round in 0..15 {
        let address = format!("ada{round}@gmail.com");
        for (machine, subject) in machines.iter().zip(["one", "two"]) {
            let machine = Arc::clone(machine);
            let profile = google(&format!("{subject}{round}"), &address);
            tasks.spawn(async move { sign_in(&machine, &profile).await.decision.answer });
        }
    }
    let answers = tasks.join_all().await;
    let created = answers.iter().filter(|answer| matches!(answer, Answer::Create { .. }));
    // A second identity of one provider with the same email is never linked without asking.
    let asked = answers.iter().filter(|answer| matches!(answer, Answer::Prompt { .. }));
    assert_eq!((created.count(), asked.count()), (15, 15));
    assert_eq!((test.count("users").await, test.count("identities").await), (15, 15));
}

/// Two new identities of one provider race for an existing user: only one may be linked without asking.
#[rstest]
#[tokio::test]
async fn of_two_identities_racing_for_a_user_one_is_linked(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let machines = [Arc::new(test.open().await), Arc::new(test.open().await)];
    for round in 0..10 {
        sign_in(&machines[0], &eve(&format!("ada{round}"), &format!("ada{round}@gmail.com"), true)).await;
    }
    // As after a confirmation by email.
    test.execute("UPDATE users SET verified_email_method = 'email_link'").await;
    let mut tasks = JoinSet::new();
    for round in 0..10 {
        for (machine, subject) in machines.iter().zip(["one", "two"]) {
            let machine = Arc::clone(machine);
            let profile = google(&format!("{subject}{round}"), &format!("ada{round}@gmail.com"));
            tasks.spawn(async move { sign_in(&machine, &profile).await.decision.answer });
        }
    }
    let answers = tasks.join_all().await;
    let linked = answers.iter().filter(|answer| matches!(answer, Answer::LinkWithoutAsking { .. }));
    let asked = answers.iter().filter(|answer| matches!(answer, Answer::Prompt { .. }));
    assert_eq!((linked.count(), asked.count()), (10, 10));
    assert_eq!((test.count("users").await, test.count("identities").await), (10, 20));
}

#[rstest]
#[tokio::test]
async fn a_sign_in_that_fails_at_its_last_step_leaves_nothing(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    test.execute("ALTER TABLE events RENAME TO gone").await;
    let failed = settle(&database, Purpose::SignIn, &google("ada", ADA), None).await;
    assert!(matches!(failed, Err(StoreError::Other(_))), "{failed:?}");
    assert_eq!((test.count("users").await, test.count("identities").await), (0, 0));

    test.execute("ALTER TABLE gone RENAME TO events").await;
    sign_in(&database, &google("ada", ADA)).await;
    assert_eq!((test.count("users").await, test.count("identities").await), (1, 1));
}

// The linking policy on rows.

#[rstest]
#[tokio::test]
async fn lk5_an_unverified_email_finds_no_user(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let ada = sign_in(&database, &google("ada", ADA)).await;
    let eve = sign_in(&database, &eve("eve", ADA, false)).await;
    assert_ne!(user_of(&eve), user_of(&ada));
    let user = &eve.signed_in.as_ref().unwrap().user;
    assert_eq!(user.verified_email, None);
    assert_eq!(user.claimed_email.as_ref().map(|email| email.email().as_str()), Some(ADA));
    assert_eq!(user_of(&sign_in(&database, &google("ada", ADA)).await), user_of(&ada));
}

#[rstest]
#[tokio::test]
async fn lk5_a_verified_email_makes_a_user_of_its_own(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let first = sign_in(&database, &eve("eve", ADA, false)).await;
    let ada = sign_in(&database, &google("ada", ADA)).await;
    assert!(matches!(ada.decision.answer, Answer::ClaimFromUnverified { .. }));
    assert_ne!(user_of(&ada), user_of(&first));
    assert_eq!(email_of(&ada).as_deref(), Some(ADA));

    // Eve came through a provider: her user stays hers, without the claim.
    let again = sign_in(&database, &eve("eve", ADA, false)).await;
    assert_eq!(user_of(&again), user_of(&first));
    assert_eq!(again.signed_in.unwrap().user.claimed_email, None);
}

#[rstest]
#[tokio::test]
async fn a_taken_email_returns_the_sign_in_methods_and_changes_nothing(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let ada = sign_in(&database, &google("ada", ADA)).await;
    let prompted = sign_in(&database, &eve("eve", ADA, true)).await;
    assert_eq!(
        prompted.decision.answer,
        Answer::Prompt { user: user_of(&ada), methods: vec![SignInMethod::Provider("google".into())] }
    );
    assert_eq!(prompted.signed_in, None);
    assert_eq!((test.count("users").await, test.count("identities").await), (1, 1));
}

#[rstest]
#[tokio::test]
async fn an_email_change_at_the_provider_takes_no_users_email(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let ada = sign_in(&database, &google("ada", ADA)).await;
    let moved = sign_in(&database, &google("ada", "countess@gmail.com")).await;
    assert_eq!((user_of(&moved), email_of(&moved).as_deref()), (user_of(&ada), Some("countess@gmail.com")));

    let bob = sign_in(&database, &google("bob", "bob@gmail.com")).await;
    let thief = sign_in(&database, &google("ada", "bob@gmail.com")).await;
    assert_eq!((user_of(&thief), email_of(&thief).as_deref()), (user_of(&ada), Some("countess@gmail.com")));
    let claim = &database.identities(user_of(&ada)).await.unwrap()[0].email;
    assert_eq!(claim.as_ref().map(|email| email.as_str()), Some("bob@gmail.com"));

    let bob_again = sign_in(&database, &google("bob", "bob@gmail.com")).await;
    assert_eq!((user_of(&bob_again), email_of(&bob_again).as_deref()), (user_of(&bob), Some("bob@gmail.com")));
}

#[rstest]
#[tokio::test]
async fn users_without_an_email_do_not_collide(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    for subject in ["1", "2"] {
        let mut profile = eve(subject, "", false);
        profile.email = None;
        sign_in(&database, &profile).await;
    }
    assert_eq!(test.count("users").await, 2);
}

#[rstest]
#[tokio::test]
async fn lk14_another_users_identity_is_not_moved(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let ada = user_of(&sign_in(&database, &google("ada", ADA)).await);
    let eve_user = user_of(&sign_in(&database, &eve("eve", "eve@evil.example", true)).await);

    let purpose = Purpose::Link { user: eve_user };
    let stolen = settle(&database, purpose.clone(), &google("ada", ADA), Some(eve_user)).await.unwrap();
    assert_eq!(stolen.decision.answer, Answer::LinkedElsewhere);
    assert_eq!(stolen.signed_in, None);
    assert_eq!(database.identities(ada).await.unwrap().len(), 1);

    let elsewhere = settle(&database, purpose.clone(), &google("new", "new@gmail.com"), Some(ada)).await.unwrap();
    assert_eq!(elsewhere.decision.answer, Answer::Refuse(Reason::SessionOfAnother));
    let linked = settle(&database, purpose, &google("new", "new@gmail.com"), Some(eve_user)).await.unwrap();
    assert!(matches!(linked.decision.answer, Answer::Link { .. }));
    assert_eq!(database.identities(eve_user).await.unwrap().len(), 2);
    assert_eq!(email_of(&linked).as_deref(), Some("eve@evil.example"));
}

#[rstest]
#[tokio::test]
async fn lk21_a_disabled_user_and_their_sessions_are_rejected(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let ada = user_of(&sign_in(&database, &google("ada", ADA)).await);
    assert!(database.create_session("s", &session(ada)).await.unwrap());
    assert!(database.load_session("s", now()).await.unwrap().is_some());

    test.execute("UPDATE users SET disabled_at = 1").await;
    assert!(database.load_session("s", now()).await.unwrap().is_none());
    let refused = sign_in(&database, &google("ada", ADA)).await;
    assert_eq!(refused.decision.answer, Answer::Refuse(Reason::UserDisabled));
    assert_eq!(refused.signed_in, None);
}

// Sessions.

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
    assert_eq!(active.session.user_agent, new.user_agent);
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
        ids.push(open_session(&database, hash, user).await);
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
async fn a_malformed_row_is_corrupt(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let ada = user_of(&sign_in(&database, &google("ada", ADA)).await);
    database.create_session("s", &session(ada)).await.unwrap();
    test.execute("UPDATE users SET verified_email = 'nonsense'").await;
    let loaded = database.load_session("s", now()).await;
    assert!(matches!(loaded, Err(StoreError::Corrupt(_))), "{loaded:?}");
}

// Flows.

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

// A session or password that ends during an operation.

#[rstest]
#[tokio::test]
async fn the_end_of_a_session_ends_what_it_started(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let ada = user_of(&sign_in(&database, &google("ada", ADA)).await);
    let audit = AuditContext { client: ClientInfo::default(), now: now() };
    let hash = PasswordHash::from_row("a hash".into());
    let here = &open_session(&database, "here", ada).await;
    let elsewhere = &open_session(&database, "elsewhere", ada).await;
    // Recovery ends every session, between the check of the cookie and the change.
    database.delete_user_sessions(ada, Some(here)).await.unwrap();
    assert_eq!(database.set_password(ada, &hash, elsewhere, &audit).await.unwrap(), Changed::SignedOut);
    assert_eq!(test.count("passwords").await, 0);
    let github = eve("github", "ada@example.org", true);
    let purpose = Purpose::Link { user: ada };
    let by = |session| SettleRequest {
        purpose: &purpose,
        profile: &github,
        session_user: Some(ada),
        session: Some(session),
        sign_up: &SignUp::Open,
        client: &audit.client,
        now: now(),
        waiting: None,
        granted: GrantUpdate::None,
    };
    let refused = database.settle(&by(elsewhere)).await.unwrap();
    assert_eq!(refused.decision.answer, Answer::Refuse(Reason::SessionMissing));
    assert_eq!(test.count("identities").await, 1);

    // The counterpart.
    assert_eq!(database.set_password(ada, &hash, here, &audit).await.unwrap(), Changed::Done);
    let linked = database.settle(&by(here)).await.unwrap();
    assert!(matches!(linked.decision.answer, Answer::Link { .. }), "{linked:?}");
    let identity = linked.signed_in.unwrap().identity;
    assert_eq!(database.unlink(ada, identity, Vec::new(), elsewhere, &audit).await.unwrap(), Changed::SignedOut);
    assert_eq!(database.unlink(ada, identity, Vec::new(), here, &audit).await.unwrap(), Changed::Done);
}

#[rstest]
#[tokio::test]
async fn the_previous_password_opens_nothing(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let ada = user_of(&sign_in(&database, &google("ada", ADA)).await);
    let here = &open_session(&database, "here", ada).await;
    for (hash, at) in [("old", now()), ("new", now() + Duration::seconds(1))] {
        let audit = AuditContext { client: ClientInfo::default(), now: at };
        let hash = PasswordHash::from_row(hash.into());
        assert_eq!(database.set_password(ada, &hash, here, &audit).await.unwrap(), Changed::Done);
    }
    let audit = AuditContext { client: ClientInfo::default(), now: now() + Duration::seconds(2) };
    // A comparison with the old password ends now.
    assert_eq!(database.sign_in_with_password(ada, now(), &audit).await.unwrap(), None);
    let current = now() + Duration::seconds(1);
    assert!(database.sign_in_with_password(ada, current, &audit).await.unwrap().is_some());
}
