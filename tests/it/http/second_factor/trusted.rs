//! Browsers that are not asked again for thirty days.

use rstest::rstest;

use super::{ADA, phone::Phone, with_app};
use crate::{
    http::{
        account::{NEW_PASSWORD, PASSWORD},
        app::App,
        browser::Browser,
    },
    support::database::Engine,
};

/// Signs in with both steps, and has the browser trusted.
async fn trust(app: &App, browser: &Browser, phone: &Phone) {
    browser.first_step(ADA, PASSWORD).await;
    let fields = [("code", phone.code(app)), ("trust", "1".to_owned())];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    assert_eq!(browser.submit("/auth/second-factor", &fields).await.location(), "/dashboard");
    app.advance(30).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_trusted_browser_is_not_asked_for_thirty_days(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let (app, _, phone, _) = with_app(App::builder().engine(engine).mode(mode)).await;
    let (browser, other) = (app.browser(), app.browser());
    trust(&app, &browser, &phone).await;
    browser.submit("/auth/logout", &[]).await;
    browser.sign_in_with_password(ADA, PASSWORD).await;
    let steps = app.database.text("SELECT signed_in_by FROM sessions ORDER BY created_at DESC, id LIMIT 1").await;
    assert!(steps.contains("trusted_browser"), "{steps}");
    other.first_step(ADA, PASSWORD).await;
    app.advance(31 * 24 * 3600).await;
    browser.submit("/auth/logout", &[]).await;
    browser.first_step(ADA, PASSWORD).await;
}

/// A thief with the password at a browser that Ada trusts may sign in, and change nothing.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn changes_ask_a_trusted_browser_for_the_code(#[values("server", "jwt")] mode: &str) {
    const CHANGE: &str = "/settings/password";
    let (app, _, phone, _) = with_app(App::builder().mode(mode)).await;
    let browser = app.browser();
    trust(&app, &browser, &phone).await;
    assert_eq!(browser.get(CHANGE).await.status, 200, "the code was typed just now");
    browser.submit("/auth/logout", &[]).await;
    browser.sign_in_with_password(ADA, PASSWORD).await;
    assert!(browser.get(CHANGE).await.location().starts_with("/confirm?return_to="));
    let refused = browser.submit(CHANGE, &[("password", NEW_PASSWORD)]).await;
    assert!(refused.location().starts_with("/confirm?return_to="), "{refused:?}");
    let confirm = browser.get("/confirm?return_to=/settings/password").await;
    assert!(confirm.body.contains("/auth/reauthenticate/code"), "{confirm:?}");
    let fields = [("code", &*phone.code(&app)), ("return_to", CHANGE)];
    assert_eq!(browser.submit("/auth/reauthenticate/code", &fields).await.location(), CHANGE);
    let changed = browser.submit(CHANGE, &[("password", NEW_PASSWORD)]).await;
    assert_eq!(changed.location(), "/settings/security?done=password_changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trust_is_one_accounts_and_its_token_is_new_each_time() {
    let (app, _, phone, _) = with_app(App::builder()).await;
    let grace = app.browser();
    app.sign_up(&grace, "grace@example.com", PASSWORD).await;
    grace.enrol(&app).await;
    let browser = app.browser();
    trust(&app, &browser, &phone).await;
    let first = browser.cookie("trusted").expect("a cookie");
    browser.submit("/auth/logout", &[]).await;
    browser.first_step("grace@example.com", PASSWORD).await;
    // A cookie that someone planted stays what it was: the trust of its own account.
    let planted = app.browser();
    planted.set_cookie("trusted", &first);
    trust_again(&app, &planted, &phone).await;
    assert_ne!(planted.cookie("trusted"), Some(first));
    assert_eq!(app.database.number("SELECT count(DISTINCT token_hash) FROM trusted_browsers").await, 2);
}

/// The browser is trusted already, and asked because its trust is that of a deleted row.
async fn trust_again(app: &App, browser: &Browser, phone: &Phone) {
    let hash = app.database.text("SELECT token_hash FROM trusted_browsers").await;
    app.database.execute("UPDATE trusted_browsers SET token_hash = 'gone'").await;
    trust(app, browser, phone).await;
    app.database.execute(&format!("UPDATE trusted_browsers SET token_hash = '{hash}' WHERE token_hash = 'gone'")).await;
}

#[rstest]
#[case::forgotten("/settings/trusted-browsers/forget")]
#[case::password_changed("/settings/password")]
#[case::signed_out_elsewhere("/settings/sessions/end-others")]
#[tokio::test(flavor = "multi_thread")]
async fn the_trust_ends_with(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine, #[case] form: &'static str) {
    let (app, owner, phone, _) = with_app(App::builder().engine(engine)).await;
    let browser = app.browser();
    trust(&app, &browser, &phone).await;
    let page = owner.get("/settings/security").await;
    assert!(page.body.contains("Trusted browsers") && page.body.contains("/settings/trusted-browsers/forget"));
    let id = app.database.text("SELECT id FROM trusted_browsers").await;
    // Nobody else's.
    let grace = app.browser();
    app.sign_up(&grace, "grace@example.com", PASSWORD).await;
    let hers = grace.submit("/settings/trusted-browsers/forget", &[("browser", &id)]).await;
    assert_eq!(hers.location(), "/settings/security?error=not_found");
    assert_eq!(app.database.count("trusted_browsers").await, 1);

    let password = if form == "/settings/password" { NEW_PASSWORD } else { PASSWORD };
    let done = owner.submit(form, &[("browser", &id), ("password", password)]).await;
    assert!(done.location().contains("done="), "{done:?}");
    browser.submit("/auth/logout", &[]).await;
    browser.first_step(ADA, password).await;
}
