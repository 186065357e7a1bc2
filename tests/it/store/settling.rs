//! Profiles are settled atomically, also when they race.

use std::{collections::BTreeSet, sync::Arc};

use latchkey::{
    accounts::{Answer, AuditEvent, ClientInfo, Purpose, Reason},
    store::{AuditContext, StoreError},
};
use rstest::rstest;
use tokio::task::JoinSet;

use super::{ADA, email_of, eve, google, now, settle, sign_in, user_of};
use crate::support::database::{Engine, TestDatabase};

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
