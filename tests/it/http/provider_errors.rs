//! The provider answers with an error instead of a code.

use rstest::rstest;

use super::{
    app::App,
    browser::{parameter, with_parameter},
    refusal::assert_rejected,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_sign_in_returns_to_login_and_can_be_repeated() {
    let app = App::builder().start().await;
    let browser = app.browser();
    let authorize = browser.start_flow("/auth/google").await;
    let callback = browser.consent(&authorize, "ada", "deny").await;
    assert_eq!(parameter(&callback, "error"), "access_denied");
    assert_rejected(&app, &browser, &callback, "cancelled", &[]).await;
    let page = browser.get("/login?error=cancelled&provider=google").await;
    assert!(page.body.contains("You cancelled the sign-in with Google."));
    browser.sign_in("ada").await;
}

#[rstest]
#[case("access_denied", "cancelled")]
#[case("login_required", "interaction_required")]
#[case("interaction_required", "interaction_required")]
#[case("consent_required", "interaction_required")]
#[case("account_selection_required", "interaction_required")]
#[case("temporarily_unavailable", "provider_unavailable")]
#[case("server_error", "provider_unavailable")]
#[case("invalid_request", "site_misconfigured")]
#[case("unauthorized_client", "site_misconfigured")]
#[case("invalid_scope", "site_misconfigured")]
#[case("unsupported_response_type", "site_misconfigured")]
#[case("redirect_uri_mismatch", "site_misconfigured")]
#[case("the_moon_is_full", "provider_refused")]
#[case("<script>alert(1)</script>", "provider_refused")]
#[case("access_denied\r\nset-cookie: a=b", "provider_refused")]
#[tokio::test]
async fn each_error_shows_our_sentence_and_no_provider_text(#[case] error: &str, #[case] code: &str) {
    let app = App::builder().start().await;
    let browser = app.browser();
    let callback = browser.callback_url("ada", "/auth/google").await;
    let long = "d".repeat(10_000);
    let mut callback = with_parameter(&callback, "code", None);
    for (name, value) in [
        ("error", error),
        ("error_description", "<script>alert(2)</script>\r\nset-cookie: c=d"),
        ("error_uri", "javascript:alert(3)"),
        ("padding", long.as_str()),
    ] {
        callback = with_parameter(&callback, name, Some(value));
    }
    assert_rejected(&app, &browser, &callback, code, &[]).await;
    let page = browser.get(&format!("/login?error={code}&provider=google")).await;
    assert!(!page.body.contains("alert(") && !page.body.contains("the_moon"), "{}", page.body);
    let events = app.events().await;
    assert!(
        events.contains("<script>alert(2)</script> set-cookie: c=d"),
        "the operator reads it, on one line: {events}"
    );
    assert!(!events.contains("\\r") && !events.contains("\\n"), "{events}");
    browser.sign_in("ada").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_beside_a_code_wins_and_the_code_is_not_sent() {
    let app = App::builder().start().await;
    let browser = app.browser();
    app.arm_once("response_error_and_code").await;
    let callback = browser.callback_url("ada", "/auth/google").await;
    assert!(!parameter(&callback, "code").is_empty());
    assert_rejected(&app, &browser, &callback, "cancelled", &[]).await;
    browser.sign_in("ada").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_without_a_flow_does_nothing() {
    let app = App::builder().start().await;
    let (browser, attacker) = (app.browser(), app.browser());
    browser.sign_in("ada").await;
    let foreign = parameter(&attacker.start_flow("/auth/google").await, "state");
    for state in ["", "x", &foreign] {
        let callback = format!("/auth/callback/google?error=access_denied&error_description=d&state={state}");
        assert_rejected(&app, &browser, &callback, "flow_unknown", &[]).await;
    }
    assert_rejected(&app, &browser, "/auth/callback/google?error=access_denied", "flow_unknown", &[]).await;
    assert_rejected(&app, &browser, "/auth/callback/google", "flow_unknown", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn prompt_none_reports_that_interaction_is_required() {
    let app = App::builder().start().await;
    let browser = app.browser();
    let authorize = browser.start_flow("/auth/google?prompt=none").await;
    let callback = browser.authorize_silently(&authorize).await;
    assert_rejected(&app, &browser, &callback, "interaction_required", &[]).await;
}

#[tokio::test]
async fn the_login_page_does_not_echo_its_query() {
    let app = App::builder().start().await;
    let browser = app.browser();
    for query in [
        "error=%3Cscript%3Ealert(1)%3C/script%3E",
        "error=cancelled&provider=%3Cscript%3Ealert(1)%3C/script%3E",
        "error=cancelled&provider=//alert(1)",
        "error=alert(1)&error=cancelled",
        "signed_out=alert(1)",
        "return_to=javascript:alert(1)",
    ] {
        let page = browser.get(&format!("/login?{query}")).await;
        assert_eq!(page.status, 200);
        assert!(!page.body.contains("alert(1)"), "{query}");
    }
}
