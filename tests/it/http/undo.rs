//! "This was not me": links of letters that take a change back.

use latchkey::accounts::EmailKind;
use rstest::rstest;

use super::{
    account::{NEW_PASSWORD, PASSWORD, WRONG_PASSWORD, token_in, token_of},
    app::{App, Stage},
    browser::Browser,
};
use crate::support::database::Engine;

const ADA: &str = "ada@example.com";
const EVES: &str = "eve@evil.example";
const DAY: i64 = 24 * 3600;

/// Ada has an account, and Eve sits at a browser where Ada is signed in.
async fn ada_and_eve(stage: Stage) -> (App, Browser, Browser) {
    let app = App::start(stage).await;
    let (ada, eve) = (app.browser(), app.browser());
    app.signs_up(&ada, ADA, PASSWORD).await;
    app.advance(60).await;
    eve.signs_in_with(ADA, PASSWORD).await;
    (app, ada, eve)
}

/// Undoes, and chooses a new password where it leads.
async fn undoes(app: &App, token: &latchkey::accounts::EmailToken) -> Browser {
    let browser = app.browser();
    let page = browser.finishes(token).await;
    assert_eq!((page.status, page.location()), (303, "/reset-password?done=undone"));
    assert!(!browser.is_signed_in().await);
    let page = browser.submit("/auth/password/reset", &[("password", NEW_PASSWORD)]).await;
    assert_eq!(page.location(), "/dashboard");
    browser
}

async fn changes_email(app: &App, browser: &Browser, email: &str) {
    app.emails().await;
    browser.submit("/settings/email", &[("email", email)]).await;
    let token = token_of(&app.message().await);
    assert_eq!(browser.finishes(&token).await.location(), "/settings?done=email_changed");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_taken_back(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let (app, ada, eve) = ada_and_eve(Stage::of(engine, mode)).await;
    assert_eq!(app.links(&eve, "google", "mallory").await.location(), "/settings?done=linked");
    let message = app.message().await;
    assert_eq!(message.to.as_str(), ADA);
    let rows = app.all_rows().await;
    let reader = app.browser();
    assert_eq!(reader.follows(&token_of(&message)).await.location(), "/undo");
    assert_eq!(app.all_rows().await, rows, "following a link uses nothing up");

    let back = undoes(&app, &token_of(&message)).await;
    assert_eq!(app.rows().await, (1, 0, 1));
    assert!(!eve.is_signed_in().await && !ada.is_signed_in().await);
    let eves = app.browser();
    eves.signs_in_as("mallory").await;
    assert_ne!(app.user_of(&eves).await, app.user_of(&back).await);
    assert_eq!(eves.tries_password(ADA, PASSWORD).await.location(), "/login?error=wrong_credentials");
    ada.signs_in_with(ADA, NEW_PASSWORD).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_the_password_is_taken_back(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let (app, ada, eve) = ada_and_eve(Stage::of(engine, mode)).await;
    let page = eve.submit("/settings/password", &[("password", WRONG_PASSWORD)]).await;
    assert_eq!(page.location(), "/settings?done=password_changed");
    assert!(!ada.is_signed_in().await);
    undoes(&app, &token_of(&app.message().await)).await;
    assert!(!eve.is_signed_in().await);
    for old in [PASSWORD, WRONG_PASSWORD] {
        assert_eq!(eve.tries_password(ADA, old).await.location(), "/login?error=wrong_credentials");
    }
    ada.signs_in_with(ADA, NEW_PASSWORD).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_the_address_is_taken_back(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let (app, ada, eve) = ada_and_eve(Stage::of(engine, mode)).await;
    changes_email(&app, &eve, EVES).await;
    let message = app.message().await;
    assert_eq!(message.to.as_str(), ADA, "the old address hears of it");
    assert!(matches!(&message.matter, EmailKind::EmailChanged { new, .. } if new.as_str() == EVES));
    let user = app.owner_of(EVES).await;
    assert!(app.owner_of(ADA).await.is_none());
    let back = undoes(&app, &token_of(&message)).await;
    assert_eq!((app.owner_of(ADA).await, app.owner_of(EVES).await), (user.clone(), None));
    assert_eq!(app.user_of(&back).await, user);
    assert!(!eve.is_signed_in().await && !ada.is_signed_in().await);
    assert_eq!(eve.tries_password(EVES, PASSWORD).await.location(), "/login?error=wrong_credentials");
    ada.signs_in_with(ADA, NEW_PASSWORD).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_undo_works_once(#[values("server", "jwt")] mode: &str) {
    let (app, _, eve) = ada_and_eve(Stage::of(Engine::Sqlite, mode)).await;
    eve.submit("/settings/password", &[("password", WRONG_PASSWORD)]).await;
    let token = token_of(&app.message().await);
    let back = undoes(&app, &token).await;
    let methods = app.methods().await;
    assert_eq!(app.browser().finishes(&token).await.location(), "/verify-email?error=email_link_invalid");
    assert_eq!(app.methods().await, methods);
    assert!(back.is_signed_in().await);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_undos_at_once_one_is_done(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let (app, _, eve) = ada_and_eve(Stage::of(engine, mode)).await;
    app.links(&eve, "google", "mallory").await;
    eve.submit("/settings/password", &[("password", WRONG_PASSWORD)]).await;
    let tokens: Vec<_> = app.emails().await.iter().filter_map(token_in).collect();
    assert_eq!(tokens.len(), 2);
    let mut all = tokio::task::JoinSet::new();
    for number in 0..20 {
        let browser = app.browser();
        browser.follows(&tokens[number % 2]).await;
        all.spawn(async move {
            let page = browser.submit("/auth/undo", &[]).await;
            (page.status, page.location().to_owned())
        });
    }
    let all = all.join_all().await;
    assert!(all.iter().all(|(status, _)| *status == 303), "{all:?}");
    let done = all.iter().filter(|(_, location)| location == "/reset-password?done=undone").count();
    assert!((1..=2).contains(&done), "{all:?}");
    assert_eq!(app.rows().await, (1, 0, 0));
}

#[rstest]
#[case::in_time(7 * DAY - 3600, true)]
#[case::too_late(7 * DAY, false)]
#[tokio::test(flavor = "multi_thread")]
async fn an_undo_lives_seven_days(#[case] seconds: i64, #[case] works: bool, #[values("server", "jwt")] mode: &str) {
    let (app, _, eve) = ada_and_eve(Stage::of(Engine::Sqlite, mode)).await;
    eve.submit("/settings/password", &[("password", WRONG_PASSWORD)]).await;
    let token = token_of(&app.message().await);
    app.advance(seconds).await;
    let page = app.browser().follows(&token).await;
    assert_eq!(page.location() == "/undo", works, "{page:?}");
    assert_eq!(app.database.count("passwords").await, 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_undo_survives_what_else_is_changed_and_recovered(#[values("server", "jwt")] mode: &str) {
    let (app, ada, eve) = ada_and_eve(Stage::of(Engine::Sqlite, mode)).await;
    app.links(&eve, "google", "mallory").await;
    let undo = token_of(&app.message().await);
    // Eve tries to be rid of it.
    eve.submit("/settings/password", &[("password", WRONG_PASSWORD)]).await;
    changes_email(&app, &eve, EVES).await;
    app.emails().await;
    assert_eq!(app.browser().finishes(&undo).await.location(), "/login?done=undone");
    assert_eq!(app.rows().await.1, 0);
    assert!(!eve.is_signed_in().await && !ada.is_signed_in().await);
}

/// Eve has the account for long enough to change the address twice: the second letter, with its undo, goes to her.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_after_cannot_be_undone_back_into_the_thiefs_hands(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values(0, 60)] seconds_between: i64,
    #[values("server", "jwt")] mode: &str,
) {
    let (app, ada, eve) = ada_and_eve(Stage::of(engine, mode)).await;
    changes_email(&app, &eve, EVES).await;
    let adas = token_of(&app.message().await);
    app.advance(seconds_between).await;
    changes_email(&app, &eve, "eve2@evil.example").await;
    let eves = app.message().await;
    assert_eq!(eves.to.as_str(), EVES);
    let user = app.owner_of("eve2@evil.example").await;

    undoes(&app, &adas).await;
    app.emails().await;
    let page = eve.follows(&token_of(&eves)).await;
    let page = (page.location().to_owned(), eve.submit("/auth/undo", &[]).await.location().to_owned());
    assert_eq!(page.1, "/undo?error=email_link_invalid", "{page:?}");
    eve.submit("/auth/password/reset", &[("password", WRONG_PASSWORD)]).await;
    assert_eq!((app.owner_of(ADA).await, app.owner_of(EVES).await), (user, None));
    assert!(!eve.is_signed_in().await);
    ada.signs_in_with(ADA, NEW_PASSWORD).await;
}

/// Eve moves the account to her mailbox and links her Google account: that letter goes to her, and Ada never hears of it.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_way_in_that_came_after_goes_with_the_change_that_is_taken_back(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let (app, ada, eve) = ada_and_eve(Stage::of(engine, mode)).await;
    app.links(&ada, "google", "grace").await;
    app.emails().await;
    app.advance(60).await;
    changes_email(&app, &eve_again(&app).await, EVES).await;
    let adas = token_of(&app.message().await);
    app.advance(60).await;
    let eve2 = app.browser();
    eve2.signs_in_with(EVES, PASSWORD).await;
    assert_eq!(app.links(&eve2, "google", "mallory").await.location(), "/settings?done=linked");
    assert_eq!(app.message().await.to.as_str(), EVES);

    let back = undoes(&app, &adas).await;
    let thief = app.browser();
    thief.sign_in_as("mallory").await;
    assert_ne!(app.user_of(&thief).await, app.user_of(&back).await, "Eve's Google account opens Ada's no more");
    // What Ada linked before stays.
    let elsewhere = app.browser();
    elsewhere.signs_in_as("grace").await;
    assert_eq!(app.user_of(&elsewhere).await, app.user_of(&back).await);
    assert!(!eve.is_signed_in().await);
}

async fn eve_again(app: &App) -> Browser {
    let eve = app.browser();
    eve.signs_in_with(ADA, PASSWORD).await;
    eve
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_somebody_else_has_proven_meanwhile_stays_theirs(#[values("server", "jwt")] mode: &str) {
    let (app, _, eve) = ada_and_eve(Stage::of(Engine::Sqlite, mode)).await;
    changes_email(&app, &eve, EVES).await;
    let undo = token_of(&app.message().await);
    let other = app.browser();
    app.signs_up(&other, ADA, WRONG_PASSWORD).await;
    let owner = app.user_of(&other).await;
    assert_eq!(app.browser().finishes(&undo).await.location(), "/login?done=undone");
    assert_eq!(app.owner_of(ADA).await, owner);
    assert!(other.is_signed_in().await && !eve.is_signed_in().await);
    other.signs_in_with(ADA, WRONG_PASSWORD).await;
}
