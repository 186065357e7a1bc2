//! A session is the family of its tokens.

use latchkey::{
    accounts::{AuthenticationMethod, Authentications, ClientInfo, UserId},
    store::AuditContext,
    tokens::{RefreshTokenError, TokensError},
};
use rstest::rstest;

use super::server::{Server, opening, text};
use crate::support::database::Engine;

#[rstest]
#[tokio::test]
async fn the_end_of_a_session_revokes_its_tokens(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let server = Server::on(engine).await;
    let ada = server.user("ada").await.id;
    let [one, two, three] = [server.sign_in(ada).await, server.sign_in(ada).await, server.sign_in(ada).await];
    let audit = AuditContext { client: ClientInfo::default(), now: server.clock.date() };
    assert!(server.database.delete_session(&one.session.session.id).await.unwrap());
    assert!(matches!(server.refresh(&one).await, Err(RefreshTokenError::Unknown)));
    assert!(!server.is_open(&one).await, "an access token that is still valid leads nowhere");
    assert!(server.verify(&one).await.is_ok());

    server.database.end_other_sessions(ada, three.session.session.at_version(), &audit).await.unwrap();
    assert!(matches!(server.refresh(&two).await, Err(RefreshTokenError::Unknown)));
    assert!(server.refresh(&three).await.is_ok());
    assert_eq!(server.test.number("SELECT count(*) FROM events WHERE kind = 'token'").await, 0);
}

fn by_password(server: &Server) -> Option<Authentications> {
    Some(Authentications::by(AuthenticationMethod::Password, server.clock.date()))
}

#[rstest]
#[tokio::test]
async fn reauthentication_keeps_the_id_and_returns_a_new_pair(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let server = Server::on(engine).await;
    let first = server.sign_in(server.user("ada").await.id).await;
    server.clock.advance(100);
    let renewed = server.tokens.renew_pair(&first.session.session, by_password(&server)).await.unwrap().unwrap();
    assert_eq!(renewed.session.session.id, first.session.session.id);
    assert!(renewed.session.session.reauthenticated_at > first.session.session.reauthenticated_at);
    assert!(!server.is_open(&first).await && server.is_open(&renewed).await);
    let claims = [server.verify(&first).await.unwrap(), server.verify(&renewed).await.unwrap()];
    assert_eq!(claims[0].session(), claims[1].session());
    assert!(claims[0].version() < claims[1].version(), "services that verify locally see the difference");
    assert!(server.refresh(&renewed).await.is_ok());
}

/// A copy of the older tokens must not gain the re-authentication, and a late tab must not end the session.
#[rstest]
#[tokio::test]
async fn a_token_from_before_a_renewal_is_a_reuse(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values(true, false)] reauthenticated: bool,
    #[values(0, 9)] later: i64,
) {
    let server = Server::on(engine).await;
    let first = server.sign_in(server.user("ada").await.id).await;
    let second = server.refresh(&first).await.unwrap();
    // Until now a repeat would have been honest.
    assert_eq!(text(&server.refresh(&first).await.unwrap()), text(&second));
    let renewed = server
        .tokens
        .renew_pair(&second.session.session, reauthenticated.then(|| by_password(&server)).flatten())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(server.test.number("SELECT count(*) FROM refresh_tokens WHERE successor IS NOT NULL").await, 0);
    server.clock.advance(later);
    for old in [&first, &second] {
        let refused = server.refresh(old).await;
        assert!(matches!(refused, Err(RefreshTokenError::Unknown)), "{refused:?}");
        assert_eq!(server.tokens.peek_session(text(old)).await.unwrap(), None);
        assert!(!server.is_open(old).await);
    }
    assert!(server.is_open(&renewed).await);
    assert!(server.tokens.peek_session(text(&renewed)).await.unwrap().is_some(), "the counterpart");

    // Also once the renewed token was used; a repeat of that one is honest.
    let next = server.refresh(&renewed).await.unwrap();
    assert!(matches!(server.refresh(&second).await, Err(RefreshTokenError::Unknown)));
    assert_eq!(text(&server.refresh(&renewed).await.unwrap()), text(&next));
    assert!(server.is_open(&next).await);
    assert_eq!(server.test.number("SELECT count(*) FROM events WHERE kind = 'token'").await, 0);
    assert_eq!(server.test.count("outbox").await, 0);

    // A thief, later.
    server.clock.advance(12);
    assert!(matches!(server.refresh(&second).await, Err(RefreshTokenError::Reused)));
    assert!(!server.is_open(&next).await);
    assert!(server.tokens.renew_pair(&next.session.session, by_password(&server)).await.unwrap().is_none());
}

/// A form that was submitted twice: whichever answer the browser keeps, it is signed in.
#[rstest]
#[tokio::test]
async fn two_renewals_of_one_version_return_one_refresh_token(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values(10, 11)] later: i64,
) {
    let server = Server::on(engine).await;
    let first = server.sign_in(server.user("ada").await.id).await;
    let renewed = server.tokens.renew_pair(&first.session.session, by_password(&server)).await.unwrap().unwrap();
    server.clock.advance(later);
    let again = server.tokens.renew_pair(&first.session.session, by_password(&server)).await.unwrap();
    if later > 10 {
        assert!(again.is_none(), "only a request that raced");
    } else {
        let again = again.unwrap();
        assert_eq!(text(&again), text(&renewed));
        assert!(again.session.session.reauthenticated_at > renewed.session.session.reauthenticated_at);
        assert!(server.is_open(&again).await && server.refresh(&again).await.is_ok());
    }
}

#[rstest]
#[tokio::test]
async fn without_reauthentication_its_time_stays(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let server = Server::on(engine).await;
    let first = server.sign_in(server.user("ada").await.id).await;
    server.clock.advance(1000);
    let renewed = server.tokens.renew_pair(&first.session.session, None).await.unwrap().unwrap();
    assert_eq!(renewed.session.session.reauthenticated_at, first.session.session.reauthenticated_at);
    let next = server.refresh(&renewed).await.unwrap();
    assert!(server.is_open(&next).await);
}

#[rstest]
#[tokio::test]
async fn a_disabled_user_gets_no_token_until_enabled(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let server = Server::on(engine).await;
    let ada = server.user("ada").await.id;
    let pair = server.sign_in(ada).await;
    server.test.execute("UPDATE users SET disabled_at = 1").await;
    assert!(matches!(server.refresh(&pair).await, Err(RefreshTokenError::Unknown)));
    let refused = server.tokens.issue_pair(&opening(ada, None)).await;
    assert!(matches!(refused, Err(TokensError::Store(_))), "{refused:?}");
    server.test.execute("UPDATE users SET disabled_at = NULL").await;
    assert!(server.refresh(&pair).await.is_ok(), "the token was not used up");
}

#[rstest]
#[tokio::test]
async fn deleting_a_user_deletes_sessions_and_tokens(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let server = Server::on(engine).await;
    let pair = server.sign_in(server.user("ada").await.id).await;
    // SQLite needs this on each connection.
    let pragma = if engine == Engine::Sqlite { "PRAGMA foreign_keys = ON; " } else { "" };
    server.test.execute(&format!("{pragma}DELETE FROM users")).await;
    assert!(matches!(server.refresh(&pair).await, Err(RefreshTokenError::Unknown)));
    assert_eq!(server.test.count("refresh_tokens").await, 0);
}

#[rstest]
#[tokio::test]
async fn a_sign_in_replaces_the_earlier_session_if_asked(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let server = Server::on(engine).await;
    let ada = server.user("ada").await.id;
    let first = server.sign_in(ada).await;
    let earlier = Some(first.session.session.id.as_str());
    let unknown = server.tokens.issue_pair(&opening(UserId::NOBODY, earlier)).await;
    assert!(unknown.is_err() && server.is_open(&first).await, "who fails to get the new one keeps the old");
    let second = server.tokens.issue_pair(&opening(ada, earlier)).await.unwrap();
    assert!(!server.is_open(&first).await && server.is_open(&second).await);
}

#[rstest]
#[tokio::test]
async fn a_refresh_token_identifies_its_session(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let server = Server::on(engine).await;
    let first = server.sign_in(server.user("ada").await.id).await;
    let second = server.refresh(&first).await.unwrap();
    for pair in [&first, &second] {
        let session = server.tokens.session_of(pair.refresh_token.expose()).await.unwrap();
        assert_eq!(session.as_deref(), Some(first.session.session.id.as_str()));
    }
    assert_eq!(server.tokens.session_of("lkr_").await.unwrap(), None);
    assert_eq!(server.tokens.session_of(&format!("lkr_{}", "A".repeat(75))).await.unwrap(), None);
}
