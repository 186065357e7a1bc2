//! Group E: the provider's keys, rotated, withdrawn, away.

use serde_json::{Value, json};

use super::{app::App, refusal::is_refused};
use crate::support::database::Engine;

/// Seconds after which cached keys are fetched anew, and after which they are not used at all.
const FRESH: i64 = 600;
const HARD: i64 = 3600;

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_fetched_once_for_many_sign_ins() {
    let app = App::start(Engine::Sqlite).await;
    for _ in 0..5 {
        app.browser().signs_in_as("ada").await;
    }
    assert_eq!(certs(&app).await, 1);
    app.advance(FRESH).await;
    app.browser().signs_in_as("ada").await;
    assert_eq!(certs(&app).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_costs_one_fetch_and_no_sign_in() {
    let app = App::start(Engine::Sqlite).await;
    app.browser().signs_in_as("ada").await;
    for (fetches, action) in [(2, "rotate"), (3, "rotate_before_signing")] {
        app.advance(31).await;
        app.tell_sandbox("google/keys", json!({ "action": action })).await;
        app.browser().signs_in_as("ada").await;
        app.browser().signs_in_as("ada").await;
        assert_eq!(certs(&app).await, fetches, "{action}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawn_key_is_not_trusted_for_longer_than_ten_minutes() {
    let app = App::start(Engine::Sqlite).await;
    let browser = app.browser();
    let first = published(&app).await;
    app.tell_sandbox("google/keys", json!({ "action": "rotate" })).await;
    browser.signs_in_as("ada").await;
    // The key that signs is published no more: a thief has it.
    let withdrawn = json!({ "kind": "patch", "set": { "keys": first } });
    app.tell_sandbox("google/faults", json!({ "endpoint": "certs", "fault": withdrawn })).await;
    // Ten seconds of room for the test itself.
    app.advance(FRESH - 10).await;
    browser.signs_in_as("ada").await;
    app.advance(10).await;
    let callback = browser.callback_url("ada", "/auth/google").await;
    is_refused(&app, &browser, &callback, "provider_invalid", &["token", "certs", "certs"]).await;
    app.tell_sandbox("google/behave", json!({})).await;
    app.advance(31).await;
    browser.signs_in_as("ada").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_unknown_keys_causes_one_fetch_and_spares_honest_sign_ins() {
    let app = App::start(Engine::Sqlite).await;
    app.browser().signs_in_as("ada").await;
    app.advance(31).await;
    for number in 0..20 {
        let patch =
            json!({ "patch": { "header": { "kid": format!("unknown-{number}") } }, "person": "grace", "times": 1 });
        app.tell_sandbox("google/id_token", patch).await;
        let refused = app.browser().sign_in_as("grace").await;
        assert_eq!(refused.location(), "/login?error=provider_invalid&provider=google");
        app.browser().signs_in_as("ada").await;
    }
    assert_eq!(certs(&app).await, 2);
    assert_eq!(app.database.count("users").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn known_keys_serve_while_the_provider_cannot_give_them_but_not_for_ever() {
    let app = App::start(Engine::Sqlite).await;
    let browser = app.browser();
    browser.signs_in_as("ada").await;
    app.tell_sandbox("google/presets", json!({ "preset": "certs_500" })).await;
    app.advance(FRESH).await;
    browser.signs_in_as("ada").await;
    browser.signs_in_as("ada").await;
    assert_eq!(certs(&app).await, 2, "a fetch that failed is not repeated at once");
    app.advance(HARD).await;
    let callback = browser.callback_url("ada", "/auth/google").await;
    is_refused(&app, &browser, &callback, "provider_unavailable", &["token", "certs"]).await;
    app.tell_sandbox("google/behave", json!({})).await;
    browser.signs_in_as("ada").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_set_that_is_none_is_refused() {
    let app = App::start(Engine::Sqlite).await;
    let browser = app.browser();
    for (preset, code, asked) in [
        ("certs_500", "provider_unavailable", &["token", "certs"][..]),
        ("certs_huge", "provider_unavailable", &["token", "certs"]),
        ("certs_many", "provider_unavailable", &["token", "certs"]),
        ("certs_html", "provider_unavailable", &["token", "certs"]),
        // Its trap would be among what was asked.
        ("certs_redirect", "provider_unavailable", &["token", "certs"]),
    ] {
        eprintln!("{preset}");
        app.preset(preset).await;
        let callback = browser.callback_url("ada", "/auth/google").await;
        is_refused(&app, &browser, &callback, code, asked).await;
        browser.signs_in_as("ada").await;
        app.advance(HARD).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unusable_keys_beside_the_right_one_are_passed_over() {
    let app = App::start(Engine::Sqlite).await;
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
    app.error("certs", json!({ "kind": "patch", "set": { "keys": keys } })).await;
    browser.signs_in_as("ada").await;
}

async fn certs(app: &App) -> usize {
    app.asked().await.iter().filter(|endpoint| *endpoint == "certs").count()
}

async fn published(app: &App) -> Vec<Value> {
    let text = reqwest::get(format!("{}/certs", app.sandbox.google_issuer())).await.expect("keys").text().await;
    let set: Value = serde_json::from_str(&text.expect("a body")).expect("JSON");
    app.tell_sandbox("requests/clear", json!({})).await;
    set["keys"].as_array().expect("a list").clone()
}
