//! The login page says why a session ended, to the browser that had it and to no other.

use latchkey::accounts::EmailMessage;
use rstest::rstest;

use super::{
    account::{NEW_PASSWORD, PASSWORD, token_of},
    app::App,
    browser::{Browser, Page},
};
use crate::support::database::Engine;

const ADA: &str = "ada@example.com";
const DAY: i64 = 24 * 3600;

/// The page that a browser gets which asks for one behind the sign-in.
async fn asked_to_sign_in(browser: &Browser) -> Page {
    let answer = browser.get("/settings").await;
    assert_eq!(answer.location(), "/login?return_to=%2Fsettings", "{answer:?}");
    browser.get(answer.location()).await
}

/// Two browsers of Ada's.
async fn two_browsers(app: &App) -> (Browser, Browser) {
    let (here, other) = (app.browser(), app.browser());
    app.sign_up(&here, ADA, PASSWORD).await;
    other.sign_in_with_password(ADA, PASSWORD).await;
    app.emails().await;
    (here, other)
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn each_end_has_its_reason(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::builder().engine(engine).mode(mode).start().await;
    let (here, other) = two_browsers(&app).await;

    here.submit("/settings/sessions/end-others", &[]).await;
    let page = asked_to_sign_in(&other).await;
    assert!(page.shows("You were signed out from another device."), "{}", page.body);
    other.sign_in_with_password(ADA, PASSWORD).await;

    here.submit("/settings/password", &[("password", NEW_PASSWORD)]).await;
    let page = asked_to_sign_in(&other).await;
    assert!(page.shows("because the password was changed") && page.shows("Reset your password"), "{}", page.body);
    other.sign_in_with_password(ADA, NEW_PASSWORD).await;

    app.emails().await;
    app.browser().request_reset(ADA).await;
    let token = token_of(&app.one_email().await);
    app.browser().reset_password(&token, PASSWORD).await;
    for browser in [&here, &other] {
        let page = asked_to_sign_in(browser).await;
        assert!(page.shows("because the password was reset"), "{}", page.body);
    }
    other.sign_in_with_password(ADA, PASSWORD).await;
    here.sign_in_with_password(ADA, PASSWORD).await;

    app.advance(15 * DAY).await;
    let page = asked_to_sign_in(&other).await;
    assert!(page.shows("Your session expired."), "{}", page.body);

    here.sign_in_with_password(ADA, PASSWORD).await;
    other.sign_in_with_password(ADA, PASSWORD).await;
    assert_eq!(here.submit("/settings/delete", &[("word", "delete")]).await.status, 303);
    let page = asked_to_sign_in(&other).await;
    assert!(page.shows("was deleted"), "{}", page.body);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_tab_learns_that_the_user_signed_out_in_another(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    browser.post("/auth/logout", "").await;
    let page = asked_to_sign_in(&browser).await;
    assert!(page.shows("You signed out in this browser."), "{}", page.body);
    app.advance(11 * 60).await;
    assert!(!asked_to_sign_in(&browser).await.shows("You signed out"), "for ten minutes");
    // A sign-out without a session says nothing.
    let stranger = app.browser();
    stranger.post("/auth/logout", "").await;
    assert!(!asked_to_sign_in(&stranger).await.shows("You signed out"));
}

/// Only the secret of a session's cookie tells why it ended.
#[rstest]
#[case::none("")]
#[case::nonsense("x")]
#[case::another("Zm9vYmFyYmF6cXV4cXV1eA")]
#[tokio::test(flavor = "multi_thread")]
async fn a_browser_without_the_secret_learns_nothing(#[case] guess: &str, #[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    let (here, other) = two_browsers(&app).await;
    let id = app.database.text("SELECT string_agg(id, ' ') FROM sessions").await;
    here.submit("/settings/sessions/end-others", &[]).await;
    let stranger = app.browser();
    // A session's id is no secret: pages name it.
    for value in id.split(' ').chain([guess]).filter(|value| !value.is_empty()) {
        stranger.set_session(value);
        let page = asked_to_sign_in(&stranger).await;
        assert!(page.shows("Sign in to continue.") && !page.shows("signed out"), "{value}: {}", page.body);
    }
    assert!(asked_to_sign_in(&other).await.shows("signed out from another device"), "the counterpart");
}

/// The sentence stands on the page, never in its URL, where a link could claim it.
#[tokio::test(flavor = "multi_thread")]
async fn no_link_claims_that_a_session_ended() {
    let app = App::builder().start().await;
    for query in ["ended=disabled", "reason=password_changed", "session_end=deleted"] {
        let page = app.browser().get(&format!("/login?{query}")).await;
        assert!(!page.shows("disabled") && !page.shows("signed out") && !page.shows("deleted"), "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reused_token_ends_the_session_and_says_so() {
    let app = App::builder().mode("jwt").start().await;
    let (victim, thief) = (app.browser(), app.browser());
    victim.sign_in("ada").await;
    thief.replace_cookies(victim.cookies());
    for browser in [&victim, &thief] {
        browser.delete_cookie("access_token");
    }
    assert!(victim.is_signed_in().await);
    app.advance(6 * 60).await;
    assert!(victim.is_signed_in().await);
    app.advance(6 * 60).await;
    assert!(!thief.is_signed_in().await, "its token was used before");
    let page = asked_to_sign_in(&victim).await;
    assert!(page.shows("a used sign-in token was presented again"), "{}", page.body);
    let emails: Vec<EmailMessage> = app.emails().await;
    assert_eq!(emails.len(), 1);
}
