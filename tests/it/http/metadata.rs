//! A provider's metadata that is broken, huge or malicious.

use serde_json::json;

use super::{app::App, browser::parameter};
use crate::support::database::Engine;

/// Seconds after which cached metadata is not used at all.
const HARD: i64 = 24 * 3600;

#[tokio::test(flavor = "multi_thread")]
async fn unusable_metadata_stops_the_start_and_no_other_provider() {
    let app = App::start_with_other(Engine::Sqlite).await;
    let presets = [
        "discovery_500",
        "discovery_huge",
        "discovery_html",
        "discovery_missing_fields",
        "discovery_evil_token_endpoint",
        "discovery_javascript_authorize",
        "discovery_wrong_issuer",
        // Its trap would be among what was asked.
        "discovery_redirect",
    ];
    for preset in presets {
        eprintln!("{preset}");
        app.preset(preset).await;
        start_is_refused(&app).await;
        app.advance(HARD).await;
    }
    app.browser().signs_in_as("ada").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_that_nobody_may_be_sent_to_are_refused_wherever_they_stand() {
    let app = App::start_with_other(Engine::Sqlite).await;
    let addresses = [
        "http://evil.example/x",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:text/html,x",
        "https://user:password@evil.example/",
        "https://evil.example/#fragment",
        "//evil.example/x",
        "not an address",
        "",
    ];
    for endpoint in ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"] {
        for address in addresses {
            eprintln!("{endpoint} {address}");
            app.error("discovery", json!({ "kind": "patch", "set": { endpoint: address } })).await;
            start_is_refused(&app).await;
            app.advance(HARD).await;
        }
    }
    for (member, value) in [
        ("issuer", json!(null)),
        ("issuer", json!([app.sandbox.google_issuer()])),
        ("issuer", json!(format!("{}/", app.sandbox.google_issuer()))),
        ("token_endpoint", json!(7)),
        ("response_types_supported", json!(["id_token"])),
        ("id_token_signing_alg_values_supported", json!(["HS256", "none"])),
    ] {
        eprintln!("{member} {value}");
        app.error("discovery", json!({ "kind": "patch", "set": { member: value } })).await;
        start_is_refused(&app).await;
        app.advance(HARD).await;
    }
    app.browser().signs_in_as("ada").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn metadata_in_the_cache_serves_while_the_provider_cannot_give_it() {
    let app = App::start(Engine::Sqlite).await;
    app.browser().signs_in_as("ada").await;
    app.tell_sandbox("google/presets", json!({ "preset": "discovery_html" })).await;
    app.advance(3600).await;
    app.browser().signs_in_as("ada").await;
    app.tell_sandbox("google/behave", json!({})).await;
}

/// At Google, for the price of one request; the other provider is asked as ever.
async fn start_is_refused(app: &App) {
    let (browser, before) = (app.browser(), asked_google(app).await);
    let page = browser.get("/auth/google").await;
    assert_eq!((page.status, page.location()), (303, "/login?error=provider_unavailable&provider=google"), "{page:?}");
    assert!(page.set_cookies().is_empty(), "{page:?}");
    assert_eq!(asked_google(app).await, before + 1);
    assert!(browser.get(page.location()).await.body.contains("Google isn't responding"));
    let other = browser.start("/auth/other").await;
    assert_eq!(parameter(&other, "redirect_uri"), format!("{}/auth/callback/other", app.origin));
}

async fn asked_google(app: &App) -> usize {
    app.asked().await.iter().filter(|endpoint| !endpoint.starts_with("other")).count()
}
