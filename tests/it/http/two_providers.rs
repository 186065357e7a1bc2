//! Two providers side by side: nothing of one counts at the other.

use serde_json::json;

use super::{
    app::App,
    browser::{parameter, with_parameter},
    refusal::is_refused,
};
use crate::support::database::Engine;

#[tokio::test(flavor = "multi_thread")]
async fn a_response_on_another_providers_redirect_uri_is_refused() {
    let app = App::start_with_other(Engine::Sqlite).await;
    let browser = app.browser();
    for (from, to) in [("google", "other"), ("other", "google")] {
        let callback = browser.callback_url("ada", &format!("/auth/{from}")).await;
        let moved = callback.replace(&format!("/auth/callback/{from}?"), &format!("/auth/callback/{to}?"));
        is_refused(&app, &browser, &moved, "response_mismatch", &[]).await;
    }
    browser.signs_in_as("ada").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn flows_at_both_providers_in_one_browser_each_end_at_their_own() {
    let app = App::start_with_other(Engine::Sqlite).await;
    // Google first and the other aborted, and the reverse.
    for (mine, aborted, label) in [("google", "other", "Google"), ("other", "google", "Other")] {
        let browser = app.browser();
        let authorize = browser.start(&format!("/auth/{mine}")).await;
        browser.start(&format!("/auth/{aborted}")).await;
        let callback = browser.consent(&authorize, "nomail", "allow").await;
        assert_eq!(browser.get(&callback).await.location(), "/dashboard");
        let with =
            app.database.text("SELECT COALESCE(provider, '') FROM sessions ORDER BY created_at DESC, id_hash").await;
        assert!(["google", "other"].contains(&with.as_str()));
        assert!(browser.get("/dashboard").await.body.contains(label));
    }
    // The same `sub` at two issuers is two people.
    assert_eq!(app.rows().await, (2, 2, 2));
    assert_eq!(app.database.number("SELECT count(DISTINCT subject) FROM identities").await, 1);
    assert_eq!(app.database.number("SELECT count(DISTINCT issuer) FROM identities").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_of_one_provider_in_a_flow_at_the_other_buys_nothing() {
    let app = App::start_with_other(Engine::Sqlite).await;
    let (browser, victim) = (app.browser(), app.browser());
    let stolen = parameter(&victim.callback_url("ada", "/auth/google").await, "code");
    let callback = browser.callback_url("ada", "/auth/other").await;
    let mixed = with_parameter(&callback, "code", Some(&stolen));
    is_refused(&app, &browser, &mixed, "provider_refused", &["other token"]).await;
    // Nor when the response says whose it really is.
    let callback = browser.callback_url("ada", "/auth/other").await;
    let mixed = with_parameter(&callback, "iss", Some(&app.sandbox.google_issuer()));
    is_refused(&app, &browser, &mixed, "response_mismatch", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_token_of_one_provider_does_not_count_at_the_other() {
    let app = App::start_with_other(Engine::Sqlite).await;
    let browser = app.browser();
    browser.signs_in_as("grace").await;
    let callback = browser.callback_url("nomail", "/auth/other").await;
    assert_eq!(browser.get(&callback).await.location(), "/dashboard");
    // The other provider, gone bad, speaks in Google's name; its keys are not Google's.
    let patch = json!({ "patch": { "claims": { "iss": app.sandbox.google_issuer() } }, "times": 1 });
    app.tell_other("google/id_token", patch).await;
    let callback = browser.callback_url("nomail", "/auth/other").await;
    is_refused(&app, &browser, &callback, "provider_invalid", &["other token"]).await;
    // And Google's key id in the header does not fetch Google's keys.
    let state = app.tell_sandbox("requests/clear", json!({})).await;
    app.advance(31).await;
    let patch = json!({ "patch": { "header": { "kid": state["google"]["kids"][0] } }, "times": 1 });
    app.tell_other("google/id_token", patch).await;
    let callback = browser.callback_url("nomail", "/auth/other").await;
    is_refused(&app, &browser, &callback, "provider_invalid", &["other token", "other certs"]).await;
    let callback = browser.callback_url("nomail", "/auth/other").await;
    assert_eq!(browser.get(&callback).await.location(), "/dashboard");
}
