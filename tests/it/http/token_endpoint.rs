//! Group C: the answers of the token endpoint.

use serde_json::json;

use super::{app::App, refusal::assert_rejected};

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_token_response_is_rejected() {
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.sign_in("grace").await;
    for (preset, code) in [
        ("token_500", "provider_unavailable"),
        ("token_503", "provider_unavailable"),
        ("token_429", "provider_unavailable"),
        ("token_error_in_200", "provider_refused"),
        ("token_invalid_grant", "provider_refused"),
        ("token_invalid_client", "site_misconfigured"),
        ("token_empty_object", "provider_response"),
        ("token_empty", "provider_response"),
        ("token_html", "provider_response"),
        ("token_no_id_token", "provider_response"),
        ("token_no_access_token", "provider_response"),
        ("token_type_mac", "provider_response"),
        ("token_truncated", "provider_response"),
        ("token_half_closed", "provider_unavailable"),
        ("token_huge", "provider_response"),
        // A followed trap would be among the requests.
        ("token_redirect_301", "provider_response"),
        ("token_redirect_302", "provider_response"),
        ("token_redirect_303", "provider_response"),
        ("token_redirect_307", "provider_response"),
        ("token_redirect_308", "provider_response"),
    ] {
        eprintln!("{preset}");
        app.arm_once(preset).await;
        let callback = browser.callback_url("ada", "/auth/google").await;
        assert_rejected(&app, &browser, &callback, code, &["token"]).await;
        // Refusals of a minute share a row, which has the last one's words.
        if let Some(words @ ("invalid_client" | "invalid_grant")) = preset.strip_prefix("token_") {
            assert!(app.events().await.contains(words), "the operator reads why");
        }
        app.browser().sign_in("grace").await;
    }
    assert_eq!(app.database.count("users").await, 1, "Ada never got in");
    browser.sign_in("ada").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unusual_but_valid_token_responses_are_accepted() {
    let app = App::builder().start().await;
    app.arm_once("token_expires_in_string").await;
    app.browser().sign_in("ada").await;
    for error in [
        json!({ "kind": "patch", "set": { "token_type": "bEaReR", "unknown": { "a": [1] } } }),
        json!({ "kind": "patch", "remove": ["scope", "expires_in"] }),
        json!({ "kind": "patch", "set": { "scope": "openid" } }),
        json!({ "kind": "patch", "set": { "scope": "openid email profile https://www.googleapis.com/auth/drive" } }),
        json!({ "kind": "slow", "delay_ms": 100 }),
        json!({ "kind": "drip", "chunk_bytes": 400, "delay_ms": 10 }),
    ] {
        app.fail_once("token", error).await;
        app.browser().sign_in("ada").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn redirects_of_the_token_endpoint_are_not_followed() {
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    for to in
        ["{origin}/google/token", "http://169.254.169.254/latest/meta-data/", "file:///etc/passwd", "/google/token"]
    {
        app.fail_once("token", json!({ "kind": "redirect", "status": 307, "to": to })).await;
        let callback = browser.callback_url("ada", "/auth/google").await;
        assert_rejected(&app, &browser, &callback, "provider_response", &["token"]).await;
    }
    browser.sign_in("ada").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_request_has_redirect_uri_and_one_authentication() {
    let app = App::builder().start().await;
    app.browser().sign_in("ada").await;
    let requests = app.requests(app.sandbox.origin()).await;
    let request = requests.iter().find(|request| request["endpoint"] == "token").expect("a token request");
    assert_eq!(request["form"]["redirect_uri"], format!("{}/auth/callback/google", app.origin));
    assert_eq!(request["form"]["grant_type"], "authorization_code");
    assert!(matches!(request["client_auth"].as_str(), Some("post" | "basic")), "{request}");
    assert!(request["query"].as_object().is_some_and(serde_json::Map::is_empty), "nothing in the query: {request}");
    assert!(request["headers"].get("origin").is_none() && request["headers"].get("referer").is_none());
}
