//! `/drive` during errors of Google's.

use rstest::rstest;
use serde_json::json;

use super::{
    app::App,
    browser::Page,
    granting::{CALENDAR, DRIVE},
};
use crate::support::database::Engine;

fn pause_on(page: &Page) -> i64 {
    page.header("retry-after").parse().unwrap_or_else(|_| panic!("no Retry-After: {page:?}"))
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_quota_error_pauses_requests(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("drive_rate_limited", "drive_user_rate_limited", "drive_quota_429")] preset: &str,
) {
    let app = App::builder().engine(engine).start().await;
    let browser = app.with_drive("ada").await;
    app.control_sandbox("google/presets", json!({ "preset": preset })).await;
    let mut backoff = vec![0];
    for round in 0..6 {
        app.advance(backoff[round] + 1).await;
        let page = browser.get("/drive").await;
        assert_eq!((page.status, page.files().len()), (503, 0));
        backoff.push(pause_on(&page));
    }
    // Pauses grow, and are never shorter than `Retry-After`. The last one is longer than this test.
    let (first, seconds) = (backoff[1], backoff[6]);
    assert_eq!(first, if preset == "drive_quota_429" { 30 } else { 1 });
    assert_eq!(seconds, 32);
    app.control_sandbox("google/behave", json!({})).await;
    // Google would answer by now, but is not called.
    let asked = app.count("files").await;
    for _ in 0..3 {
        assert_eq!(browser.get("/drive?q=x").await.status, 503);
    }
    assert_eq!(app.count("files").await, asked);
    app.advance(seconds + 1).await;
    assert_eq!(browser.get("/drive").await.status, 200);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_token_rejected_once_is_refreshed_quietly(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).start().await;
    let browser = app.with_drive("ada").await;
    let (files, tokens) = (app.count("files").await, app.count("token").await);
    app.arm_once("drive_token_expired").await;
    let page = browser.get("/drive").await;
    assert_eq!((page.status, page.files().len()), (200, 50));
    assert_eq!((app.count("files").await - files, app.count("token").await - tokens), (2, 1));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_token_rejected_again_leads_to_the_connect_page(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).start().await;
    let browser = app.with_drive("ada").await;
    app.control_sandbox("google/presets", json!({ "preset": "drive_token_expired" })).await;
    let page = browser.get("/drive?kind=pdf").await;
    assert!(page.offers_to_connect() && page.shows("Reconnect"), "{page:?}");
    assert!(page.shows("/drive?kind=pdf"));
    let asked = (app.count("files").await, app.count("token").await);
    for _ in 0..3 {
        assert!(browser.get("/drive").await.offers_to_connect());
    }
    assert_eq!((app.count("files").await, app.count("token").await), asked, "no storm");

    app.control_sandbox("google/behave", json!({})).await;
    browser.step_up(&app, "ada", "drive", "/drive", &[DRIVE]).await;
    assert_eq!(browser.get("/drive").await.files().len(), 50);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn access_revoked_at_google_leads_to_the_connect_page(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::builder().engine(engine).start().await;
    let browser = app.with_drive("ada").await;
    assert_eq!(browser.get("/drive").await.status, 200);
    app.control_sandbox("google/presets", json!({ "preset": "refresh_invalid_grant" })).await;
    app.advance(3600).await;
    let page = browser.get("/drive").await;
    assert!(page.offers_to_connect() && page.shows("Reconnect"), "{page:?}");
    let settings = browser.get("/settings/connections").await;
    assert_eq!(settings.status, 200);
    assert!(browser.is_signed_in().await, "signing in has nothing to do with it");
}

#[rstest]
#[case("/drive", "Already connected: Google Calendar")]
#[case("/calendar", "Already connected: Google Drive")]
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_grant_is_no_longer_shown_as_connected(#[case] page: &str, #[case] already: &str) {
    let app = App::builder().start().await;
    let browser = app.with_drive("ada").await;
    let (files, events) = (page == "/drive", page == "/calendar");
    if files {
        assert!(browser.get("/calendar").await.shows("Already connected: Google Drive"), "while it is");
        browser.step_up(&app, "ada", "calendar", "/dashboard", &[CALENDAR]).await;
    }
    if events {
        browser.disconnect(&app.google_identity(&browser).await).await;
        browser.step_up(&app, "ada", "calendar", "/dashboard", &[CALENDAR]).await;
        assert!(browser.get("/drive").await.shows("Already connected: Google Calendar"), "while it is");
        browser.step_up(&app, "ada", "drive", "/drive", &[DRIVE]).await;
    }
    app.control_sandbox("google/presets", json!({ "preset": "refresh_invalid_grant" })).await;
    app.advance(3600).await;
    for _ in 0..2 {
        let lost = browser.get(page).await;
        assert!(lost.offers_to_connect() && lost.shows("Reconnect") && !lost.shows(already), "{}", lost.body);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawn_scope_is_reported_until_granted_again(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).start().await;
    let browser = app.with_drive("ada").await;
    let withdrawn = "Google no longer lets Latchkey see your files.";
    let (settings, connected) = (browser.get("/settings/connections").await, ">Connected</span>");
    assert!(settings.shows(connected) && !settings.shows("Only your basic profile"), "{}", settings.body);
    app.arm_once("refresh_fewer_scopes").await;
    app.advance(3600).await;
    for _ in 0..2 {
        let page = browser.get("/drive").await;
        assert!(
            page.offers_to_connect() && page.shows("Google no longer lets Latchkey see your files."),
            "{}",
            page.body
        );
        assert!(page.shows("You or an administrator removed this permission") && page.shows("Reconnect Google Drive"));
    }
    let settings = browser.get("/settings/connections").await;
    assert!(settings.shows(withdrawn) && settings.shows("Only your basic profile"), "{}", settings.body);
    assert!(!settings.shows(connected), "{}", settings.body);
    // A scope that was never granted is not reported as withdrawn.
    let calendar = browser.get("/calendar").await;
    assert!(calendar.offers_to_connect() && !calendar.shows("no longer lets Latchkey see"), "{}", calendar.body);

    browser.step_up(&app, "ada", "drive", "/drive", &[DRIVE]).await;
    assert_eq!(browser.get("/drive").await.files().len(), 50);
    assert!(!browser.get("/settings/connections").await.shows("no longer lets Latchkey see"));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_other_scopes_of_a_grant_keep_working(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).start().await;
    let browser = app.with_drive("ada").await;
    browser.step_up(&app, "ada", "calendar", "/dashboard", &[CALENDAR, DRIVE]).await;
    let left = format!("openid {CALENDAR}");
    app.fail_once("refresh", json!({ "kind": "patch", "set": { "scope": left } })).await;
    app.advance(3600).await;
    for _ in 0..2 {
        let page = browser.get("/drive").await;
        assert!(
            page.offers_to_connect() && page.shows("Google no longer lets Latchkey see your files."),
            "{}",
            page.body
        );
        assert!(page.shows("Already connected: Google Calendar"), "{}", page.body);
    }
    assert_eq!(browser.get("/calendar").await.location(), "/dashboard");
    let settings = browser.get("/settings/connections").await;
    assert!(settings.shows(">Connected</span>") && settings.shows("Google no longer lets Latchkey see your files."));
    assert!(!settings.shows("Only your basic profile"), "{}", settings.body);
    // After the user declined the scope it is not reported as withdrawn.
    browser.step_up(&app, "ada", "calendar", "/dashboard", &[CALENDAR]).await;
    let page = browser.get("/drive").await;
    assert!(page.offers_to_connect() || page.files().len() == 50, "{page:?}");
    assert!(!page.shows("no longer lets Latchkey see"), "{}", page.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_scope_leads_to_the_connect_page() {
    let app = App::builder().start().await;
    let browser = app.with_drive("ada").await;
    let body = json!({ "error": { "code": 403, "message": "Insufficient Permission", "status": "PERMISSION_DENIED",
        "errors": [{ "message": "Insufficient Permission", "domain": "global", "reason": "insufficientPermissions" }] } });
    app.fail_once("files", json!({ "kind": "answer", "status": 403, "body": body.to_string() })).await;
    let withdrawn = "Google no longer lets Latchkey see your files";
    let page = browser.get("/drive").await;
    assert!(page.offers_to_connect() && page.shows(withdrawn), "{}", page.body);
    let asked = app.count("files").await;
    let page = browser.get("/drive").await;
    assert!(page.offers_to_connect() && page.shows(withdrawn), "{}", page.body);
    assert_eq!(app.count("files").await, asked);
    browser.step_up(&app, "ada", "drive", "/drive", &[DRIVE]).await;
    assert_eq!(browser.get("/drive").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forbidden_request_is_reported() {
    let app = App::builder().start().await;
    let browser = app.with_drive("ada").await;
    let body = json!({ "error": { "code": 403, "message": "…",
        "errors": [{ "message": "…", "domain": "usageLimits", "reason": "domainPolicy" }] } });
    app.fail_once("files", json!({ "kind": "answer", "status": 403, "body": body.to_string() })).await;
    let page = browser.get("/drive").await;
    assert_eq!(page.status, 403);
    assert!(page.links().contains(&"/drive".to_owned()), "the page is ours: {page:?}");
    assert_eq!(browser.get("/drive").await.status, 200);
}

#[rstest]
#[case(json!({ "kind": "status", "status": 500 }))]
#[case(json!({ "kind": "status", "status": 503 }))]
#[case(json!({ "kind": "answer", "content_type": "text/html", "body": "<!doctype html><title>Sign in to the hotel</title>" }))]
#[case(json!({ "kind": "answer", "status": 200, "body": "[]" }))]
#[case(json!({ "kind": "answer", "status": 200, "body": "{\"files\":[],\"files\":[]}" }))]
#[case(json!({ "kind": "truncated" }))]
#[case(json!({ "kind": "half_closed" }))]
#[case(json!({ "kind": "huge", "bytes": 10_485_760 }))]
#[case(json!({ "kind": "redirect", "status": 307 }))]
#[case(json!({ "kind": "patch", "remove": ["files"] }))]
#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_answer_is_reported_and_a_retry_works(#[case] error: serde_json::Value) {
    let app = App::builder().start().await;
    let browser = app.with_drive("ada").await;
    app.fail_once("files", error).await;
    let page = browser.get("/drive?sort=oldest").await;
    assert_eq!((page.status, page.files().len()), (503, 0), "{page:?}");
    assert!(pause_on(&page) > 0 && page.shows("/drive?sort=oldest"));
    let asked = app.requested_endpoints().await;
    assert!(asked.iter().all(|endpoint| !endpoint.contains("trap")), "{asked:?}");
    assert_eq!(browser.get("/drive?sort=oldest").await.files().len(), 50);
    assert_eq!(browser.get("/drive").await.status, 200);
}

/// Breadcrumbs cost one request per folder above, beside those for the folder and its list.
#[rstest]
#[case(json!({ "kind": "status", "status": 503 }))]
#[case(json!({ "kind": "status", "status": 429 }))]
#[case(json!({ "kind": "answer", "content_type": "text/html", "body": "<!doctype html>" }))]
#[case(json!({ "kind": "hang" }))]
#[tokio::test(flavor = "multi_thread")]
async fn a_failing_breadcrumb_does_not_hide_the_list(#[case] error: serde_json::Value) {
    let app = App::builder().start().await;
    let browser = app.with_drive("ada").await;
    let is_folder = ("q", "mimeType = 'application/vnd.google-apps.folder' and 'root' in parents");
    let folders = app.every_file(&browser, &[is_folder]).await;
    let address = format!("/drive?folder={}", folders[0]["id"].as_str().expect("an id"));
    let whole = browser.get(&address).await;
    assert!(whole.status == 200 && whole.body.contains("class=\"crumbs\""), "{whole:?}");

    // The folder and its list succeed.
    for _ in 0..2 {
        app.fail_once("files", json!({ "kind": "patch" })).await;
    }
    app.fail_once("files", error).await;
    let page = browser.get(&address).await;
    assert_eq!((page.status, page.files()), (200, whole.files()));
    assert!(!page.body.contains("class=\"crumbs\""));
    app.advance(2).await;
    assert!(browser.get(&address).await.body.contains("class=\"crumbs\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hanging_drive_delays_no_other_user() {
    let app = App::builder().start().await;
    let browser = app.with_drive("ada").await;
    app.fail_once("files", json!({ "kind": "hang" })).await;
    let files = browser.get("/drive");
    tokio::pin!(files);
    tokio::select! {
        page = &mut files => panic!("another user had to wait for {page:?}"),
        () = async { app.browser().sign_in("grace").await } => {}
    }
    assert_eq!(files.await.status, 503);
    assert_eq!(browser.get("/drive").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_appear_in_no_page_url_or_log() {
    let app = App::builder().start().await;
    let begun = super::log::length();
    let browser = app.with_drive("ada").await;
    let mut seen = String::new();
    for address in ["/drive", "/drive?q=x", "/drive?folder=nowhere", "/dashboard", "/settings", "/settings/data.json"] {
        let page = browser.get(address).await;
        seen.push_str(&format!("{:?} {}", page.headers, page.body));
    }
    for preset in ["drive_quota_429", "drive_html", "drive_token_expired"] {
        app.arm_once(preset).await;
        let page = browser.get("/drive").await;
        seen.push_str(&format!("{:?} {}", page.headers, page.body));
        app.advance(60).await;
    }
    seen.push_str(&super::log::since(begun));
    for token in app.token_texts(&app.google_identity(&browser).await).await {
        assert!(!seen.contains(&token), "a token is in a page or in the log");
    }
    // The prefixes of tokens of the sandbox and of Google.
    assert!(!seen.contains("ya29.") && !seen.contains("1//0"));
    let requests = app.requests(app.sandbox.origin()).await;
    assert!(requests.iter().all(|request| !request["query"].to_string().contains("ya29.")), "a token in an address");
}
