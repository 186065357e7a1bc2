//! A sign-in with a new device is announced, and "This wasn't me" ends it.

use latchkey::accounts::{EmailKind, EmailMessage};
use latchkey_sandbox::GOOGLE_CLIENT_ID;
use rstest::rstest;

use super::{
    account::{NEW_PASSWORD, PASSWORD, WRONG_PASSWORD, token_of},
    app::App,
    browser::Browser,
    credential::{mint_credential, post_credential},
    passkeys::with_passkey,
};
use crate::support::database::Engine;

const ADA: &str = "ada@example.com";
const DAY: i64 = 24 * 3600;

impl App {
    /// Takes the queued emails about a new device.
    async fn announced(&self) -> Vec<EmailMessage> {
        let all = self.all_emails().await;
        all.into_iter().filter(|email| matches!(email.kind, EmailKind::NewDevice { .. })).collect()
    }

    async fn one_announced(&self) -> EmailMessage {
        let mut emails = self.announced().await;
        assert_eq!(emails.len(), 1, "{emails:?}");
        emails.remove(0)
    }
}

/// Ada's first browser, and a second one.
async fn two_browsers(app: &App) -> (Browser, Browser) {
    let (first, second) = (app.browser(), app.browser());
    app.sign_up(&first, ADA, PASSWORD).await;
    (first, second)
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn only_a_browser_that_is_new_is_announced(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::builder().engine(engine).mode(mode).start().await;
    let (first, second) = (app.browser(), app.browser());
    first.sign_in("ada").await;
    assert_eq!(app.announced().await, [], "an account's first sign-in");
    second.set_cookie("zone", "Asia/Kolkata");
    second.sign_in("ada").await;
    let email = app.one_announced().await;
    assert_eq!((email.to.as_str(), email.cause.device.as_str()), ("ada@gmail.com", "Firefox on Linux"));
    assert_eq!((email.cause.ip.as_str(), email.cause.zone.as_deref()), ("127.0.0.1", Some("Asia/Kolkata")));
    assert!(app.events().await.contains("warning  new_device"), "{}", app.events().await);

    app.advance(2 * DAY).await;
    for known in [&first, &second] {
        known.post("/auth/logout", "").await;
        known.sign_in("ada").await;
    }
    assert_eq!(app.announced().await, []);
    // Another user of the same browser has a first sign-in, and then knows it.
    second.sign_in("grace").await;
    app.browser().sign_in("grace").await;
    assert_eq!(app.one_announced().await.to.as_str(), "grace@navy.example");
    let token = second.cookie("browser").expect("a cookie");
    let rows = "SELECT COALESCE(string_agg(browser, ' '), '') FROM known_browsers";
    assert!(!app.database.text(rows).await.contains(&token), "the rows hold hashes");
}

/// Each door: the first step alone, where two are due, announces nothing.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn every_door_announces(
    #[values("password", "passkey", "provider", "button", "api_cookie", "api_tokens")] door: &str,
    #[values("server", "jwt")] mode: &str,
) {
    let (app, owner, mut device) = with_passkey(App::builder().mode(mode).with("GOOGLE_BUTTON", "on")).await;
    assert_eq!(app.link_provider(&owner, "google", "ada").await.location(), "/settings/security?done=linked");
    assert_eq!(app.announced().await, []);
    let browser = app.browser();
    match door {
        "password" => browser.sign_in_with_password(ADA, PASSWORD).await,
        "passkey" => assert_eq!(browser.use_passkey(&mut device, "sign_in", "/dashboard").await.page.status, 200),
        "provider" => browser.sign_in("ada").await,
        "button" => {
            let page = post_credential(&browser, &mint_credential(&app, "ada", GOOGLE_CLIENT_ID).await).await;
            assert_eq!(page.location(), "/dashboard");
        }
        "api_cookie" => {
            assert_eq!(browser.sign_in_with_id_token(&app, "ada", "session").await.outcome(), (200, ""));
        }
        _ => {
            browser.obtain_tokens(&app, "ada").await;
        }
    }
    assert_eq!(app.one_announced().await.to.as_str(), ADA);
    app.advance(2 * DAY).await;
    // The same browser again, or the same program in the same network.
    match door {
        "api_tokens" => {
            app.browser().obtain_tokens(&app, "ada").await;
        }
        _ => browser.sign_in_with_password(ADA, PASSWORD).await,
    }
    assert_eq!(app.announced().await, []);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_second_step_comes_first(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    let (first, second) = two_browsers(&app).await;
    let (phone, _) = first.enrol(&app).await;
    app.all_emails().await;
    second.first_step(ADA, PASSWORD).await;
    assert_eq!(app.announced().await, []);
    assert_eq!(second.second_step(&phone.code(&app)).await.location(), "/dashboard");
    app.one_announced().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn one_email_a_day_and_what_was_not_announced_stays_unknown(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::builder().engine(engine).start().await;
    let (_, second) = two_browsers(&app).await;
    let third = app.browser();
    for browser in [&second, &third] {
        browser.sign_in_with_password(ADA, PASSWORD).await;
    }
    assert_eq!(app.announced().await.len(), 1);
    app.advance(DAY - 60).await;
    third.sign_in_with_password(ADA, PASSWORD).await;
    assert_eq!(app.announced().await, []);
    app.advance(60).await;
    for browser in [&second, &third, &third] {
        browser.sign_in_with_password(ADA, PASSWORD).await;
    }
    assert_eq!(app.announced().await.len(), 1, "the third, once");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn this_was_not_me_ends_that_session_and_no_other(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::builder().engine(engine).mode(mode).start().await;
    let (ada, eve) = two_browsers(&app).await;
    eve.sign_in_with_password(ADA, PASSWORD).await;
    let token = token_of(&app.one_announced().await);
    let rows = app.all_rows().await;
    let reader = app.browser();
    assert_eq!(reader.open_email_link(&token).await.location(), "/not-me");
    let page = reader.get("/not-me").await;
    assert!(page.body.contains("Firefox on Linux") && page.body.contains("127.0.0.1"), "{page:?}");
    assert_eq!(app.all_rows().await, rows, "following a link uses nothing up");
    assert!(eve.is_signed_in().await);

    let done = reader.submit("/auth/not-me", &[]).await;
    assert_eq!((done.status, done.location()), (303, "/not-me?done=ended"));
    assert!(reader.get(done.location()).await.body.contains("Choose a new password"));
    assert!(!eve.is_signed_in().await && ada.is_signed_in().await && !reader.is_signed_in().await);
    let why = eve.get("/dashboard").await;
    assert!(eve.get(why.location()).await.body.contains("recognise this sign-in"), "{why:?}");
    assert!(app.events().await.contains("session  disowned"), "{}", app.events().await);

    // It works once, and Eve's browser is new again.
    assert_eq!(app.browser().open_email_link(&token).await.location(), "/verify-email");
    assert_eq!(reader.submit("/auth/not-me", &[]).await.location(), "/not-me?error=email_link_invalid");
    app.advance(DAY).await;
    eve.sign_in_with_password(ADA, PASSWORD).await;
    app.one_announced().await;
}

/// Eve signs out and in before Ada reads the email.
#[tokio::test(flavor = "multi_thread")]
async fn a_later_session_of_that_browser_ends_too() {
    let app = App::builder().start().await;
    let (ada, eve) = two_browsers(&app).await;
    eve.sign_in_with_password(ADA, PASSWORD).await;
    let token = token_of(&app.one_announced().await);
    eve.post("/auth/logout", "").await;
    eve.sign_in_with_password(ADA, PASSWORD).await;
    assert_eq!(app.browser().confirm_email_link(&token).await.location(), "/not-me?done=ended");
    assert!(!eve.is_signed_in().await && ada.is_signed_in().await);
}

/// Whether that browser was trusted, Ada cannot know.
#[tokio::test(flavor = "multi_thread")]
async fn no_browser_stays_trusted() {
    let app = App::builder().start().await;
    let (ada, eve) = two_browsers(&app).await;
    let (phone, _) = ada.enrol(&app).await;
    app.all_emails().await;
    eve.first_step(ADA, PASSWORD).await;
    let page = eve.submit("/auth/second-factor", &[("code", &phone.code(&app)), ("trust", "on")]).await;
    assert_eq!(page.location(), "/dashboard");
    let token = token_of(&app.one_announced().await);
    app.browser().confirm_email_link(&token).await;
    // Her cookie leads nowhere.
    assert!(!eve.is_signed_in().await);
    eve.post("/auth/logout", "").await;
    eve.first_step(ADA, PASSWORD).await;
}

#[rstest]
#[case::in_time(7 * DAY - 3600, "/not-me")]
#[case::too_late(7 * DAY, "/verify-email")]
#[tokio::test(flavor = "multi_thread")]
async fn the_link_works_for_seven_days(#[case] seconds: i64, #[case] page: &str) {
    let app = App::builder().start().await;
    let (_, eve) = two_browsers(&app).await;
    eve.sign_in_with_password(ADA, PASSWORD).await;
    let token = token_of(&app.one_announced().await);
    app.advance(seconds).await;
    assert_eq!(app.browser().open_email_link(&token).await.location(), page);
}

/// A thief's browser may be among those that knew the old password.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_password_change_makes_other_browsers_new(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    let (ada, other) = two_browsers(&app).await;
    other.sign_in_with_password(ADA, PASSWORD).await;
    app.one_announced().await;
    app.advance(60).await;
    ada.sign_in_with_password(ADA, PASSWORD).await;
    let page = ada.submit("/settings/password", &[("password", NEW_PASSWORD)]).await;
    assert_eq!(page.location(), "/settings/security?done=password_changed");
    app.advance(DAY).await;
    ada.sign_in_with_password(ADA, NEW_PASSWORD).await;
    assert_eq!(app.announced().await, [], "the browser that changed it");
    other.sign_in_with_password(ADA, NEW_PASSWORD).await;
    app.one_announced().await;
}

/// The person who resets the password has just opened an email.
#[tokio::test(flavor = "multi_thread")]
async fn a_reset_announces_no_device() {
    let app = App::builder().start().await;
    two_browsers(&app).await;
    let browser = app.browser();
    browser.request_reset(ADA).await;
    browser.reset_password(&token_of(&app.one_email().await), NEW_PASSWORD).await;
    assert!(browser.is_signed_in().await);
    app.advance(2 * DAY).await;
    browser.sign_in_with_password(ADA, NEW_PASSWORD).await;
    assert_eq!(app.announced().await, []);
}

#[rstest]
#[case(9, 0)]
#[case(10, 1)]
#[case(12, 1)]
#[tokio::test(flavor = "multi_thread")]
async fn many_failed_tries_are_announced_once_a_day(
    #[case] tries: usize,
    #[case] emails: usize,
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::builder().engine(engine).start().await;
    two_browsers(&app).await;
    let stranger = app.browser();
    for _ in 0..tries {
        stranger.try_password(ADA, WRONG_PASSWORD).await;
    }
    let wrong = "SELECT COALESCE(SUM(times), 0) FROM events WHERE outcome = 'wrong_password'";
    while app.database.number(&format!("SELECT CAST(({wrong}) AS BIGINT)")).await < i64::try_from(tries).unwrap() {
        tokio::task::yield_now().await;
    }
    let sent = app.emails().await;
    assert_eq!(sent.len(), emails, "{sent:?}");
    assert!(sent.iter().all(|email| matches!(email.kind, EmailKind::FailedTries { failed: 10 })), "{sent:?}");
    // The sign-in that follows says so.
    app.browser().sign_in_with_password(ADA, PASSWORD).await;
    let failed = match app.one_announced().await.kind {
        EmailKind::NewDevice { failed, .. } => failed,
        other => panic!("{other:?}"),
    };
    assert_eq!(failed as usize, tries);
}
