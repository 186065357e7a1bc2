//! A refresh token works once; a second time it ends the session (threats RT1, RT4, RT5).

use latchkey::{
    accounts::{ClientInfo, EmailKind},
    store::{AuditContext, NewRefreshToken, NewSession, Rotation},
    tokens::RefreshTokenError,
};
use rstest::rstest;
use time::Duration;

use super::mock::{MockProvider, at, text};
use crate::support::database::Engine;

const DAY: i64 = 86_400;

#[rstest]
#[tokio::test]
async fn a_pair_leads_to_the_next_and_both_are_of_one_session(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mock = MockProvider::on(engine).await;
    let ada = mock.person("ada").await;
    let first = mock.sign_in(ada.id).await;
    let claims = mock.verify(&first).await.unwrap();
    assert_eq!((claims.user(), claims.session()), (ada.id, first.session.session.id_hash.as_str()));
    assert_eq!(claims.email().map(ToString::to_string).as_deref(), Some("ada@gmail.com"));
    assert!(mock.is_open(&first).await);

    let second = mock.refresh(&first).await.unwrap();
    assert_ne!(text(&second), text(&first));
    assert_eq!(mock.verify(&second).await.unwrap().session(), claims.session());
    let third = mock.refresh(&second).await.unwrap();
    assert!(mock.is_open(&third).await);
    assert_eq!((mock.test.count("sessions").await, mock.test.count("refresh_tokens").await), (1, 3));
}

#[rstest]
#[tokio::test]
async fn what_is_no_token_of_ours_changes_nothing(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let mock = MockProvider::on(engine).await;
    let pair = mock.sign_in(mock.person("ada").await.id).await;
    let unknown = format!("lkr_{}", "A".repeat(43));
    for junk in [unknown.as_str(), "", "lkr_", &text(&pair)[4..], "' OR 1=1 --"] {
        let refused = mock.tokens.refresh(junk, &ClientInfo::default()).await;
        assert!(matches!(refused, Err(RefreshTokenError::Unknown)), "{junk}: {refused:?}");
    }
    assert_eq!(mock.test.number("SELECT count(*) FROM events WHERE kind = 'token'").await, 0);
    assert!(mock.refresh(&pair).await.is_ok());
}

#[rstest]
#[tokio::test]
async fn rt1_who_brings_a_used_token_ends_the_session_and_its_user_gets_a_letter(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mock = MockProvider::on(engine).await;
    let ada = mock.person("ada").await;
    let elsewhere = mock.sign_in(ada.id).await;
    let first = mock.sign_in(ada.id).await;
    let second = mock.refresh(&first).await.unwrap();
    let third = mock.refresh(&second).await.unwrap();

    // At once: its successor is in use, so that no answer was lost.
    let replayed = mock.refresh(&first).await;
    assert!(matches!(replayed, Err(RefreshTokenError::Reused)), "{replayed:?}");
    for pair in [&first, &second, &third] {
        assert!(!mock.is_open(pair).await);
        let refused = mock.refresh(pair).await;
        assert!(matches!(refused, Err(RefreshTokenError::Unknown)), "{refused:?}");
    }
    assert!(mock.is_open(&elsewhere).await && mock.refresh(&elsewhere).await.is_ok(), "other sessions go on");

    let event = "SELECT kind || ' ' || outcome || ' ' || user_id || ' ' || ip || ' ' || request_id FROM events \
                 WHERE kind = 'token'";
    assert_eq!(mock.test.text(event).await, format!("token reused {} 192.0.2.9 r9", ada.id));
    let lease = std::time::Duration::from_secs(60);
    let emails = mock.database.take_due_emails(mock.clock.date(), lease, 10).await.unwrap();
    let [message] = &emails[..] else { panic!("{emails:?}") };
    assert_eq!((message.message.to.as_str(), &message.message.matter), ("ada@gmail.com", &EmailKind::TokenReused));
    assert_eq!(message.message.cause.ip, "192.0.2.9");
}

#[rstest]
#[tokio::test]
async fn who_has_no_address_gets_no_letter_and_the_session_ends_all_the_same(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mock = MockProvider::on(engine).await;
    let first = mock.sign_in(mock.person_without_address("bob").await.id).await;
    let second = mock.refresh(&first).await.unwrap();
    mock.refresh(&second).await.unwrap();
    assert!(matches!(mock.refresh(&first).await, Err(RefreshTokenError::Reused)));
    assert_eq!((mock.test.count("sessions").await, mock.test.count("outbox").await), (0, 0));
}

#[rstest]
#[tokio::test]
async fn rt4_who_lost_the_answer_gets_it_again_for_ten_seconds(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values(0, 1, 10, 11, 3600)] later: i64,
) {
    let mock = MockProvider::on(engine).await;
    let session = family(&mock, "s").await;
    assert!(matches!(rotate(&mock, "first", "second", 0).await, Rotation::Rotated(_)));
    let again = rotate(&mock, "first", "never", later).await;
    if later <= 10 {
        let Rotation::Again { child, session: active } = again else { panic!("{again:?}") };
        assert_eq!(secrecy::ExposeSecret::expose_secret(&child), "text of second");
        assert_eq!(active.session.id_hash, session);
        assert!(matches!(rotate(&mock, "second", "third", later).await, Rotation::Rotated(_)));
        assert_eq!(mock.test.count("refresh_tokens").await, 3, "no fork");
    } else {
        assert!(matches!(again, Rotation::Reused), "{again:?}");
        assert_eq!(mock.test.count("sessions").await, 0);
    }
}

#[rstest]
#[tokio::test]
async fn once_the_next_token_is_used_a_second_try_is_no_honest_one(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mock = MockProvider::on(engine).await;
    family(&mock, "s").await;
    rotate(&mock, "first", "second", 0).await;
    assert!(matches!(rotate(&mock, "first", "x", 1).await, Rotation::Again { .. }));
    rotate(&mock, "second", "third", 1).await;
    assert!(matches!(rotate(&mock, "first", "x", 1).await, Rotation::Reused));
}

#[rstest]
#[tokio::test]
async fn rt5_a_family_ends_at_its_absolute_end_whatever_happens(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mock = MockProvider::on(engine).await;
    family(&mock, "s").await;
    let mut last = "first".to_owned();
    for day in 1..90 {
        let next = format!("day {day}");
        let rotated = rotate(&mock, &last, &next, day * DAY).await;
        let Rotation::Rotated(active) = rotated else { panic!("day {day}: {rotated:?}") };
        let ends = at(day * DAY) + Duration::days(14);
        assert_eq!(active.session.expires_at, ends.min(at(90 * DAY)), "the idle end moves, the absolute one does not");
        last = next;
    }
    assert!(matches!(rotate(&mock, &last, "late", 90 * DAY).await, Rotation::Unknown));
}

#[rstest]
#[case::used_in_time(14 * DAY - 1, true)]
#[case::too_late(14 * DAY, false)]
#[tokio::test]
async fn a_family_that_nobody_uses_ends(
    #[case] after: i64,
    #[case] goes_on: bool,
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mock = MockProvider::on(engine).await;
    family(&mock, "s").await;
    assert_eq!(matches!(rotate(&mock, "first", "second", after).await, Rotation::Rotated(_)), goes_on);
}

#[rstest]
#[tokio::test]
async fn after_the_sweep_a_used_token_is_still_known_for_one(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mock = MockProvider::on(engine).await;
    family(&mock, "s").await;
    rotate(&mock, "first", "second", 0).await;
    assert_eq!(mock.database.forget_children(at(10), 500).await.unwrap(), 0);
    assert_eq!(mock.database.forget_children(at(11), 500).await.unwrap(), 1);
    assert_eq!(mock.test.number("SELECT count(*) FROM refresh_tokens WHERE child IS NOT NULL").await, 0);
    assert!(matches!(rotate(&mock, "first", "x", 11).await, Rotation::Reused));
}

#[rstest]
#[tokio::test]
async fn the_database_holds_no_token_that_opens_anything(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let mock = MockProvider::on(engine).await;
    let first = mock.sign_in(mock.person("ada").await.id).await;
    let second = mock.refresh(&first).await.unwrap();
    let children = "SELECT count(*) FROM refresh_tokens WHERE child IS NOT NULL";
    assert_eq!(mock.test.number(children).await, 1);
    for column in ["token_hash", "session", "parent_hash", "child"] {
        for token in [text(&first), text(&second)] {
            let found = format!(
                "SELECT count(*) FROM refresh_tokens WHERE {column} LIKE '%{}%' OR {column} LIKE 'lkr_%'",
                &token[4..]
            );
            assert_eq!(mock.test.number(&found).await, 0, "{column}");
        }
    }
    mock.refresh(&second).await.unwrap();
    assert_eq!(mock.test.number(children).await, 1, "only the last one has a child that may be asked for again");
}

/// What is not written down did not happen.
#[rstest]
#[tokio::test]
async fn an_end_that_cannot_be_written_down_is_none_yet(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let mock = MockProvider::on(engine).await;
    let first = mock.sign_in(mock.person("ada").await.id).await;
    let second = mock.refresh(&first).await.unwrap();
    mock.refresh(&second).await.unwrap();
    mock.test.execute("ALTER TABLE outbox RENAME TO gone").await;
    assert!(matches!(mock.refresh(&first).await, Err(RefreshTokenError::Internal(_))));
    assert_eq!(mock.test.count("sessions").await, 1);
    assert_eq!(mock.test.number("SELECT count(*) FROM events WHERE kind = 'token'").await, 0);
    mock.test.execute("ALTER TABLE gone RENAME TO outbox").await;
    assert!(matches!(mock.refresh(&first).await, Err(RefreshTokenError::Reused)));
    assert_eq!((mock.test.count("sessions").await, mock.test.count("outbox").await), (0, 1));
}

/// A session with the refresh token `first`, opened at nought.
async fn family(mock: &MockProvider, id_hash: &str) -> String {
    let user = mock.person("ada").await.id;
    let session = NewSession {
        id_hash: id_hash.to_owned(),
        user,
        identity: None,
        provider: Some("google".into()),
        user_agent: None,
        ip: None,
        data: "{}".into(),
        created_at: at(0),
        expires_at: at(0) + Duration::days(14),
        absolute_expires_at: at(0) + Duration::days(90),
    };
    assert!(mock.database.open_token_session(None, &session, &token("first")).await.unwrap());
    id_hash.to_owned()
}

async fn rotate(mock: &MockProvider, hash: &str, child: &str, after: i64) -> Rotation {
    let audit = AuditContext { client: ClientInfo::default(), now: at(after) };
    mock.database.rotate_refresh_token(hash, &token(child), &audit).await.unwrap()
}

fn token(name: &str) -> NewRefreshToken {
    NewRefreshToken { hash: name.to_owned(), text: format!("text of {name}").into() }
}
