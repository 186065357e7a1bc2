//! The linking policy on rows.

use latchkey::accounts::{Answer, Purpose, Reason, SignInMethod};
use rstest::rstest;

use super::{ADA, email_of, eve, google, now, session, settle, sign_in, user_of};
use crate::support::database::{Engine, TestDatabase};

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
