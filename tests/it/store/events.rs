//! The bounds of the audit trail: refusals share a row, an account has a maximum, and everything ends by age.

use latchkey::{
    accounts::{AuditEvent, ClientInfo, FlowFailure, PurposeKind, UserId},
    store::{AuditContext, Database, PastEvent, SweepStep},
};
use rstest::rstest;
use time::Duration;
use uuid::Uuid;

use super::{ADA, google, now, sign_in, user_of};
use crate::support::database::{Engine, TestDatabase};

fn at(later: Duration, request: &str) -> AuditContext {
    AuditContext {
        client: ClientInfo { request_id: Some(request.to_owned()), ..ClientInfo::default() },
        now: now() + later,
    }
}

async fn record(database: &Database, user: Option<UserId>, event: &AuditEvent, later: Duration, request: &str) {
    database.record_event(&at(later, request), user, event).await.expect("records");
}

fn failed(said: &str) -> AuditEvent {
    AuditEvent::FlowFailed {
        purpose: PurposeKind::SignIn,
        provider: "google".to_owned(),
        failure: FlowFailure::AuthorizationResponse,
        said: Some(said.to_owned()),
    }
}

#[rstest]
#[tokio::test]
async fn refusals_of_one_account_share_a_row_per_day(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let ada = user_of(&sign_in(&database, &google("ada", ADA)).await);
    let bob = user_of(&sign_in(&database, &google("bob", "bob@gmail.com")).await);
    let midnight = Duration::seconds(86_400 - now().unix_timestamp() % 86_400);
    for (seconds, request) in (1..).zip(["first", "second", "third"]) {
        record(&database, Some(ada), &AuditEvent::WrongPassword, Duration::seconds(seconds), request).await;
    }
    record(&database, Some(bob), &AuditEvent::WrongPassword, Duration::ZERO, "of bob").await;
    record(&database, Some(ada), &AuditEvent::WrongPassword, midnight, "the next day").await;
    // The twins: what only the user can cause has a row each time.
    record(&database, Some(ada), &AuditEvent::NameChanged, midnight + Duration::SECOND, "a").await;
    record(&database, Some(ada), &AuditEvent::NameChanged, midnight + Duration::minutes(1), "b").await;

    let events = database.events_page(Some(ada), None, 100).await.unwrap();
    let told: Vec<_> = events
        .iter()
        .map(|event| (event.codes.outcome.as_str(), event.times, event.client.request_id.as_deref().unwrap()))
        .collect();
    assert_eq!(
        told[..4],
        [
            ("name_changed", 1, "b"),
            ("name_changed", 1, "a"),
            ("wrong_password", 1, "the next day"),
            ("wrong_password", 3, "third"),
        ]
    );
    assert_eq!(database.events_page(Some(bob), None, 1).await.unwrap()[0].times, 1);
}

/// Anybody can make a flow fail with words of their own.
#[rstest]
#[tokio::test]
async fn failures_without_a_user_share_a_row_per_minute(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let begin = Duration::seconds(60 - now().unix_timestamp() % 60);
    for second in 0..60 {
        record(&database, None, &failed(&format!("text {second}")), begin + Duration::seconds(second), "r").await;
    }
    let row = "SELECT CAST(times AS TEXT) || ' ' || reasons FROM events";
    assert_eq!(test.text(row).await, "60 [\"authorization_response\",\"text 59\"]");
    record(&database, None, &failed("later"), begin + Duration::MINUTE, "another").await;
    assert_eq!(test.count("events").await, 2);
    assert_eq!(database.decisions_of("another").await.unwrap().len(), 1, "found by its request");
}

#[rstest]
#[tokio::test]
async fn strangers_cannot_push_an_accounts_history_out(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let ada = user_of(&sign_in(&database, &google("ada", ADA)).await);
    // As 850 actions of the user and 250 days with a wrong password would leave them.
    test.execute(&format!(
        "INSERT INTO events (id, at, kind, user_id, outcome, reasons, times, last_at, fold) \
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1100) \
         SELECT '0' || (10000 + i), i, 'profile', '{ada}', 'name_changed', '[]', 1, i, \
         CASE WHEN i > 850 THEN 'f' || i ELSE NULL END FROM n"
    ))
    .await;
    record(&database, Some(ada), &AuditEvent::WrongPassword, Duration::ZERO, "r").await;
    assert_eq!(test.number("SELECT count(*) FROM events WHERE fold IS NOT NULL").await, 200);
    let own = "SELECT count(*) FROM events WHERE fold IS NULL";
    assert_eq!(test.number(own).await, 851, "no row of their own is touched by a stranger's");
    record(&database, Some(ada), &AuditEvent::NameChanged, Duration::ZERO, "r").await;
    assert_eq!(test.number(own).await, 800);
    assert_eq!(test.number("SELECT min(at) FROM events WHERE fold IS NULL").await, 53, "the oldest go");
}

/// The ids of a list in pages of two, which `between` may change before each page.
async fn ids_by_page(database: &Database, user: Option<UserId>, mut between: impl AsyncFnMut()) -> Vec<Uuid> {
    let mut ids: Vec<Uuid> = Vec::new();
    loop {
        let page = database.events_page(user, ids.last().copied(), 2).await.unwrap();
        if page.is_empty() {
            return ids;
        }
        ids.extend(page.iter().map(|event| event.id));
        between().await;
    }
}

fn ids_of(events: &[PastEvent]) -> Vec<Uuid> {
    events.iter().map(|event| event.id).collect()
}

#[rstest]
#[tokio::test]
async fn the_history_is_read_page_by_page(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let ada = user_of(&sign_in(&database, &google("ada", ADA)).await);
    let bob = user_of(&sign_in(&database, &google("bob", "bob@gmail.com")).await);
    for _ in 0..6 {
        record(&database, Some(ada), &AuditEvent::NameChanged, Duration::SECOND, "one second, ordered by id").await;
    }
    let all = ids_of(&database.events_page(Some(ada), None, 100).await.unwrap());
    assert_eq!((all.len(), ids_by_page(&database, Some(ada), async || ()).await), (7, all.clone()));
    assert_eq!(ids_by_page(&database, None, async || ()).await.len(), 8);
    // After another user's event there are only events of this one.
    assert_eq!(database.events_page(Some(bob), Some(all[0]), 3).await.unwrap().len(), 1);
    // The list goes on where a deleted event was.
    test.execute(&format!("DELETE FROM events WHERE id = '{}'", all[1])).await;
    assert_eq!(ids_of(&database.events_page(Some(ada), Some(all[1]), 2).await.unwrap()), all[2..4]);
}

/// A stranger who goes on guessing while the user reads their history.
#[rstest]
#[tokio::test]
async fn a_refusal_between_two_pages_moves_no_event(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values(true, false)] of_one_user: bool,
) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let ada = user_of(&sign_in(&database, &google("ada", ADA)).await);
    let midnight = Duration::seconds(86_400 - now().unix_timestamp() % 86_400);
    let refusals = [AuditEvent::WrongPassword, AuditEvent::WrongSignInCode, failed("a word")];
    let refuse = async |after: Duration| {
        for refusal in &refusals {
            record(&database, Some(ada), refusal, midnight + after, "r").await;
        }
    };
    for minute in 0..3 {
        record(&database, Some(ada), &AuditEvent::NameChanged, midnight + Duration::minutes(minute), "r").await;
        refuse(Duration::minutes(minute)).await;
    }
    let user = of_one_user.then_some(ada);
    let before = database.events_page(user, None, 100).await.unwrap();
    let mut seconds = 180;
    let read = ids_by_page(&database, user, async || {
        seconds += 1;
        refuse(Duration::seconds(seconds)).await;
    })
    .await;
    assert_eq!((read.len(), read), (7, ids_of(&before)));
    // They were counted, each in its row, whose place is that of the first one.
    let after = database.events_page(user, None, 100).await.unwrap();
    for (before, after) in before.iter().zip(&after) {
        let pages = if before.times > 1 { 4 } else { 0 };
        assert_eq!((after.id, after.at, after.times), (before.id, before.at, before.times + pages));
        assert_eq!(after.last_at - before.last_at, Duration::seconds(if pages > 0 { 64 } else { 0 }));
    }
}

#[rstest]
#[tokio::test]
async fn events_end_by_age(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let test = TestDatabase::empty(engine).await;
    let database = test.open().await;
    let ada = user_of(&sign_in(&database, &google("ada", ADA)).await);
    record(&database, None, &AuditEvent::AccountDeleted, Duration::ZERO, "r").await;
    let mut swept = Vec::new();
    for days in [30, 31, 400, 401] {
        let then = now() + Duration::days(days);
        for step in [SweepStep::AnonymousEvents, SweepStep::OldEvents] {
            swept.push(database.sweep(step, then, 10).await.unwrap());
        }
    }
    assert_eq!(swept, [0, 0, 1, 0, 0, 0, 0, 1]);
    assert!(database.events_page(Some(ada), None, 1).await.unwrap().is_empty());
}
