//! `/drive` when Google does not do what it should.

use rstest::rstest;
use serde_json::json;

use super::{
    app::App,
    browser::Page,
    granting::{CALENDAR, DRIVE},
};
use crate::support::database::Engine;

fn waits(page: &Page) -> i64 {
    page.header("retry-after").parse().unwrap_or_else(|_| panic!("no Retry-After: {page:?}"))
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_quota_is_respected_and_nobody_is_asked_meanwhile(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("drive_rate_limited", "drive_user_rate_limited", "drive_quota_429")] preset: &str,
) {
    let app = App::start(engine).await;
    let browser = app.connected("ada").await;
    app.tell_sandbox("google/presets", json!({ "preset": preset })).await;
    let mut backoff = vec![0];
    for round in 0..6 {
        app.advance(backoff[round] + 1).await;
        let page = browser.get("/drive").await;
        assert_eq!((page.status, page.files().len()), (503, 0));
        backoff.push(waits(&page));
    }
    // They grow, and are never shorter than what Google asks for. The last one is longer than this test.
    let (first, seconds) = (backoff[1], backoff[6]);
    assert_eq!(first, if preset == "drive_quota_429" { 30 } else { 1 });
    assert_eq!(seconds, 32);
    app.tell_sandbox("google/behave", json!({})).await;
    // Google would answer by now, and is left alone.
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
async fn a_token_that_is_refused_once_is_renewed_quietly(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let browser = app.connected("ada").await;
    let (files, tokens) = (app.count("files").await, app.count("token").await);
    app.preset("drive_token_expired").await;
    let page = browser.get("/drive").await;
    assert_eq!((page.status, page.files().len()), (200, 50));
    assert_eq!((app.count("files").await - files, app.count("token").await - tokens), (2, 1));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_refused_for_ever_leads_to_the_step_up(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start(engine).await;
    let browser = app.connected("ada").await;
    app.tell_sandbox("google/presets", json!({ "preset": "drive_token_expired" })).await;
    let page = browser.get("/drive?kind=pdf").await;
    assert!(page.asks_to_connect() && page.says("Reconnect"), "{page:?}");
    assert!(page.says("/drive?kind=pdf"));
    let asked = (app.count("files").await, app.count("token").await);
    for _ in 0..3 {
        assert!(browser.get("/drive").await.asks_to_connect());
    }
    assert_eq!((app.count("files").await, app.count("token").await), asked, "no storm");

    app.tell_sandbox("google/behave", json!({})).await;
    browser.step_up(&app, "ada", "drive", "/drive", &[DRIVE]).await;
    assert_eq!(browser.get("/drive").await.files().len(), 50);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn who_took_it_back_at_google_is_asked_anew(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let browser = app.connected("ada").await;
    assert_eq!(browser.get("/drive").await.status, 200);
    app.tell_sandbox("google/presets", json!({ "preset": "refresh_invalid_grant" })).await;
    app.advance(3600).await;
    let page = browser.get("/drive").await;
    assert!(page.asks_to_connect() && page.says("Reconnect"), "{page:?}");
    let settings = browser.get("/settings").await;
    assert_eq!(settings.status, 200);
    assert!(browser.is_signed_in().await, "signing in has nothing to do with it");
}

#[rstest]
#[case("/drive", "Already connected: Google Calendar")]
#[case("/calendar", "Already connected: Google Drive")]
#[tokio::test(flavor = "multi_thread")]
async fn what_went_altogether_is_not_called_connected_by_who_finds_out(#[case] page: &str, #[case] already: &str) {
    let app = App::start(Engine::Sqlite).await;
    let browser = app.connected("ada").await;
    let (files, events) = (page == "/drive", page == "/calendar");
    if files {
        assert!(browser.get("/calendar").await.says("Already connected: Google Drive"), "while it is");
        browser.step_up(&app, "ada", "calendar", "/dashboard", &[CALENDAR]).await;
    }
    if events {
        browser.disconnects(&app.google_identity(&browser).await).await;
        browser.step_up(&app, "ada", "calendar", "/dashboard", &[CALENDAR]).await;
        assert!(browser.get("/drive").await.says("Already connected: Google Calendar"), "while it is");
        browser.step_up(&app, "ada", "drive", "/drive", &[DRIVE]).await;
    }
    app.tell_sandbox("google/presets", json!({ "preset": "refresh_invalid_grant" })).await;
    app.advance(3600).await;
    for _ in 0..2 {
        let lost = browser.get(page).await;
        assert!(lost.asks_to_connect() && lost.says("Reconnect") && !lost.says(already), "{}", lost.body);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_google_takes_out_of_a_grant_is_told_until_it_is_given_anew(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start(engine).await;
    let browser = app.connected("ada").await;
    let told = "Google no longer lets Latchkey see your files.";
    let (settings, connected) = (browser.get("/settings").await, ">Connected</span>");
    assert!(settings.says(connected) && !settings.says("Only your basic profile"), "{}", settings.body);
    app.preset("refresh_fewer_scopes").await;
    app.advance(3600).await;
    for _ in 0..2 {
        let page = browser.get("/drive").await;
        assert!(page.asks_to_connect() && page.says("Google no longer lets Latchkey see your files."), "{}", page.body);
        assert!(page.says("You or an administrator removed this permission") && page.says("Reconnect Google Drive"));
    }
    let settings = browser.get("/settings").await;
    assert!(settings.says(told) && settings.says("Only your basic profile"), "{}", settings.body);
    assert!(!settings.says(connected), "{}", settings.body);
    // What was never given is not said to be taken.
    let calendar = browser.get("/calendar").await;
    assert!(calendar.asks_to_connect() && !calendar.says("no longer lets Latchkey see"), "{}", calendar.body);

    browser.step_up(&app, "ada", "drive", "/drive", &[DRIVE]).await;
    assert_eq!(browser.get("/drive").await.files().len(), 50);
    assert!(!browser.get("/settings").await.says("no longer lets Latchkey see"));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_of_a_grant_goes_on(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let browser = app.connected("ada").await;
    browser.step_up(&app, "ada", "calendar", "/dashboard", &[CALENDAR, DRIVE]).await;
    let left = format!("openid {CALENDAR}");
    app.error("refresh", json!({ "kind": "patch", "set": { "scope": left } })).await;
    app.advance(3600).await;
    for _ in 0..2 {
        let page = browser.get("/drive").await;
        assert!(page.asks_to_connect() && page.says("Google no longer lets Latchkey see your files."), "{}", page.body);
        assert!(page.says("Already connected: Google Calendar"), "{}", page.body);
    }
    assert_eq!(browser.get("/calendar").await.location(), "/dashboard");
    let settings = browser.get("/settings").await;
    assert!(settings.says(">Connected</span>") && settings.says("Google no longer lets Latchkey see your files."));
    assert!(!settings.says("Only your basic profile"), "{}", settings.body);
    // Who is asked once more and declines has said so: nobody took it.
    browser.step_up(&app, "ada", "calendar", "/dashboard", &[CALENDAR]).await;
    let page = browser.get("/drive").await;
    assert!(page.asks_to_connect() || page.files().len() == 50, "{page:?}");
    assert!(!page.says("no longer lets Latchkey see"), "{}", page.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scope_that_is_gone_leads_to_the_step_up() {
    let app = App::start(Engine::Sqlite).await;
    let browser = app.connected("ada").await;
    let body = json!({ "error": { "code": 403, "message": "Insufficient Permission", "status": "PERMISSION_DENIED",
        "errors": [{ "message": "Insufficient Permission", "domain": "global", "reason": "insufficientPermissions" }] } });
    app.error("files", json!({ "kind": "answer", "status": 403, "body": body.to_string() })).await;
    let told = "Google no longer lets Latchkey see your files";
    let page = browser.get("/drive").await;
    assert!(page.asks_to_connect() && page.says(told), "{}", page.body);
    let asked = app.count("files").await;
    let page = browser.get("/drive").await;
    assert!(page.asks_to_connect() && page.says(told), "{}", page.body);
    assert_eq!(app.count("files").await, asked);
    browser.step_up(&app, "ada", "drive", "/drive", &[DRIVE]).await;
    assert_eq!(browser.get("/drive").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_told_as_one() {
    let app = App::start(Engine::Sqlite).await;
    let browser = app.connected("ada").await;
    let body = json!({ "error": { "code": 403, "message": "…",
        "errors": [{ "message": "…", "domain": "usageLimits", "reason": "domainPolicy" }] } });
    app.error("files", json!({ "kind": "answer", "status": 403, "body": body.to_string() })).await;
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
async fn nonsense_is_told_as_trouble_and_the_next_look_works(#[case] error: serde_json::Value) {
    let app = App::start(Engine::Sqlite).await;
    let browser = app.connected("ada").await;
    app.error("files", error).await;
    let page = browser.get("/drive?sort=oldest").await;
    assert_eq!((page.status, page.files().len()), (503, 0), "{page:?}");
    assert!(waits(&page) > 0 && page.says("/drive?sort=oldest"));
    let asked = app.asked().await;
    assert!(asked.iter().all(|endpoint| !endpoint.contains("trap")), "{asked:?}");
    assert_eq!(browser.get("/drive?sort=oldest").await.files().len(), 50);
    assert_eq!(browser.get("/drive").await.status, 200);
}

/// The way costs a request for each folder, behind the one for the list.
#[rstest]
#[case(json!({ "kind": "status", "status": 503 }))]
#[case(json!({ "kind": "status", "status": 429 }))]
#[case(json!({ "kind": "answer", "content_type": "text/html", "body": "<!doctype html>" }))]
#[case(json!({ "kind": "hang" }))]
#[tokio::test(flavor = "multi_thread")]
async fn the_way_to_a_folder_costs_nobody_the_list(#[case] error: serde_json::Value) {
    let app = App::start(Engine::Sqlite).await;
    let browser = app.connected("ada").await;
    let is_folder = ("q", "mimeType = 'application/vnd.google-apps.folder' and 'root' in parents");
    let folders = app.every_file(&browser, &[is_folder]).await;
    let address = format!("/drive?folder={}", folders[0]["id"].as_str().expect("an id"));
    let whole = browser.get(&address).await;
    assert!(whole.status == 200 && whole.body.contains("class=\"crumbs\""), "{whole:?}");

    app.error("files", json!({ "kind": "patch" })).await;
    app.error("files", error).await;
    let page = browser.get(&address).await;
    assert_eq!((page.status, page.files()), (200, whole.files()));
    assert!(!page.body.contains("class=\"crumbs\""));
    app.advance(2).await;
    assert!(browser.get(&address).await.body.contains("class=\"crumbs\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drive_that_hangs_holds_nobody_else_up() {
    let app = App::start(Engine::Sqlite).await;
    let browser = app.connected("ada").await;
    app.error("files", json!({ "kind": "hang" })).await;
    let files = browser.get("/drive");
    tokio::pin!(files);
    tokio::select! {
        page = &mut files => panic!("somebody else had to wait for {page:?}"),
        () = async { app.browser().signs_in_as("grace").await } => {}
    }
    assert_eq!(files.await.status, 503);
    assert_eq!(browser.get("/drive").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_token_is_in_a_page_an_address_or_the_log() {
    let app = App::start(Engine::Sqlite).await;
    let begun = super::log::length();
    let browser = app.connected("ada").await;
    let mut seen = String::new();
    for address in ["/drive", "/drive?q=x", "/drive?folder=nowhere", "/dashboard", "/settings", "/settings/data.json"] {
        let page = browser.get(address).await;
        seen.push_str(&format!("{:?} {}", page.headers, page.body));
    }
    for preset in ["drive_quota_429", "drive_html", "drive_token_expired"] {
        app.preset(preset).await;
        let page = browser.get("/drive").await;
        seen.push_str(&format!("{:?} {}", page.headers, page.body));
        app.advance(60).await;
    }
    seen.push_str(&super::log::since(begun));
    for token in app.token_texts(&app.google_identity(&browser).await).await {
        assert!(!seen.contains(&token), "a token is in a page or in the log");
    }
    // As the sandbox's Google, and Google itself, begin them.
    assert!(!seen.contains("ya29.") && !seen.contains("1//0"));
    let requests = app.requests(app.sandbox.origin()).await;
    assert!(requests.iter().all(|request| !request["query"].to_string().contains("ya29.")), "a token in an address");
}
