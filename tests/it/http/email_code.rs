//! Re-authentication by a code from an email, for users who have nothing stronger.

use std::time::Duration;

use latchkey::{
    accounts::{EmailCode, EmailKind},
    store::SharedLimit,
};
use rstest::rstest;
use serde_json::json;

use super::{
    account::PASSWORD,
    app::App,
    browser::{Browser, Page, parameter},
    settings_forms::LATER,
};
use crate::support::database::Engine;

const ASK: &str = "/auth/reauthenticate/email-code";
const CHECK: &str = "/auth/reauthenticate/email-code/check";
const WRONG: &str = "2222-2222";

/// Ada, whose only way to sign in is Google, ten minutes later.
async fn ada(app: &App) -> Browser {
    let browser = app.browser();
    browser.sign_in("ada").await;
    app.advance(LATER).await;
    browser
}

async fn ask(browser: &Browser) -> Page {
    browser.submit(ASK, &[("return_to", "/settings/password")]).await
}

async fn check(browser: &Browser, code: &str) -> String {
    browser.submit(CHECK, &[("code", code), ("return_to", "/settings/password")]).await.location().to_owned()
}

/// The code of the only email.
async fn code(app: &App) -> EmailCode {
    match app.one_email().await.kind {
        EmailKind::Code { code } => code,
        other => panic!("no code: {other:?}"),
    }
}

/// Whether a sensitive form works.
async fn may_change(browser: &Browser) -> bool {
    let page = browser.submit("/settings/unlink", &[("identity", "x")]).await;
    !page.location().starts_with("/confirm")
}

fn error(location: &str) -> String {
    parameter(location, "error")
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_code_reauthenticates_the_session_that_asked_for_it(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::builder().engine(engine).mode(mode).start().await;
    let browser = ada(&app).await;
    let other = app.browser();
    other.sign_in("ada").await;
    app.advance(LATER).await;
    assert!(browser.get("/confirm").await.body.contains("Email me a code"));
    assert_eq!(ask(&browser).await.location(), "/confirm?return_to=%2Fsettings%2Fpassword");
    let code = code(&app).await;
    assert!(browser.get("/confirm").await.body.contains("We've sent a code to"));
    assert!(!app.database.text("SELECT code_mac FROM email_codes").await.contains(code.expose()));

    // Not in another browser of the same user.
    assert_eq!(error(&check(&other, code.expose()).await), "email_code_expired");
    assert!(!may_change(&other).await);
    assert_eq!(error(&check(&browser, WRONG).await), "email_code_wrong");
    assert!(!may_change(&browser).await);

    let session = browser.session();
    assert_eq!(check(&browser, &code.grouped().to_lowercase()).await, "/settings/password");
    assert_ne!(browser.session(), session, "a new secret");
    assert!(may_change(&browser).await && !may_change(&other).await);
    assert_eq!(error(&check(&browser, code.expose()).await), "email_code_expired", "it works once");
    let activity = browser.get("/settings/activity").await.body;
    for sentence in [
        "Requested a code by email",
        "A confirmation with a wrong code was refused",
        "Confirmed with a code from an email that it was you",
    ] {
        assert!(activity.contains(sentence), "{sentence}");
    }
}

/// Kanidm and others: without `auth_time` the round trip proves nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_provider_without_auth_time_leads_to_a_code() {
    let app = App::builder().generic(&[("CLIENT_SECRET", "sandbox-oidc-secret")]).start().await;
    app.control_sandbox("oidc/configure", json!({ "auth_time": "absent" })).await;
    let browser = app.browser();
    let callback = browser.callback_url("ada", "/auth/work").await;
    assert_eq!(browser.get(&callback).await.location(), "/dashboard");
    app.advance(LATER).await;
    let fields = [("provider", "work"), ("return_to", "/settings/password")];
    let start = browser.submit("/auth/reauthenticate/provider", &fields).await;
    let callback = browser.consent(start.location(), "ada", "allow").await;
    let page = browser.get(&callback).await;
    assert_eq!(parameter(page.location(), "error"), "reauthentication_unsupported");
    let confirm = browser.get(page.location().split('#').next().unwrap_or_default()).await.body;
    assert!(confirm.contains("say when you did") && confirm.contains("Email me a code"), "{confirm}");
    ask(&browser).await;
    assert_eq!(check(&browser, code(&app).await.expose()).await, "/settings/password");
    assert!(may_change(&browser).await);
}

#[rstest]
#[case(590, true)]
#[case(600, false)]
#[tokio::test(flavor = "multi_thread")]
async fn a_code_works_for_ten_minutes(#[case] seconds: i64, #[case] works: bool) {
    let app = App::builder().start().await;
    let browser = ada(&app).await;
    ask(&browser).await;
    let code = code(&app).await;
    app.advance(seconds).await;
    check(&browser, code.expose()).await;
    assert_eq!(may_change(&browser).await, works);
}

#[rstest]
#[case(4, true)]
#[case(5, false)]
#[tokio::test(flavor = "multi_thread")]
async fn a_code_has_five_tries(#[case] wrong: usize, #[case] works: bool) {
    let app = App::builder().start().await;
    let browser = ada(&app).await;
    ask(&browser).await;
    let right = code(&app).await;
    for attempt in 0..wrong {
        // What cannot be a code counts as well.
        let typed = if attempt == 0 { "no code" } else { WRONG };
        assert_eq!(error(&check(&browser, typed).await), "email_code_wrong");
    }
    check(&browser, right.expose()).await;
    assert_eq!(may_change(&browser).await, works);
    if !works {
        ask(&browser).await;
        check(&browser, code(&app).await.expose()).await;
        assert!(may_change(&browser).await, "a new code has new tries");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_code_replaces_the_earlier_one() {
    let app = App::builder().start().await;
    let browser = ada(&app).await;
    ask(&browser).await;
    let first = code(&app).await;
    ask(&browser).await;
    let second = code(&app).await;
    assert_eq!(error(&check(&browser, first.expose()).await), "email_code_wrong");
    assert_eq!(check(&browser, second.expose()).await, "/settings/password");
}

/// Mail scanners open every link, some with a browser.
#[tokio::test(flavor = "multi_thread")]
async fn the_link_only_fills_in_the_form_of_the_browser_that_asked() {
    let app = App::builder().start().await;
    let browser = ada(&app).await;
    ask(&browser).await;
    let code = code(&app).await;
    let link = format!("/confirm?code={}", code.expose());
    let scanner = app.browser();
    assert!(scanner.get(&link).await.location().starts_with("/login"));
    assert!(scanner.submit(CHECK, &[("code", code.expose())]).await.location().starts_with("/login"));
    let page = browser.get(&link).await;
    assert!(page.body.contains(&format!("value=\"{}\"", code.grouped())), "{page:?}");
    assert!(!may_change(&browser).await, "opening it does nothing");
    assert_eq!(check(&browser, code.expose()).await, "/settings/password");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_stronger() {
    let app = App::builder().start().await;
    let browser = app.browser();
    app.sign_up(&browser, "ada@example.com", PASSWORD).await;
    app.advance(LATER).await;
    assert!(!browser.get("/confirm").await.body.contains("Email me a code"));
    assert_eq!(error(ask(&browser).await.location()), "not_found");
    assert_eq!(app.emails().await, []);
}

/// Whoever holds the account at the provider has moved it to another mailbox.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn no_code_goes_to_an_address_that_a_provider_has_just_changed(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::builder().engine(engine).start().await;
    let browser = ada(&app).await;
    app.control_sandbox("persons/ada", json!({ "email": "thief@gmail.com" })).await;
    browser.sign_in("ada").await;
    assert!(app.owner_of("thief@gmail.com").await.is_some());
    app.emails().await;
    app.advance(LATER).await;
    assert_eq!(error(ask(&browser).await.location()), "not_found");
    assert_eq!(app.emails().await, []);
    // The earlier mailbox had a week to undo the change.
    app.advance(7 * 86_400).await;
    ask(&browser).await;
    check(&browser, code(&app).await.expose()).await;
    assert!(may_change(&browser).await);
}

/// A code for an address that the account no longer has.
#[tokio::test(flavor = "multi_thread")]
async fn a_code_does_not_outlive_its_address() {
    let app = App::builder().start().await;
    let browser = ada(&app).await;
    ask(&browser).await;
    let code = code(&app).await;
    app.database.execute("UPDATE users SET verified_email = 'other@example.com'").await;
    assert_eq!(error(&check(&browser, code.expose()).await), "email_code_expired");
    app.database.execute("UPDATE users SET verified_email = 'ada@gmail.com'").await;
    assert_eq!(check(&browser, code.expose()).await, "/settings/password", "its twin");
}

/// As if two other processes had sent them.
#[tokio::test(flavor = "multi_thread")]
async fn codes_by_email_are_limited_in_all_processes_together() {
    let app = App::builder().engine(Engine::Postgres).with("RATE_LIMITS", "on").start().await;
    let browser = ada(&app).await;
    let limit = SharedLimit { name: "email", burst: 3, interval: Duration::from_secs(300) };
    for _ in 0..2 {
        assert!(app.store.count_shared(limit, "ada@gmail.com code", app.now()).await.unwrap());
    }
    assert_eq!(error(ask(&browser).await.location()), "");
    assert_eq!(error(ask(&browser).await.location()), "too_many_emails");
    assert_eq!(app.emails().await.len(), 1);
    app.advance(300).await;
    assert_eq!(error(ask(&browser).await.location()), "");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn codes_by_email_are_limited(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).with("RATE_LIMITS", "on").start().await;
    let browser = ada(&app).await;
    for _ in 0..3 {
        assert_eq!(error(ask(&browser).await.location()), "");
    }
    assert_eq!(error(ask(&browser).await.location()), "too_many_emails");
    assert_eq!(app.emails().await.len(), 3);
}
