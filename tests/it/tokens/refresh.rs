//! A refresh token works once; a second time it ends the session (threats RT1, RT4, RT5).

use latchkey::{
    accounts::{ClientInfo, EmailKind},
    store::{AuditContext, NewRefreshToken, NewSession, Rotation},
    tokens::RefreshTokenError,
};
use rstest::rstest;
use time::Duration;

use super::server::{Server, at, text};
use crate::support::database::Engine;

const DAY: i64 = 86_400;

#[rstest]
#[tokio::test]
async fn a_refresh_returns_the_next_pair_of_the_session(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let server = Server::on(engine).await;
    let ada = server.user("ada").await;
    let first = server.sign_in(ada.id).await;
    let claims = server.verify(&first).await.unwrap();
    assert_eq!((claims.user(), claims.session()), (ada.id, first.session.session.id_hash.as_str()));
    assert_eq!(claims.email().map(ToString::to_string).as_deref(), Some("ada@gmail.com"));
    assert!(server.is_open(&first).await);

    let second = server.refresh(&first).await.unwrap();
    assert_ne!(text(&second), text(&first));
    assert_eq!(server.verify(&second).await.unwrap().session(), claims.session());
    let third = server.refresh(&second).await.unwrap();
    assert!(server.is_open(&third).await);
    assert_eq!((server.test.count("sessions").await, server.test.count("refresh_tokens").await), (1, 3));
}

#[rstest]
#[tokio::test]
async fn an_unknown_token_changes_nothing(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let server = Server::on(engine).await;
    let pair = server.sign_in(server.user("ada").await.id).await;
    let unknown = format!("lkr_{}", "A".repeat(43));
    for junk in [unknown.as_str(), "", "lkr_", &text(&pair)[4..], "' OR 1=1 --"] {
        let refused = server.tokens.refresh(junk, &ClientInfo::default()).await;
        assert!(matches!(refused, Err(RefreshTokenError::Unknown)), "{junk}: {refused:?}");
    }
    assert_eq!(server.test.number("SELECT count(*) FROM events WHERE kind = 'token'").await, 0);
    assert!(server.refresh(&pair).await.is_ok());
}

#[rstest]
#[tokio::test]
async fn rt1_reuse_ends_the_session_and_sends_an_email(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let server = Server::on(engine).await;
    let ada = server.user("ada").await;
    let elsewhere = server.sign_in(ada.id).await;
    let first = server.sign_in(ada.id).await;
    let second = server.refresh(&first).await.unwrap();
    let third = server.refresh(&second).await.unwrap();

    // At once: its successor is in use, so no answer was lost.
    let replayed = server.refresh(&first).await;
    assert!(matches!(replayed, Err(RefreshTokenError::Reused)), "{replayed:?}");
    for pair in [&first, &second, &third] {
        assert!(!server.is_open(pair).await);
        let refused = server.refresh(pair).await;
        assert!(matches!(refused, Err(RefreshTokenError::Unknown)), "{refused:?}");
    }
    assert!(server.is_open(&elsewhere).await && server.refresh(&elsewhere).await.is_ok(), "other sessions go on");

    let event = "SELECT kind || ' ' || outcome || ' ' || user_id || ' ' || ip || ' ' || request_id FROM events \
                 WHERE kind = 'token'";
    assert_eq!(server.test.text(event).await, format!("token reused {} 192.0.2.9 r9", ada.id));
    let lease = std::time::Duration::from_secs(60);
    let emails = server.database.take_due_emails(server.clock.date(), lease, 10).await.unwrap();
    let [message] = &emails[..] else { panic!("{emails:?}") };
    assert_eq!((message.message.to.as_str(), &message.message.kind), ("ada@gmail.com", &EmailKind::TokenReused));
    assert_eq!(message.message.cause.ip, "192.0.2.9");
}

#[rstest]
#[tokio::test]
async fn reuse_ends_the_session_of_a_user_without_an_email(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let server = Server::on(engine).await;
    let first = server.sign_in(server.user_without_email("bob").await.id).await;
    let second = server.refresh(&first).await.unwrap();
    server.refresh(&second).await.unwrap();
    assert!(matches!(server.refresh(&first).await, Err(RefreshTokenError::Reused)));
    assert_eq!((server.test.count("sessions").await, server.test.count("outbox").await), (0, 0));
}

#[rstest]
#[tokio::test]
async fn rt4_a_lost_answer_can_be_repeated_for_ten_seconds(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values(0, 1, 10, 11, 3600)] later: i64,
) {
    let server = Server::on(engine).await;
    let session = family(&server, "s").await;
    assert!(matches!(rotate(&server, "first", "second", 0).await, Rotation::Rotated(_)));
    let again = rotate(&server, "first", "never", later).await;
    if later <= 10 {
        let Rotation::Again { child, session: active } = again else { panic!("{again:?}") };
        assert_eq!(secrecy::ExposeSecret::expose_secret(&child), "text of second");
        assert_eq!(active.session.id_hash, session);
        assert!(matches!(rotate(&server, "second", "third", later).await, Rotation::Rotated(_)));
        assert_eq!(server.test.count("refresh_tokens").await, 3, "no fork");
    } else {
        assert!(matches!(again, Rotation::Reused), "{again:?}");
        assert_eq!(server.test.count("sessions").await, 0);
    }
}

#[rstest]
#[tokio::test]
async fn a_repeat_after_the_next_token_was_used_is_a_reuse(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let server = Server::on(engine).await;
    family(&server, "s").await;
    rotate(&server, "first", "second", 0).await;
    assert!(matches!(rotate(&server, "first", "x", 1).await, Rotation::Again { .. }));
    rotate(&server, "second", "third", 1).await;
    assert!(matches!(rotate(&server, "first", "x", 1).await, Rotation::Reused));
}

#[rstest]
#[tokio::test]
async fn rt5_a_family_ends_at_its_absolute_end(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let server = Server::on(engine).await;
    family(&server, "s").await;
    let mut last = "first".to_owned();
    for day in 1..90 {
        let next = format!("day {day}");
        let rotated = rotate(&server, &last, &next, day * DAY).await;
        let Rotation::Rotated(active) = rotated else { panic!("day {day}: {rotated:?}") };
        let ends = at(day * DAY) + Duration::days(14);
        assert_eq!(active.session.expires_at, ends.min(at(90 * DAY)), "the idle end moves, the absolute one does not");
        last = next;
    }
    assert!(matches!(rotate(&server, &last, "late", 90 * DAY).await, Rotation::Unknown));
}

#[rstest]
#[case::used_in_time(14 * DAY - 1, true)]
#[case::too_late(14 * DAY, false)]
#[tokio::test]
async fn an_unused_family_expires(
    #[case] after: i64,
    #[case] goes_on: bool,
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let server = Server::on(engine).await;
    family(&server, "s").await;
    assert_eq!(matches!(rotate(&server, "first", "second", after).await, Rotation::Rotated(_)), goes_on);
}

#[rstest]
#[tokio::test]
async fn after_the_sweep_a_used_token_is_still_known(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let server = Server::on(engine).await;
    family(&server, "s").await;
    rotate(&server, "first", "second", 0).await;
    assert_eq!(server.database.forget_children(at(10), 500).await.unwrap(), 0);
    assert_eq!(server.database.forget_children(at(11), 500).await.unwrap(), 1);
    assert_eq!(server.test.number("SELECT count(*) FROM refresh_tokens WHERE child IS NOT NULL").await, 0);
    assert!(matches!(rotate(&server, "first", "x", 11).await, Rotation::Reused));
}

#[rstest]
#[tokio::test]
async fn the_database_contains_no_usable_token(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let server = Server::on(engine).await;
    let first = server.sign_in(server.user("ada").await.id).await;
    let second = server.refresh(&first).await.unwrap();
    let children = "SELECT count(*) FROM refresh_tokens WHERE child IS NOT NULL";
    assert_eq!(server.test.number(children).await, 1);
    for column in ["token_hash", "session", "parent_hash", "child"] {
        for token in [text(&first), text(&second)] {
            let found = format!(
                "SELECT count(*) FROM refresh_tokens WHERE {column} LIKE '%{}%' OR {column} LIKE 'lkr_%'",
                &token[4..]
            );
            assert_eq!(server.test.number(&found).await, 0, "{column}");
        }
    }
    server.refresh(&second).await.unwrap();
    assert_eq!(server.test.number(children).await, 1, "only the last one has a child that may be asked for again");
}

/// A reuse that cannot be recorded has no effect.
#[rstest]
#[tokio::test]
async fn a_reuse_that_cannot_be_recorded_is_an_error(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let server = Server::on(engine).await;
    let first = server.sign_in(server.user("ada").await.id).await;
    let second = server.refresh(&first).await.unwrap();
    server.refresh(&second).await.unwrap();
    server.test.execute("ALTER TABLE outbox RENAME TO gone").await;
    assert!(matches!(server.refresh(&first).await, Err(RefreshTokenError::Internal(_))));
    assert_eq!(server.test.count("sessions").await, 1);
    assert_eq!(server.test.number("SELECT count(*) FROM events WHERE kind = 'token'").await, 0);
    server.test.execute("ALTER TABLE gone RENAME TO outbox").await;
    assert!(matches!(server.refresh(&first).await, Err(RefreshTokenError::Reused)));
    assert_eq!((server.test.count("sessions").await, server.test.count("outbox").await), (0, 1));
}

/// A session with the refresh token `first`, opened at time 0.
async fn family(server: &Server, id_hash: &str) -> String {
    let user = server.user("ada").await.id;
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
    assert!(server.database.open_token_session(None, &session, &token("first")).await.unwrap());
    id_hash.to_owned()
}

async fn rotate(server: &Server, hash: &str, child: &str, after: i64) -> Rotation {
    let audit = AuditContext { client: ClientInfo::default(), now: at(after) };
    server.database.rotate_refresh_token(hash, &token(child), &audit).await.unwrap()
}

fn token(name: &str) -> NewRefreshToken {
    NewRefreshToken { hash: name.to_owned(), text: format!("text of {name}").into() }
}
