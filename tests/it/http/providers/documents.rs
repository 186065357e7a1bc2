//! Profile documents, errors of the token endpoint, and whom a provider admits.

use rstest::rstest;
use serde_json::{Value, json};

use super::{apis, callback_url, decide, sign_in};
use crate::http::{app::App, browser::parameter, refusal::assert_rejected};

#[rstest]
#[case::away(json!({ "kind": "status", "status": 503 }), "provider_unavailable")]
#[case::limited(json!({ "kind": "status", "status": 429 }), "provider_unavailable")]
#[case::withheld(json!({ "kind": "status", "status": 403 }), "provider_refused")]
#[case::a_page(json!({ "kind": "answer", "status": 200, "content_type": "text/html", "body": "<html>" }), "provider_response")]
#[case::cut(json!({ "kind": "truncated" }), "provider_response")]
#[case::broken_off(json!({ "kind": "half_closed" }), "provider_unavailable")]
#[case::redirect(json!({ "kind": "redirect", "status": 307 }), "provider_response")]
#[case::huge(json!({ "kind": "huge", "bytes": 1_000_000 }), "provider_response")]
#[case::unpaid(json!({ "kind": "status", "status": 402 }), "site_misconfigured")]
#[tokio::test(flavor = "multi_thread")]
async fn without_the_profile_document_no_user_signs_in(#[case] error: Value, #[case] code: &str) {
    let app = App::builder().providers().start().await;
    for slug in apis() {
        let browser = app.browser();
        let callback = callback_url(&app, &browser, "nomail", slug).await;
        let order = json!({ "endpoint": "userinfo", "fault": error.clone(), "times": 1 });
        app.control_sandbox(&format!("{slug}/faults"), order).await;
        assert_rejected(&app, &browser, &callback, code, &["token", "userinfo"]).await;
        sign_in(&app, &browser, "nomail", slug).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_without_a_subject_signs_nobody_in() {
    let app = App::builder().providers().start().await;
    for (slug, asked) in [
        ("discord", &["token", "userinfo"][..]),
        ("facebook", &["token", "userinfo"]),
        ("github", &["token", "userinfo", "emails"]),
        ("x", &["token", "userinfo"]),
    ] {
        let browser = app.browser();
        let callback = callback_url(&app, &browser, "nomail", slug).await;
        let error = json!({ "kind": "answer", "status": 200, "content_type": "application/json", "body": "{}" });
        app.control_sandbox(&format!("{slug}/faults"), json!({ "endpoint": "userinfo", "fault": error, "times": 1 }))
            .await;
        assert_rejected(&app, &browser, &callback, "provider_invalid", asked).await;
    }
}

#[rstest]
#[case::github("github", 200, r#"{"error":"bad_verification_code","error_description":"x"}"#)]
#[case::facebook("facebook", 400, r#"{"error":{"message":"x","type":"OAuthException","code":100}}"#)]
#[case::facebook_with_200("facebook", 200, r#"{"error":{"message":"x","type":"OAuthException","code":100}}"#)]
#[case::discord("discord", 400, r#"{"error":"invalid_grant","error_description":"x"}"#)]
#[case::gitlab("gitlab", 400, r#"{"error":"invalid_grant","error_description":"x"}"#)]
#[case::linkedin("linkedin", 400, r#"{"error":"invalid_request","error_description":"x"}"#)]
#[case::x("x", 400, r#"{"error":"invalid_request","error_description":"x"}"#)]
#[tokio::test(flavor = "multi_thread")]
async fn each_providers_code_error_is_understood(#[case] slug: &str, #[case] status: u16, #[case] body: &str) {
    let app = App::builder().providers().start().await;
    let browser = app.browser();
    let callback = callback_url(&app, &browser, "ada", slug).await;
    let error = json!({ "kind": "answer", "status": status, "content_type": "application/json", "body": body });
    app.control_sandbox(&format!("{slug}/faults"), json!({ "endpoint": "token", "fault": error, "times": 1 })).await;
    assert_rejected(&app, &browser, &callback, "provider_refused", &["token"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_signs_in_only_its_own_users() {
    let app = App::builder().providers().start().await;
    let browser = app.browser();
    let authorize = browser.start_flow("/auth/microsoft").await;
    let callback = decide(&app, &browser, &authorize, "ada", "deny").await;
    assert_rejected(&app, &browser, &callback, "cancelled", &[]).await;
    sign_in(&app, &browser, "grace", "microsoft").await;
    // A token with another tenant's `tid` does not have that tenant's issuer.
    let other = "00000000-0000-4000-8000-000000000001";
    for tid in [other, "common", "../x"] {
        let patch = json!({ "patch": { "claims": { "tid": tid } }, "times": 1 });
        app.control_sandbox("microsoft/id_token", patch).await;
        let callback = browser.callback_url("grace", "/auth/microsoft").await;
        assert_rejected(&app, &browser, &callback, "provider_invalid", &["token"]).await;
    }
    sign_in(&app, &browser, "grace", "microsoft").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_only_admitted_workspace_is_checked_in_the_claim() {
    let app = App::builder().with("GOOGLE_HD", "navy.example").start().await;
    let browser = app.browser();
    assert_eq!(parameter(&browser.start_flow("/auth/google").await, "hd"), "navy.example");
    let callback = browser.callback_url("ada", "/auth/google").await;
    assert_rejected(&app, &browser, &callback, "not_permitted", &["token", "certs"]).await;
    browser.sign_in("grace").await;
}
