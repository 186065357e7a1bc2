//! The prompt expires, works once, and shares the limits of the password.

use rstest::rstest;
use serde_json::json;

use super::{LINUS, app_with_linus, assert_prompted};
use crate::http::{
    account::{PASSWORD, WRONG_PASSWORD},
    app::App,
    browser::Browser,
};

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_prompt_shares_the_password_rate_limit(#[values("server", "jwt")] mode: &str) {
    let (app, owner) = app_with_linus(App::builder().mode(mode), &[("RATE_LIMITS", "on")]).await;
    let browser = app.browser();
    assert_prompted(&browser, "/auth/google").await;
    for number in 0..10 {
        match number % 2 {
            0 => browser.try_password(LINUS, WRONG_PASSWORD).await,
            _ => browser.submit("/auth/link/password", &[("password", WRONG_PASSWORD)]).await,
        };
    }
    let page = browser.submit("/auth/link/password", &[("password", PASSWORD)]).await;
    assert_eq!(page.location(), "/link?error=too_many_attempts");
    assert_eq!(app.rows().await.1, 0);
    // The account's own browser is not limited.
    owner.post("/auth/logout", "").await;
    assert_prompted(&owner, "/auth/google").await;
    assert_eq!(owner.submit("/auth/link/password", &[("password", PASSWORD)]).await.location(), "/dashboard");
}

#[rstest]
#[case::in_time(9 * 60, "/dashboard")]
#[case::too_late(10 * 60 + 1, "/link?error=link_expired")]
#[tokio::test(flavor = "multi_thread")]
async fn the_prompt_expires_after_ten_minutes(
    #[case] seconds: i64,
    #[case] location: &str,
    #[values("server", "jwt")] mode: &str,
) {
    let (app, _) = app_with_linus(App::builder().mode(mode), &[]).await;
    let browser = app.browser();
    assert_prompted(&browser, "/auth/google").await;
    app.advance(seconds).await;
    assert_eq!(browser.submit("/auth/link/password", &[("password", PASSWORD)]).await.location(), location);
    assert_eq!(app.rows().await.1, i64::from(location == "/dashboard"));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_unlinked_account_is_not_linked_again_by_the_old_prompt(#[values("server", "jwt")] mode: &str) {
    let (app, _) = app_with_linus(App::builder().mode(mode), &[]).await;
    let browser = app.browser();
    assert_prompted(&browser, "/auth/google").await;
    let prompt = browser.cookie("link").expect("a prompt");
    browser.submit("/auth/link/password", &[("password", PASSWORD)]).await;
    let user = app.user_of(&browser).await.expect("a user");
    let identity = app.identity_of(&user, "google").await;
    browser.submit("/settings/unlink", &[("identity", &identity)]).await;
    assert_eq!(app.rows().await.1, 0);

    for path in ["/auth/link/password", "/auth/link/confirm", "/auth/link/provider"] {
        browser.set_cookie("link", &prompt);
        let page = browser.submit(path, &[("password", PASSWORD), ("provider", "google")]).await;
        assert_eq!(page.location(), "/link?error=link_expired", "{path}");
    }
    assert_eq!(app.rows().await.1, 0);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn twenty_concurrent_confirmations_link_one_identity(#[values("server", "jwt")] mode: &str) {
    let (app, _) = app_with_linus(App::builder().mode(mode), &[]).await;
    let browser = app.browser();
    assert_prompted(&browser, "/auth/google").await;
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let twin = app.browser();
        twin.replace_cookies(browser.cookies());
        all.spawn(async move { twin.submit("/auth/link/password", &[("password", PASSWORD)]).await.status });
    }
    assert!(all.join_all().await.iter().all(|status| *status == 303));
    assert_eq!((app.rows().await.0, app.rows().await.1), (1, 1));
    assert_eq!(app.emails().await.len(), 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_or_disabled_user_gets_no_link(#[values("server", "jwt")] mode: &str) {
    let (app, _) = app_with_linus(App::builder().mode(mode), &[]).await;
    let browser = app.browser();
    assert_prompted(&browser, "/auth/google").await;
    app.database.execute("UPDATE users SET disabled_at = 1").await;
    let page = browser.submit("/auth/link/password", &[("password", PASSWORD)]).await;
    assert_eq!(page.location(), "/link?error=wrong_password");
    assert_eq!(app.rows().await.1, 0);
    app.database.execute("DELETE FROM users").await;
    let page = browser.submit("/auth/link/password", &[("password", PASSWORD)]).await;
    assert_eq!(page.location(), "/link?error=link_expired");
    assert_eq!(app.rows().await, (0, 0, 0));
}

/// The identifier of the pending link in the page's forms.
async fn pending_link(browser: &Browser) -> String {
    let page = browser.get("/link").await;
    let field = page.body.split("name=\"link\"").nth(1).expect("a field");
    field.split("value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a value").to_owned()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_confirmed_link_is_the_one_that_the_page_showed(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).other_provider().start().await;
    app.control_sandbox("persons/linus", json!({ "email_verified": true })).await;
    app.control_other("persons/mallory", json!({ "email": LINUS, "email_verified": true })).await;
    let owner = app.browser();
    app.sign_up(&owner, LINUS, PASSWORD).await;
    let browser = app.browser();
    assert_prompted(&browser, "/auth/google").await;
    let first = pending_link(&browser).await;
    // Eve, at her provider, in a tab that she opened in this browser.
    let callback = browser.callback_url("mallory", "/auth/other").await;
    assert_eq!(browser.get(&callback).await.location(), "/link");
    let page = browser.submit("/auth/link/password", &[("link", &first), ("password", PASSWORD)]).await;
    assert_eq!(page.location(), "/link?error=link_expired");
    assert_eq!(app.rows().await.1, 0);
    // The counterpart.
    assert_prompted(&browser, "/auth/google").await;
    let first = pending_link(&browser).await;
    let page = browser.submit("/auth/link/password", &[("link", &first), ("password", PASSWORD)]).await;
    assert_eq!(page.location(), "/dashboard");
    assert_eq!(app.rows().await.1, 1);

    // The same with a provider: its flow confirms what was pending when it started.
    let browser = app.browser();
    app.control_sandbox("persons/grace", json!({ "email": LINUS, "email_verified": true })).await;
    let callback = browser.callback_url("mallory", "/auth/other").await;
    assert_eq!(browser.get(&callback).await.location(), "/link");
    let first = pending_link(&browser).await;
    let start = browser.submit("/auth/link/provider", &[("link", &first), ("provider", "google")]).await;
    let proof = browser.consent(start.location(), "linus", "allow").await;
    let callback = browser.callback_url("grace", "/auth/google").await;
    assert_eq!(browser.get(&callback).await.location(), "/link");
    assert!(browser.get(&proof).await.location().starts_with("/link?error=link_expired"));
    assert_eq!(app.rows().await.1, 1);
}
