//! Mix-up attacks: nothing of one provider counts at the other.

use serde_json::json;

use super::{
    app::App,
    browser::{parameter, with_parameter},
    refusal::assert_rejected,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_response_at_another_providers_redirect_uri_is_rejected() {
    let app = App::builder().other_provider().start().await;
    let browser = app.browser();
    for (from, to) in [("google", "other"), ("other", "google")] {
        let callback = browser.callback_url("ada", &format!("/auth/{from}")).await;
        let moved = callback.replace(&format!("/auth/callback/{from}?"), &format!("/auth/callback/{to}?"));
        assert_rejected(&app, &browser, &moved, "response_mismatch", &[]).await;
    }
    browser.sign_in("ada").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn flows_at_two_providers_in_one_browser_both_succeed() {
    let app = App::builder().other_provider().start().await;
    // Google first with the other aborted, and the reverse.
    for (mine, aborted, label) in [("google", "other", "Google"), ("other", "google", "Other")] {
        let browser = app.browser();
        let authorize = browser.start_flow(&format!("/auth/{mine}")).await;
        browser.start_flow(&format!("/auth/{aborted}")).await;
        let callback = browser.consent(&authorize, "nomail", "allow").await;
        assert_eq!(browser.get(&callback).await.location(), "/dashboard");
        let with = app.database.text("SELECT COALESCE(provider, '') FROM sessions ORDER BY created_at DESC, id").await;
        assert!(["google", "other"].contains(&with.as_str()));
        assert!(browser.get("/dashboard").await.body.contains(label));
    }
    // The same `sub` at two issuers is two users.
    assert_eq!(app.rows().await, (2, 2, 2));
    assert_eq!(app.database.number("SELECT count(DISTINCT subject) FROM identities").await, 1);
    assert_eq!(app.database.number("SELECT count(DISTINCT issuer) FROM identities").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_of_one_provider_is_rejected_by_the_other() {
    let app = App::builder().other_provider().start().await;
    let (browser, victim) = (app.browser(), app.browser());
    let stolen = parameter(&victim.callback_url("ada", "/auth/google").await, "code");
    let callback = browser.callback_url("ada", "/auth/other").await;
    let mixed = with_parameter(&callback, "code", Some(&stolen));
    assert_rejected(&app, &browser, &mixed, "provider_refused", &["other token"]).await;
    // Nor when the response has the right `iss`.
    let callback = browser.callback_url("ada", "/auth/other").await;
    let mixed = with_parameter(&callback, "iss", Some(&app.sandbox.google_issuer()));
    assert_rejected(&app, &browser, &mixed, "response_mismatch", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_token_of_one_provider_is_rejected_at_the_other() {
    let app = App::builder().other_provider().start().await;
    let browser = app.browser();
    browser.sign_in("grace").await;
    let callback = browser.callback_url("nomail", "/auth/other").await;
    assert_eq!(browser.get(&callback).await.location(), "/dashboard");
    // A malicious other provider claims to be Google; its keys are not Google's.
    let patch = json!({ "patch": { "claims": { "iss": app.sandbox.google_issuer() } }, "times": 1 });
    app.control_other("google/id_token", patch).await;
    let callback = browser.callback_url("nomail", "/auth/other").await;
    assert_rejected(&app, &browser, &callback, "provider_invalid", &["other token"]).await;
    // Google's key id in the header does not fetch Google's keys.
    let state = app.control_sandbox("requests/clear", json!({})).await;
    app.advance(31).await;
    let patch = json!({ "patch": { "header": { "kid": state["google"]["kids"][0] } }, "times": 1 });
    app.control_other("google/id_token", patch).await;
    let callback = browser.callback_url("nomail", "/auth/other").await;
    assert_rejected(&app, &browser, &callback, "provider_invalid", &["other token", "other certs"]).await;
    let callback = browser.callback_url("nomail", "/auth/other").await;
    assert_eq!(browser.get(&callback).await.location(), "/dashboard");
}
