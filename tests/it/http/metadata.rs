//! Broken, huge and malicious provider metadata.

use rstest::rstest;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{app::App, browser::parameter};

/// Seconds after which cached metadata is no longer used.
const HARD: i64 = 24 * 3600;

#[tokio::test(flavor = "multi_thread")]
async fn unusable_metadata_disables_only_its_provider() {
    let app = App::builder().other_provider().start().await;
    let presets = [
        "discovery_500",
        "discovery_huge",
        "discovery_html",
        "discovery_missing_fields",
        "discovery_evil_token_endpoint",
        "discovery_javascript_authorize",
        "discovery_wrong_issuer",
        // A followed trap would be among the requests.
        "discovery_redirect",
    ];
    for preset in presets {
        eprintln!("{preset}");
        app.arm_once(preset).await;
        let code = if preset == "discovery_500" { "provider_unavailable" } else { "provider_metadata" };
        assert_start_fails(&app, code).await;
        app.advance(HARD).await;
    }
    app.browser().sign_in("ada").await;
}

/// Those who wait for another one's request learn what it found.
#[rstest]
#[case::answers(json!({ "kind": "answer", "body": "<!doctype html>" }), "provider_metadata")]
#[case::silent(json!({ "kind": "status", "status": 503 }), "provider_unavailable")]
#[tokio::test(flavor = "multi_thread")]
async fn concurrent_starts_report_the_same_failure(#[case] fault: Value, #[case] code: &str) {
    let app = App::builder().start().await;
    app.control_sandbox("google/faults", json!({ "endpoint": "discovery", "fault": fault })).await;
    let mut starts = JoinSet::new();
    for _ in 0..8 {
        let browser = app.browser();
        starts.spawn(async move { browser.get("/auth/google").await.location().to_owned() });
    }
    for location in starts.join_all().await {
        assert_eq!(parameter(&location, "error"), code);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn forbidden_urls_in_metadata_are_rejected() {
    let app = App::builder().other_provider().start().await;
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
        // Without a userinfo endpoint, the id_token alone counts.
        let is_optional = |address: &&str| endpoint == "userinfo_endpoint" && address.is_empty();
        for address in addresses.into_iter().filter(|address| !is_optional(address)) {
            eprintln!("{endpoint} {address}");
            app.fail_once("discovery", json!({ "kind": "patch", "set": { endpoint: address } })).await;
            assert_start_fails(&app, "provider_metadata").await;
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
        app.fail_once("discovery", json!({ "kind": "patch", "set": { member: value } })).await;
        let is_algorithm = member == "id_token_signing_alg_values_supported";
        assert_start_fails(&app, if is_algorithm { "provider_algorithm" } else { "provider_metadata" }).await;
        app.advance(HARD).await;
    }
    app.browser().sign_in("ada").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cached_metadata_is_used_during_an_outage() {
    let app = App::builder().start().await;
    app.browser().sign_in("ada").await;
    app.control_sandbox("google/presets", json!({ "preset": "discovery_html" })).await;
    app.advance(3600).await;
    app.browser().sign_in("ada").await;
    app.control_sandbox("google/behave", json!({})).await;
}

/// At Google it costs one request; the other provider is called as before.
async fn assert_start_fails(app: &App, code: &str) {
    let (browser, before) = (app.browser(), google_requests(app).await);
    let page = browser.get("/auth/google").await;
    assert_eq!(page.status, 303, "{page:?}");
    assert_eq!(page.location(), format!("/login?error={code}&provider=google"));
    assert!(page.set_cookies().is_empty(), "{page:?}");
    assert_eq!(google_requests(app).await, before + 1);
    let is_silent = browser.get(page.location()).await.body.contains("Google isn't responding");
    assert_eq!(is_silent, code == "provider_unavailable", "only a silent provider is called silent");
    let other = browser.start_flow("/auth/other").await;
    assert_eq!(parameter(&other, "redirect_uri"), format!("{}/auth/callback/other", app.origin));
}

async fn google_requests(app: &App) -> usize {
    app.requested_endpoints().await.iter().filter(|endpoint| !endpoint.starts_with("other")).count()
}
