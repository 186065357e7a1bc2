//! The session is the family: what becomes of it becomes of its tokens.

use latchkey::{
    accounts::UserId,
    store::{Occasion, Origin},
    tokens::{OutOfOrder, RefreshFault},
};
use rstest::rstest;

use super::house::{House, opening, text};
use crate::support::database::Engine;

#[rstest]
#[tokio::test]
async fn a_session_that_is_ended_takes_its_tokens_along(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let house = House::on(engine).await;
    let ada = house.person("ada").await.id;
    let [one, two, three] = [house.sign_in(ada).await, house.sign_in(ada).await, house.sign_in(ada).await];
    let occasion = Occasion { origin: Origin::default(), now: house.clock.date() };
    assert!(house.database.delete_session(&one.session.session.id_hash).await.unwrap());
    assert!(matches!(house.refresh(&one).await, Err(RefreshFault::Unknown)));
    assert!(!house.is_open(&one).await, "an access token that is still valid leads nowhere");
    assert!(house.verify(&one).await.is_ok());

    house.database.end_other_sessions(ada, &three.session.session.id_hash, &occasion).await.unwrap();
    assert!(matches!(house.refresh(&two).await, Err(RefreshFault::Unknown)));
    assert!(house.refresh(&three).await.is_ok());
    assert_eq!(house.test.number("SELECT count(*) FROM events WHERE kind = 'token'").await, 0);
}

#[rstest]
#[tokio::test]
async fn a_session_that_gets_another_id_keeps_its_tokens(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let house = House::on(engine).await;
    let first = house.sign_in(house.person("ada").await.id).await;
    let new_hash = "B".repeat(43);
    assert!(house.database.renew_session(&first.session.session.id_hash, &new_hash, None).await.unwrap());
    assert!(!house.is_open(&first).await, "the old access token's sid is dead");
    let second = house.refresh(&first).await.unwrap();
    assert_eq!(second.session.session.id_hash, new_hash);
    assert!(house.is_open(&second).await);
}

#[rstest]
#[tokio::test]
async fn a_fresh_proof_gives_another_id_and_another_pair(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let house = House::on(engine).await;
    let first = house.sign_in(house.person("ada").await.id).await;
    house.clock.advance(1000);
    let renewed = house.tokens.renew_pair(&first.session.session.id_hash, true).await.unwrap().unwrap();
    assert_ne!(renewed.session.session.id_hash, first.session.session.id_hash);
    assert!(renewed.session.session.proven_at > first.session.session.proven_at);
    assert!(!house.is_open(&first).await && house.is_open(&renewed).await);
    assert_eq!(house.verify(&renewed).await.unwrap().session(), renewed.session.session.id_hash);
    assert!(house.refresh(&renewed).await.is_ok());
}

/// A copy of the older tokens must not lead to what the person has just proven, and a tab that was late must not end it.
#[rstest]
#[tokio::test]
async fn a_token_from_before_a_renewal_leads_nowhere_and_is_a_reuse_later(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values(true, false)] proven: bool,
    #[values(0, 9)] later: i64,
) {
    let house = House::on(engine).await;
    let first = house.sign_in(house.person("ada").await.id).await;
    let second = house.refresh(&first).await.unwrap();
    // Its second try would have been an honest one until now.
    assert_eq!(text(&house.refresh(&first).await.unwrap()), text(&second));
    let renewed = house.tokens.renew_pair(&second.session.session.id_hash, proven).await.unwrap().unwrap();
    assert_eq!(house.test.number("SELECT count(*) FROM refresh_tokens WHERE child <> ''").await, 0);
    house.clock.advance(later);
    for old in [&first, &second] {
        let refused = house.refresh(old).await;
        assert!(matches!(refused, Err(RefreshFault::Unknown)), "{refused:?}");
        assert_eq!(house.tokens.look_at(text(old)).await.unwrap(), None);
        assert!(!house.is_open(old).await);
    }
    assert!(house.is_open(&renewed).await);
    assert!(house.tokens.look_at(text(&renewed)).await.unwrap().is_some(), "the twin");

    // Also once the renewed token was used; and that one's own second try is honest.
    let next = house.refresh(&renewed).await.unwrap();
    assert!(matches!(house.refresh(&second).await, Err(RefreshFault::Unknown)));
    assert_eq!(text(&house.refresh(&renewed).await.unwrap()), text(&next));
    assert!(house.is_open(&next).await);
    assert_eq!(house.test.number("SELECT count(*) FROM events WHERE kind = 'token'").await, 0);
    assert_eq!(house.test.count("outbox").await, 0);

    // A thief, later.
    house.clock.advance(12);
    assert!(matches!(house.refresh(&second).await, Err(RefreshFault::Reused)));
    assert!(!house.is_open(&next).await);
    assert!(house.tokens.renew_pair(&next.session.session.id_hash, true).await.unwrap().is_none());
}

#[rstest]
#[tokio::test]
async fn the_sweep_does_not_change_what_a_replaced_token_means(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let house = House::on(engine).await;
    let first = house.sign_in(house.person("ada").await.id).await;
    house.tokens.renew_pair(&first.session.session.id_hash, true).await.unwrap().unwrap();
    house.database.forget_children(house.clock.date(), 500).await.unwrap();
    assert!(matches!(house.refresh(&first).await, Err(RefreshFault::Unknown)));
    house.clock.advance(12);
    assert_eq!(house.database.forget_children(house.clock.date(), 500).await.unwrap(), 1);
    assert!(matches!(house.refresh(&first).await, Err(RefreshFault::Reused)));
}

#[rstest]
#[tokio::test]
async fn without_a_proof_the_time_of_the_last_one_stays(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let house = House::on(engine).await;
    let first = house.sign_in(house.person("ada").await.id).await;
    house.clock.advance(1000);
    let renewed = house.tokens.renew_pair(&first.session.session.id_hash, false).await.unwrap().unwrap();
    assert_eq!(renewed.session.session.proven_at, first.session.session.proven_at);
    let next = house.refresh(&renewed).await.unwrap();
    assert!(house.is_open(&next).await);
}

#[rstest]
#[tokio::test]
async fn who_is_shut_out_gets_no_token_until_they_are_let_in_again(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let house = House::on(engine).await;
    let ada = house.person("ada").await.id;
    let pair = house.sign_in(ada).await;
    house.test.execute("UPDATE users SET disabled_at = 1").await;
    assert!(matches!(house.refresh(&pair).await, Err(RefreshFault::Unknown)));
    let refused = house.tokens.issue_pair(&opening(ada, None)).await;
    assert!(matches!(refused, Err(OutOfOrder::Store(_))), "{refused:?}");
    house.test.execute("UPDATE users SET disabled_at = NULL").await;
    assert!(house.refresh(&pair).await.is_ok(), "the token was not used up");
}

#[rstest]
#[tokio::test]
async fn a_user_who_is_deleted_takes_everything_along(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let house = House::on(engine).await;
    let pair = house.sign_in(house.person("ada").await.id).await;
    // SQLite wants to be told on each connection.
    let pragma = if engine == Engine::Sqlite { "PRAGMA foreign_keys = ON; " } else { "" };
    house.test.execute(&format!("{pragma}DELETE FROM users")).await;
    assert!(matches!(house.refresh(&pair).await, Err(RefreshFault::Unknown)));
    assert_eq!(house.test.count("refresh_tokens").await, 0);
}

#[rstest]
#[tokio::test]
async fn a_sign_in_takes_the_place_of_the_earlier_session_or_leaves_it(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let house = House::on(engine).await;
    let ada = house.person("ada").await.id;
    let first = house.sign_in(ada).await;
    let earlier = Some(first.session.session.id_hash.as_str());
    let nobody = house.tokens.issue_pair(&opening(UserId::NOBODY, earlier)).await;
    assert!(nobody.is_err() && house.is_open(&first).await, "who fails to get the new one keeps the old");
    let second = house.tokens.issue_pair(&opening(ada, earlier)).await.unwrap();
    assert!(!house.is_open(&first).await && house.is_open(&second).await);
}

#[rstest]
#[tokio::test]
async fn a_refresh_token_says_which_session_to_end(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let house = House::on(engine).await;
    let first = house.sign_in(house.person("ada").await.id).await;
    let second = house.refresh(&first).await.unwrap();
    for pair in [&first, &second] {
        let session = house.tokens.session_of(pair.refresh_token.expose()).await.unwrap();
        assert_eq!(session.as_deref(), Some(first.session.session.id_hash.as_str()));
    }
    assert_eq!(house.tokens.session_of("lkr_").await.unwrap(), None);
    assert_eq!(house.tokens.session_of(&format!("lkr_{}", "A".repeat(43))).await.unwrap(), None);
}
