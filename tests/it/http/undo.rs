//! "This wasn't me": links in emails that undo a change.

use latchkey::accounts::EmailKind;
use rstest::rstest;

use super::{
    account::{NEW_PASSWORD, PASSWORD, WRONG_PASSWORD, token_in, token_of},
    app::{App, AppBuilder},
    browser::Browser,
};
use crate::support::database::Engine;

const ADA: &str = "ada@example.com";
const EVES: &str = "eve@evil.example";
const DAY: i64 = 24 * 3600;

/// Ada has an account, and Eve has a browser that is signed in to it.
async fn ada_and_eve(app: AppBuilder) -> (App, Browser, Browser) {
    let app = app.start().await;
    let (ada, eve) = (app.browser(), app.browser());
    app.sign_up(&ada, ADA, PASSWORD).await;
    app.advance(60).await;
    eve.sign_in_with_password(ADA, PASSWORD).await;
    (app, ada, eve)
}

/// Undoes a change and sets a new password.
async fn undo(app: &App, token: &latchkey::accounts::EmailToken) -> Browser {
    let browser = app.browser();
    let page = browser.confirm_email_link(token).await;
    assert_eq!((page.status, page.location()), (303, "/reset-password?done=undone"));
    assert!(!browser.is_signed_in().await);
    let page = browser.submit("/auth/password/reset", &[("password", NEW_PASSWORD)]).await;
    assert_eq!(page.location(), "/dashboard");
    browser
}

async fn change_email(app: &App, browser: &Browser, email: &str) {
    app.emails().await;
    browser.submit("/settings/email", &[("email", email)]).await;
    let token = token_of(&app.one_email().await);
    assert_eq!(browser.confirm_email_link(&token).await.location(), "/settings?done=email_changed");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_undone(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let (app, ada, eve) = ada_and_eve(App::builder().engine(engine).mode(mode)).await;
    assert_eq!(app.link_provider(&eve, "google", "mallory").await.location(), "/settings/security?done=linked");
    let message = app.one_email().await;
    assert_eq!(message.to.as_str(), ADA);
    let rows = app.all_rows().await;
    let reader = app.browser();
    assert_eq!(reader.open_email_link(&token_of(&message)).await.location(), "/undo");
    assert_eq!(app.all_rows().await, rows, "following a link uses nothing up");

    let back = undo(&app, &token_of(&message)).await;
    assert_eq!(app.rows().await, (1, 0, 1));
    assert!(!eve.is_signed_in().await && !ada.is_signed_in().await);
    let eves = app.browser();
    eves.sign_in("mallory").await;
    assert_ne!(app.user_of(&eves).await, app.user_of(&back).await);
    assert_eq!(eves.try_password(ADA, PASSWORD).await.location(), "/login?error=wrong_credentials");
    ada.sign_in_with_password(ADA, NEW_PASSWORD).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_password_change_is_undone(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let (app, ada, eve) = ada_and_eve(App::builder().engine(engine).mode(mode)).await;
    let page = eve.submit("/settings/password", &[("password", WRONG_PASSWORD)]).await;
    assert_eq!(page.location(), "/settings/security?done=password_changed");
    assert!(!ada.is_signed_in().await);
    undo(&app, &token_of(&app.one_email().await)).await;
    assert!(!eve.is_signed_in().await);
    for old in [PASSWORD, WRONG_PASSWORD] {
        assert_eq!(eve.try_password(ADA, old).await.location(), "/login?error=wrong_credentials");
    }
    ada.sign_in_with_password(ADA, NEW_PASSWORD).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_email_change_is_undone(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let (app, ada, eve) = ada_and_eve(App::builder().engine(engine).mode(mode)).await;
    change_email(&app, &eve, EVES).await;
    let message = app.one_email().await;
    assert_eq!(message.to.as_str(), ADA, "the old address hears of it");
    assert!(matches!(&message.kind, EmailKind::EmailChanged { new, .. } if new.as_str() == EVES));
    let user = app.owner_of(EVES).await;
    assert!(app.owner_of(ADA).await.is_none());
    let back = undo(&app, &token_of(&message)).await;
    assert_eq!((app.owner_of(ADA).await, app.owner_of(EVES).await), (user.clone(), None));
    assert_eq!(app.user_of(&back).await, user);
    assert!(!eve.is_signed_in().await && !ada.is_signed_in().await);
    assert_eq!(eve.try_password(EVES, PASSWORD).await.location(), "/login?error=wrong_credentials");
    ada.sign_in_with_password(ADA, NEW_PASSWORD).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_undo_link_works_once(#[values("server", "jwt")] mode: &str) {
    let (app, _, eve) = ada_and_eve(App::builder().mode(mode)).await;
    eve.submit("/settings/password", &[("password", WRONG_PASSWORD)]).await;
    let token = token_of(&app.one_email().await);
    let back = undo(&app, &token).await;
    let methods = app.methods().await;
    assert_eq!(app.browser().confirm_email_link(&token).await.location(), "/verify-email?error=email_link_invalid");
    assert_eq!(app.methods().await, methods);
    assert!(back.is_signed_in().await);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_concurrent_undos_one_succeeds(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let (app, _, eve) = ada_and_eve(App::builder().engine(engine).mode(mode)).await;
    app.link_provider(&eve, "google", "mallory").await;
    eve.submit("/settings/password", &[("password", WRONG_PASSWORD)]).await;
    let tokens: Vec<_> = app.emails().await.iter().filter_map(token_in).collect();
    assert_eq!(tokens.len(), 2);
    let mut all = tokio::task::JoinSet::new();
    for number in 0..20 {
        let browser = app.browser();
        browser.open_email_link(&tokens[number % 2]).await;
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
async fn an_undo_link_expires_after_seven_days(
    #[case] seconds: i64,
    #[case] works: bool,
    #[values("server", "jwt")] mode: &str,
) {
    let (app, _, eve) = ada_and_eve(App::builder().mode(mode)).await;
    eve.submit("/settings/password", &[("password", WRONG_PASSWORD)]).await;
    let token = token_of(&app.one_email().await);
    app.advance(seconds).await;
    let page = app.browser().open_email_link(&token).await;
    assert_eq!(page.location() == "/undo", works, "{page:?}");
    assert_eq!(app.database.count("passwords").await, 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_undo_link_survives_other_changes_and_recovery(#[values("server", "jwt")] mode: &str) {
    let (app, ada, eve) = ada_and_eve(App::builder().mode(mode)).await;
    app.link_provider(&eve, "google", "mallory").await;
    let undo = token_of(&app.one_email().await);
    // Eve tries to invalidate it.
    eve.submit("/settings/password", &[("password", WRONG_PASSWORD)]).await;
    change_email(&app, &eve, EVES).await;
    app.emails().await;
    assert_eq!(app.browser().confirm_email_link(&undo).await.location(), "/login?done=undone");
    assert_eq!(app.rows().await.1, 0);
    assert!(!eve.is_signed_in().await && !ada.is_signed_in().await);
}

/// Eve changes the email twice: the second email, with its undo link, goes to her.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_thief_cannot_undo_the_owners_recovery(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values(0, 60)] seconds_between: i64,
    #[values("server", "jwt")] mode: &str,
) {
    let (app, ada, eve) = ada_and_eve(App::builder().engine(engine).mode(mode)).await;
    change_email(&app, &eve, EVES).await;
    let adas = token_of(&app.one_email().await);
    app.advance(seconds_between).await;
    change_email(&app, &eve, "eve2@evil.example").await;
    let eves = app.one_email().await;
    assert_eq!(eves.to.as_str(), EVES);
    let user = app.owner_of("eve2@evil.example").await;

    undo(&app, &adas).await;
    app.emails().await;
    let page = eve.open_email_link(&token_of(&eves)).await;
    let page = (page.location().to_owned(), eve.submit("/auth/undo", &[]).await.location().to_owned());
    assert_eq!(page.1, "/undo?error=email_link_invalid", "{page:?}");
    eve.submit("/auth/password/reset", &[("password", WRONG_PASSWORD)]).await;
    assert_eq!((app.owner_of(ADA).await, app.owner_of(EVES).await), (user, None));
    assert!(!eve.is_signed_in().await);
    ada.sign_in_with_password(ADA, NEW_PASSWORD).await;
}

/// Eve changes the email to hers and links her Google account: that email goes to her, and Ada never sees it.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_undo_removes_methods_that_were_added_later(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let (app, ada, eve) = ada_and_eve(App::builder().engine(engine).mode(mode)).await;
    app.link_provider(&ada, "google", "grace").await;
    app.emails().await;
    app.advance(60).await;
    change_email(&app, &eve_again(&app).await, EVES).await;
    let adas = token_of(&app.one_email().await);
    app.advance(60).await;
    let eve2 = app.browser();
    eve2.sign_in_with_password(EVES, PASSWORD).await;
    assert_eq!(app.link_provider(&eve2, "google", "mallory").await.location(), "/settings/security?done=linked");
    assert_eq!(app.one_email().await.to.as_str(), EVES);

    let back = undo(&app, &adas).await;
    let thief = app.browser();
    thief.try_sign_in("mallory").await;
    assert_ne!(app.user_of(&thief).await, app.user_of(&back).await, "Eve's Google account opens Ada's no more");
    // Ada's earlier links stay.
    let elsewhere = app.browser();
    elsewhere.sign_in("grace").await;
    assert_eq!(app.user_of(&elsewhere).await, app.user_of(&back).await);
    assert!(!eve.is_signed_in().await);
}

async fn eve_again(app: &App) -> Browser {
    let eve = app.browser();
    eve.sign_in_with_password(ADA, PASSWORD).await;
    eve
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_email_verified_by_another_user_stays_theirs(#[values("server", "jwt")] mode: &str) {
    let (app, _, eve) = ada_and_eve(App::builder().mode(mode)).await;
    change_email(&app, &eve, EVES).await;
    let undo = token_of(&app.one_email().await);
    let other = app.browser();
    app.sign_up(&other, ADA, WRONG_PASSWORD).await;
    let owner = app.user_of(&other).await;
    assert_eq!(app.browser().confirm_email_link(&undo).await.location(), "/login?done=undone");
    assert_eq!(app.owner_of(ADA).await, owner);
    assert!(other.is_signed_in().await && !eve.is_signed_in().await);
    other.sign_in_with_password(ADA, WRONG_PASSWORD).await;
}
