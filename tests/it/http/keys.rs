//! Group E: the provider's keys: rotation, withdrawal, outages.

use serde_json::{Value, json};

use super::{app::App, refusal::assert_rejected};

/// Seconds after which cached keys are fetched again, and after which they are no longer used.
const FRESH: i64 = 600;
const HARD: i64 = 3600;

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_fetched_once_for_many_sign_ins() {
    let app = App::builder().start().await;
    for _ in 0..5 {
        app.browser().sign_in("ada").await;
    }
    assert_eq!(certs(&app).await, 1);
    app.advance(FRESH).await;
    app.browser().sign_in("ada").await;
    assert_eq!(certs(&app).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_rotation_costs_one_fetch_and_no_sign_in() {
    let app = App::builder().start().await;
    app.browser().sign_in("ada").await;
    for (fetches, action) in [(2, "rotate"), (3, "rotate_before_signing")] {
        app.advance(31).await;
        app.control_sandbox("google/keys", json!({ "action": action })).await;
        app.browser().sign_in("ada").await;
        app.browser().sign_in("ada").await;
        assert_eq!(certs(&app).await, fetches, "{action}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawn_key_is_trusted_for_at_most_ten_minutes() {
    let app = App::builder().start().await;
    let browser = app.browser();
    let first = published(&app).await;
    app.control_sandbox("google/keys", json!({ "action": "rotate" })).await;
    browser.sign_in("ada").await;
    // The signing key is no longer published: a thief has it.
    let withdrawn = json!({ "kind": "patch", "set": { "keys": first } });
    app.control_sandbox("google/faults", json!({ "endpoint": "certs", "fault": withdrawn })).await;
    // Ten seconds of slack for the test itself.
    app.advance(FRESH - 10).await;
    browser.sign_in("ada").await;
    app.advance(10).await;
    let callback = browser.callback_url("ada", "/auth/google").await;
    assert_rejected(&app, &browser, &callback, "provider_invalid", &["token", "certs", "certs"]).await;
    app.control_sandbox("google/behave", json!({})).await;
    app.advance(31).await;
    browser.sign_in("ada").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_unknown_key_ids_causes_one_fetch() {
    let app = App::builder().start().await;
    app.browser().sign_in("ada").await;
    app.advance(31).await;
    for number in 0..20 {
        let patch =
            json!({ "patch": { "header": { "kid": format!("unknown-{number}") } }, "person": "grace", "times": 1 });
        app.control_sandbox("google/id_token", patch).await;
        let refused = app.browser().try_sign_in("grace").await;
        assert_eq!(refused.location(), "/login?error=provider_invalid&provider=google");
        app.browser().sign_in("ada").await;
    }
    assert_eq!(certs(&app).await, 2);
    assert_eq!(app.database.count("users").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn cached_keys_are_used_for_a_while_during_an_outage() {
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    app.control_sandbox("google/presets", json!({ "preset": "certs_500" })).await;
    app.advance(FRESH).await;
    browser.sign_in("ada").await;
    browser.sign_in("ada").await;
    assert_eq!(certs(&app).await, 2, "a fetch that failed is not repeated at once");
    app.advance(HARD).await;
    let callback = browser.callback_url("ada", "/auth/google").await;
    assert_rejected(&app, &browser, &callback, "provider_unavailable", &["token", "certs"]).await;
    app.control_sandbox("google/behave", json!({})).await;
    browser.sign_in("ada").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_key_set_is_rejected() {
    let app = App::builder().start().await;
    let browser = app.browser();
    for (preset, code, asked) in [
        ("certs_500", "provider_unavailable", &["token", "certs"][..]),
        ("certs_huge", "provider_keys", &["token", "certs"]),
        ("certs_many", "provider_keys", &["token", "certs"]),
        ("certs_html", "provider_keys", &["token", "certs"]),
        // A followed trap would be among the requests.
        ("certs_redirect", "provider_keys", &["token", "certs"]),
    ] {
        eprintln!("{preset}");
        app.arm_once(preset).await;
        let callback = browser.callback_url("ada", "/auth/google").await;
        assert_rejected(&app, &browser, &callback, code, asked).await;
        browser.sign_in("ada").await;
        app.advance(HARD).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unusable_keys_beside_a_good_one_are_skipped() {
    let app = App::builder().start().await;
    let browser = app.browser();
    let mut keys = published(&app).await;
    let right = keys[0].clone();
    for (member, value) in [("n", "AQAB"), ("e", "AQ"), ("e", "Ag"), ("kty", "oct"), ("use", "enc"), ("alg", "none")] {
        let mut wrong = right.clone();
        wrong[member] = json!(value);
        keys.insert(0, wrong);
    }
    keys.insert(0, json!({ "kty": "oct", "kid": right["kid"], "k": "c2VjcmV0" }));
    keys.insert(0, json!({}));
    app.fail_once("certs", json!({ "kind": "patch", "set": { "keys": keys } })).await;
    browser.sign_in("ada").await;
}

async fn certs(app: &App) -> usize {
    app.requested_endpoints().await.iter().filter(|endpoint| *endpoint == "certs").count()
}

async fn published(app: &App) -> Vec<Value> {
    let text = reqwest::get(format!("{}/certs", app.sandbox.google_issuer())).await.expect("keys").text().await;
    let set: Value = serde_json::from_str(&text.expect("a body")).expect("JSON");
    app.control_sandbox("requests/clear", json!({})).await;
    set["keys"].as_array().expect("a list").clone()
}
