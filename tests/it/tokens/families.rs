//! The session is the family: what becomes of it becomes of its tokens.

use latchkey::{
    accounts::{ClientInfo, UserId},
    store::AuditContext,
    tokens::{RefreshTokenError, TokensError},
};
use rstest::rstest;

use super::mock::{MockProvider, opening, text};
use crate::support::database::Engine;

#[rstest]
#[tokio::test]
async fn a_session_that_is_ended_takes_its_tokens_along(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let mock = MockProvider::on(engine).await;
    let ada = mock.person("ada").await.id;
    let [one, two, three] = [mock.sign_in(ada).await, mock.sign_in(ada).await, mock.sign_in(ada).await];
    let audit = AuditContext { client: ClientInfo::default(), now: mock.clock.date() };
    assert!(mock.database.delete_session(&one.session.session.id_hash).await.unwrap());
    assert!(matches!(mock.refresh(&one).await, Err(RefreshTokenError::Unknown)));
    assert!(!mock.is_open(&one).await, "an access token that is still valid leads nowhere");
    assert!(mock.verify(&one).await.is_ok());

    mock.database.end_other_sessions(ada, &three.session.session.id_hash, &audit).await.unwrap();
    assert!(matches!(mock.refresh(&two).await, Err(RefreshTokenError::Unknown)));
    assert!(mock.refresh(&three).await.is_ok());
    assert_eq!(mock.test.number("SELECT count(*) FROM events WHERE kind = 'token'").await, 0);
}

#[rstest]
#[tokio::test]
async fn a_session_that_gets_another_id_keeps_its_tokens(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let mock = MockProvider::on(engine).await;
    let first = mock.sign_in(mock.person("ada").await.id).await;
    let new_hash = "B".repeat(43);
    assert!(mock.database.renew_session(&first.session.session.id_hash, &new_hash, None).await.unwrap());
    assert!(!mock.is_open(&first).await, "the old access token's sid is dead");
    let second = mock.refresh(&first).await.unwrap();
    assert_eq!(second.session.session.id_hash, new_hash);
    assert!(mock.is_open(&second).await);
}

#[rstest]
#[tokio::test]
async fn a_fresh_proof_gives_another_id_and_another_pair(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let mock = MockProvider::on(engine).await;
    let first = mock.sign_in(mock.person("ada").await.id).await;
    mock.clock.advance(1000);
    let renewed = mock.tokens.renew_pair(&first.session.session.id_hash, true).await.unwrap().unwrap();
    assert_ne!(renewed.session.session.id_hash, first.session.session.id_hash);
    assert!(renewed.session.session.reauthenticated_at > first.session.session.reauthenticated_at);
    assert!(!mock.is_open(&first).await && mock.is_open(&renewed).await);
    assert_eq!(mock.verify(&renewed).await.unwrap().session(), renewed.session.session.id_hash);
    assert!(mock.refresh(&renewed).await.is_ok());
}

/// A copy of the older tokens must not lead to what the person has just proven, and a tab that was late must not end it.
#[rstest]
#[tokio::test]
async fn a_token_from_before_a_renewal_leads_nowhere_and_is_a_reuse_later(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values(true, false)] reauthenticated: bool,
    #[values(0, 9)] later: i64,
) {
    let mock = MockProvider::on(engine).await;
    let first = mock.sign_in(mock.person("ada").await.id).await;
    let second = mock.refresh(&first).await.unwrap();
    // Its second try would have been an honest one until now.
    assert_eq!(text(&mock.refresh(&first).await.unwrap()), text(&second));
    let renewed = mock.tokens.renew_pair(&second.session.session.id_hash, reauthenticated).await.unwrap().unwrap();
    assert_eq!(mock.test.number("SELECT count(*) FROM refresh_tokens WHERE child <> ''").await, 0);
    mock.clock.advance(later);
    for old in [&first, &second] {
        let refused = mock.refresh(old).await;
        assert!(matches!(refused, Err(RefreshTokenError::Unknown)), "{refused:?}");
        assert_eq!(mock.tokens.peek_session(text(old)).await.unwrap(), None);
        assert!(!mock.is_open(old).await);
    }
    assert!(mock.is_open(&renewed).await);
    assert!(mock.tokens.peek_session(text(&renewed)).await.unwrap().is_some(), "the twin");

    // Also once the renewed token was used; and that one's own second try is honest.
    let next = mock.refresh(&renewed).await.unwrap();
    assert!(matches!(mock.refresh(&second).await, Err(RefreshTokenError::Unknown)));
    assert_eq!(text(&mock.refresh(&renewed).await.unwrap()), text(&next));
    assert!(mock.is_open(&next).await);
    assert_eq!(mock.test.number("SELECT count(*) FROM events WHERE kind = 'token'").await, 0);
    assert_eq!(mock.test.count("outbox").await, 0);

    // A thief, later.
    mock.clock.advance(12);
    assert!(matches!(mock.refresh(&second).await, Err(RefreshTokenError::Reused)));
    assert!(!mock.is_open(&next).await);
    assert!(mock.tokens.renew_pair(&next.session.session.id_hash, true).await.unwrap().is_none());
}

#[rstest]
#[tokio::test]
async fn the_sweep_does_not_change_what_a_replaced_token_means(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mock = MockProvider::on(engine).await;
    let first = mock.sign_in(mock.person("ada").await.id).await;
    mock.tokens.renew_pair(&first.session.session.id_hash, true).await.unwrap().unwrap();
    mock.database.forget_children(mock.clock.date(), 500).await.unwrap();
    assert!(matches!(mock.refresh(&first).await, Err(RefreshTokenError::Unknown)));
    mock.clock.advance(12);
    assert_eq!(mock.database.forget_children(mock.clock.date(), 500).await.unwrap(), 1);
    assert!(matches!(mock.refresh(&first).await, Err(RefreshTokenError::Reused)));
}

#[rstest]
#[tokio::test]
async fn without_a_proof_the_time_of_the_last_one_stays(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let mock = MockProvider::on(engine).await;
    let first = mock.sign_in(mock.person("ada").await.id).await;
    mock.clock.advance(1000);
    let renewed = mock.tokens.renew_pair(&first.session.session.id_hash, false).await.unwrap().unwrap();
    assert_eq!(renewed.session.session.reauthenticated_at, first.session.session.reauthenticated_at);
    let next = mock.refresh(&renewed).await.unwrap();
    assert!(mock.is_open(&next).await);
}

#[rstest]
#[tokio::test]
async fn who_is_shut_out_gets_no_token_until_they_are_let_in_again(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mock = MockProvider::on(engine).await;
    let ada = mock.person("ada").await.id;
    let pair = mock.sign_in(ada).await;
    mock.test.execute("UPDATE users SET disabled_at = 1").await;
    assert!(matches!(mock.refresh(&pair).await, Err(RefreshTokenError::Unknown)));
    let refused = mock.tokens.issue_pair(&opening(ada, None)).await;
    assert!(matches!(refused, Err(TokensError::Store(_))), "{refused:?}");
    mock.test.execute("UPDATE users SET disabled_at = NULL").await;
    assert!(mock.refresh(&pair).await.is_ok(), "the token was not used up");
}

#[rstest]
#[tokio::test]
async fn a_user_who_is_deleted_takes_everything_along(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let mock = MockProvider::on(engine).await;
    let pair = mock.sign_in(mock.person("ada").await.id).await;
    // SQLite wants to be told on each connection.
    let pragma = if engine == Engine::Sqlite { "PRAGMA foreign_keys = ON; " } else { "" };
    mock.test.execute(&format!("{pragma}DELETE FROM users")).await;
    assert!(matches!(mock.refresh(&pair).await, Err(RefreshTokenError::Unknown)));
    assert_eq!(mock.test.count("refresh_tokens").await, 0);
}

#[rstest]
#[tokio::test]
async fn a_sign_in_takes_the_place_of_the_earlier_session_or_leaves_it(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mock = MockProvider::on(engine).await;
    let ada = mock.person("ada").await.id;
    let first = mock.sign_in(ada).await;
    let earlier = Some(first.session.session.id_hash.as_str());
    let nobody = mock.tokens.issue_pair(&opening(UserId::NOBODY, earlier)).await;
    assert!(nobody.is_err() && mock.is_open(&first).await, "who fails to get the new one keeps the old");
    let second = mock.tokens.issue_pair(&opening(ada, earlier)).await.unwrap();
    assert!(!mock.is_open(&first).await && mock.is_open(&second).await);
}

#[rstest]
#[tokio::test]
async fn a_refresh_token_says_which_session_to_end(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let mock = MockProvider::on(engine).await;
    let first = mock.sign_in(mock.person("ada").await.id).await;
    let second = mock.refresh(&first).await.unwrap();
    for pair in [&first, &second] {
        let session = mock.tokens.session_of(pair.refresh_token.expose()).await.unwrap();
        assert_eq!(session.as_deref(), Some(first.session.session.id_hash.as_str()));
    }
    assert_eq!(mock.tokens.session_of("lkr_").await.unwrap(), None);
    assert_eq!(mock.tokens.session_of(&format!("lkr_{}", "A".repeat(43))).await.unwrap(), None);
}
