//! A refresh token works once; a second time it ends the session (threats RT1, RT4, RT5).

use latchkey::{
    accounts::{AuthenticationMethod, Authentications, ClientInfo, EmailKind},
    store::{AuditContext, NewSession, OpeningCondition, RefreshToken, Rotation, TokenHolder},
    tokens::{RefreshTokenError, TokenPolicy},
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
    assert_eq!((claims.user(), claims.session()), (ada.id, first.session.session.id.as_str()));
    assert_eq!(claims.email().map(ToString::to_string).as_deref(), Some("ada@gmail.com"));
    assert!(server.is_open(&first).await);

    let second = server.refresh(&first).await.unwrap();
    assert_ne!(text(&second), text(&first));
    assert_eq!(server.verify(&second).await.unwrap().session(), claims.session());
    let third = server.refresh(&second).await.unwrap();
    assert!(server.is_open(&third).await);
}

/// A session that is refreshed for weeks, by a thief or honestly, must be as easy to end as a new one.
#[rstest]
#[tokio::test]
async fn a_session_has_one_row_however_often_it_rotates(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let server = Server::on(engine).await;
    let mut pair = server.sign_in(server.user("ada").await.id).await;
    let first = pair.clone();
    for _ in 0..200 {
        pair = server.refresh(&pair).await.unwrap();
    }
    assert_eq!((server.test.count("sessions").await, server.test.count("refresh_tokens").await), (1, 1));
    assert!(matches!(server.refresh(&first).await, Err(RefreshTokenError::Reused)), "the oldest is still recognised");
    assert_eq!((server.test.count("sessions").await, server.test.count("refresh_tokens").await), (0, 0));
}

#[rstest]
#[tokio::test]
async fn an_unknown_token_changes_nothing(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let server = Server::on(engine).await;
    let pair = server.sign_in(server.user("ada").await.id).await;
    let session = &pair.session.session.id;
    let ahead = format!("lkr_{session}{}A", "_".repeat(52));
    let unknown = format!("lkr_{}", "A".repeat(75));
    for junk in [ahead.as_str(), &unknown, "", "lkr_", &text(&pair)[4..], "' OR 1=1 --"] {
        let refused = server.tokens.refresh(junk, &ClientInfo::default()).await;
        assert!(matches!(refused, Err(RefreshTokenError::Unknown)), "{junk}: {refused:?}");
        assert_eq!(server.tokens.session_of(junk).await.unwrap(), None);
    }
    assert_eq!(server.test.number("SELECT count(*) FROM events WHERE kind = 'token'").await, 0);
    assert!(server.refresh(&pair).await.is_ok());
}

/// Who knows the id of a session, as a service does that gets its access token, cannot end it by a made-up old token.
#[rstest]
#[tokio::test]
async fn a_forged_older_token_ends_nothing(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let server = Server::on(engine).await;
    let first = server.sign_in(server.user("ada").await.id).await;
    let mut last = first.clone();
    for _ in 0..2 {
        last = server.refresh(&last).await.unwrap();
    }
    // Within the MAC.
    let mut forged = text(&first).to_owned();
    let altered = if forged[70..].starts_with('A') { "B" } else { "A" };
    forged.replace_range(70..71, altered);
    let refused = server.tokens.refresh(&forged, &ClientInfo::default()).await;
    assert!(matches!(refused, Err(RefreshTokenError::Unknown)), "{refused:?}");
    assert!(server.is_open(&last).await);
    assert!(matches!(server.refresh(&first).await, Err(RefreshTokenError::Reused)), "the counterpart");
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
async fn rt4_a_program_can_repeat_an_exchange_for_ten_seconds(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values(0, 1, 10, 11, 3600)] later: i64,
) {
    let server = Server::on(engine).await;
    let first = family(&server, TokenHolder::Program).await;
    let second = rotated(&server, &first, 0).await;
    let again = rotate(&server, &first, later).await;
    if later <= 10 {
        let Rotation::Rotated { next, .. } = again else { panic!("{again:?}") };
        assert_eq!(next.expose(), second.expose(), "no fork");
        rotated(&server, &second, later).await;
    } else {
        assert!(matches!(again, Rotation::Reused), "{again:?}");
        assert_eq!(server.test.count("sessions").await, 0);
    }
}

/// A browser whose answer was lost in a tunnel comes back hours later.
#[rstest]
#[tokio::test]
async fn a_browser_can_repeat_an_exchange_until_the_next(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values(0, 11, 3600, 13 * DAY)] later: i64,
) {
    let server = Server::on(engine).await;
    let first = family(&server, TokenHolder::Browser).await;
    let second = rotated(&server, &first, 0).await;
    for _ in 0..2 {
        let again = rotate(&server, &first, later).await;
        let Rotation::Rotated { next, .. } = again else { panic!("{again:?}") };
        assert_eq!(next.expose(), second.expose());
    }
    rotated(&server, &second, later).await;
    assert!(matches!(rotate(&server, &first, later).await, Rotation::Reused));
}

#[rstest]
#[tokio::test]
async fn a_repeat_after_the_next_token_was_used_is_a_reuse(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let server = Server::on(engine).await;
    let first = family(&server, TokenHolder::Program).await;
    let second = rotated(&server, &first, 0).await;
    assert!(matches!(rotate(&server, &first, 1).await, Rotation::Rotated { .. }));
    rotated(&server, &second, 1).await;
    assert!(matches!(rotate(&server, &first, 1).await, Rotation::Reused));
}

#[rstest]
#[tokio::test]
async fn rt5_a_family_ends_at_its_absolute_end(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let server = Server::on(engine).await;
    let mut last = family(&server, TokenHolder::Program).await;
    for day in 1..90 {
        let rotated = rotate(&server, &last, day * DAY).await;
        let Rotation::Rotated { next, session } = rotated else { panic!("day {day}: {rotated:?}") };
        let ends = at(day * DAY) + Duration::days(14);
        assert_eq!(session.session.expires_at, ends.min(at(90 * DAY)), "the idle end moves, the absolute one does not");
        last = next;
    }
    assert!(matches!(rotate(&server, &last, 90 * DAY).await, Rotation::Unknown));
}

/// It is indexed, and a program exchanges its token every five minutes.
#[rstest]
#[tokio::test]
async fn the_idle_end_moves_once_an_hour(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let server = Server::on(engine).await;
    let mut last = family(&server, TokenHolder::Program).await;
    for (second, moved_to) in [(300, 0), (3_599, 0), (3_600, 3_600), (3_900, 3_600), (7_200, 7_200)] {
        let rotated = rotate(&server, &last, second).await;
        let Rotation::Rotated { next, session } = rotated else { panic!("second {second}: {rotated:?}") };
        assert_eq!(session.session.expires_at, at(moved_to) + Duration::days(14), "second {second}");
        assert_eq!(session.session.last_seen_at, at(second));
        last = next;
    }
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
    let first = family(&server, TokenHolder::Program).await;
    let rotation = rotate(&server, &first, after).await;
    assert_eq!(matches!(rotation, Rotation::Rotated { .. }), goes_on);
}

#[rstest]
#[tokio::test]
async fn the_database_contains_no_usable_token(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let server = Server::on(engine).await;
    let first = server.sign_in(server.user("ada").await.id).await;
    let second = server.refresh(&first).await.unwrap();
    for column in ["token_hash", "previous_hash", "successor"] {
        for token in [text(&first), text(&second)] {
            // The session's id is no secret.
            let found = format!(
                "SELECT count(*) FROM refresh_tokens WHERE {column} LIKE '%{}%' OR {column} LIKE 'lkr_%'",
                &token[27..]
            );
            assert_eq!(server.test.number(&found).await, 0, "{column}");
        }
    }
}

/// After the key that made its MAC was removed, a token still works; only an older one is no longer recognised.
#[rstest]
#[tokio::test]
async fn a_token_outlives_the_key_of_its_mac(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let server = Server::on(engine).await;
    let first = server.sign_in(server.user("ada").await.id).await;
    let second = server.refresh(&first).await.unwrap();
    let third = server.refresh(&second).await.unwrap();
    let hash = |pair| RefreshToken::parse(text(pair)).unwrap();
    let database = server.database_with_keys(&[[9; 32]]).await;
    let audit = AuditContext { client: ClientInfo::default(), now: server.clock.date() };
    let rotate = async |pair| database.rotate_refresh_token(&hash(pair), || Ok(()), &audit).await.unwrap();
    assert!(matches!(rotate(&first).await, Rotation::Unknown));
    assert!(matches!(rotate(&third).await, Rotation::Rotated { .. }));
}

#[rstest]
#[tokio::test]
async fn exchanges_of_one_session_are_limited(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let server = Server::with_policy(engine, TokenPolicy { rate_limits: true, ..TokenPolicy::default() }).await;
    let ada = server.user("ada").await.id;
    let (mut pair, other) = (server.sign_in(ada).await, server.sign_in(ada).await);
    let first = pair.clone();
    let refused = loop {
        match server.refresh(&pair).await {
            Ok(next) => pair = next,
            Err(error) => break error,
        }
    };
    assert!(matches!(refused, RefreshTokenError::TooManyRequests { seconds: 1.. }), "{refused:?}");
    assert!(server.is_open(&pair).await, "the token is not used up");
    assert!(server.refresh(&other).await.is_ok());
    // Whoever uses up the limit does not hide a reuse.
    assert!(matches!(server.refresh(&first).await, Err(RefreshTokenError::Reused)));
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

/// A session that was opened at time 0: its first refresh token.
async fn family(server: &Server, holder: TokenHolder) -> RefreshToken {
    let session = NewSession {
        condition: OpeningCondition::None,
        browser: None,
        user: server.user("ada").await.id,
        identity: None,
        authentications: Authentications::by(AuthenticationMethod::provider("google"), at(0)),
        client: ClientInfo::default(),
        data: "{}".into(),
        created_at: at(0),
        expires_at: at(0) + Duration::days(14),
        absolute_expires_at: at(0) + Duration::days(90),
    };
    server.database.open_token_session(None, &session, holder).await.unwrap()
}

async fn rotate(server: &Server, token: &RefreshToken, after: i64) -> Rotation {
    let audit = AuditContext { client: ClientInfo::default(), now: at(after) };
    server.database.rotate_refresh_token(token, || Ok(()), &audit).await.unwrap()
}

/// The next token.
async fn rotated(server: &Server, token: &RefreshToken, after: i64) -> RefreshToken {
    match rotate(server, token, after).await {
        Rotation::Rotated { next, .. } => next,
        refused => panic!("{refused:?}"),
    }
}
