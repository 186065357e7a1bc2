//! POST `/auth/google/credential`: Google's own button in redirect mode (PA8, PA3, and the callback's own cases).

use latchkey_sandbox::{GOOGLE_CLIENT_ID, GOOGLE_SPA_CLIENT_ID};
use reqwest::Method;
use rstest::rstest;
use serde_json::json;
use url::form_urlencoded::Serializer;

use super::{
    account::PASSWORD,
    app::{App, AppBuilder},
    browser::{Browser, Page, navigating, parameter},
    log,
};
use crate::support::database::Engine;

const PATH: &str = "/auth/google/credential";

/// The operator has a page with the button.
fn builder() -> AppBuilder {
    App::builder().with("GOOGLE_BUTTON", "on")
}

/// An id_token as Google's button gets it.
pub async fn mint_credential(app: &App, person: &str, client_id: &str) -> String {
    let order = json!({ "kind": "id_token", "person": person, "client_id": client_id });
    let answer = app.control_sandbox("google/mint", order).await;
    answer["id_token"].as_str().expect("an id_token").to_owned()
}

/// The form as Google's page posts it: cross-site.
async fn post(browser: &Browser, fields: &[(&str, &str)]) -> Page {
    let form = Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = browser
        .request(Method::POST, PATH)
        .header("origin", "https://accounts.google.com")
        .header("sec-fetch-site", "cross-site")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form);
    browser.send(navigating(request)).await
}

/// Posts the form with a matching CSRF cookie.
pub async fn post_credential(browser: &Browser, credential: &str) -> Page {
    browser.set_cookie("g_csrf_token", "of-this-browser");
    post(browser, &[("credential", credential), ("g_csrf_token", "of-this-browser"), ("select_by", "btn")]).await
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn googles_button_ends_as_the_callback_does(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = builder().engine(engine).mode(mode).start().await;
    let browser = app.browser();
    let page = post_credential(&browser, &mint_credential(&app, "ada", GOOGLE_CLIENT_ID).await).await;
    assert_eq!((page.status, page.location()), (303, "/dashboard"), "{page:?}");
    assert!(browser.get("/dashboard").await.body.contains("Ada Lovelace"));
    assert_eq!(app.rows().await, (1, 1, 1));
    app.browser().sign_in("ada").await;
    assert_eq!(app.rows().await, (1, 1, 2), "the same user by either door");
}

#[rstest]
#[case::absent_in_the_form(Some("abc"), None)]
#[case::absent_in_the_browser(None, Some("abc"))]
#[case::absent_in_both(None, None)]
#[case::empty_in_both(Some(""), Some(""))]
#[case::another(Some("abc"), Some("abd"))]
#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_did_not_start_in_this_browser_is_rejected(
    #[case] cookie: Option<&str>,
    #[case] field: Option<&str>,
) {
    let app = builder().start().await;
    let browser = app.browser();
    let credential = mint_credential(&app, "ada", GOOGLE_CLIENT_ID).await;
    let asked = app.requested_endpoints().await.len();
    if let Some(cookie) = cookie {
        browser.set_cookie("g_csrf_token", cookie);
    }
    let fields: Vec<_> =
        [("credential", credential.as_str())].into_iter().chain(field.map(|field| ("g_csrf_token", field))).collect();
    let page = post(&browser, &fields).await;
    assert_eq!((page.status, page.set_cookies().len()), (400, 0), "{page:?}");
    assert_eq!((app.rows().await, app.requested_endpoints().await.len()), ((0, 0, 0), asked));
    // The token was not consumed.
    assert_eq!(post_credential(&browser, &credential).await.location(), "/dashboard");
}

#[tokio::test(flavor = "multi_thread")]
async fn repeated_or_missing_fields_are_rejected() {
    let app = builder().start().await;
    let browser = app.browser();
    let credential = mint_credential(&app, "ada", GOOGLE_CLIENT_ID).await;
    browser.set_cookie("g_csrf_token", "abc");
    for fields in [
        vec![("g_csrf_token", "abc")],
        vec![("g_csrf_token", "abc"), ("credential", "")],
        vec![("g_csrf_token", "abc"), ("credential", &credential), ("credential", "x")],
        vec![("g_csrf_token", "abc"), ("g_csrf_token", "abc"), ("credential", &credential)],
    ] {
        assert_eq!(post(&browser, &fields).await.status, 400, "{fields:?}");
    }
    let long = "x".repeat(17_000);
    assert_eq!(post(&browser, &[("g_csrf_token", "abc"), ("credential", &long)]).await.status, 413);
    let request = browser.request(Method::POST, PATH).header("origin", "https://accounts.google.com");
    let request = request.header("content-type", "text/plain").body("g_csrf_token=abc&credential=x");
    assert_eq!(browser.send(request).await.status, 415);
    assert_eq!(browser.get(PATH).await.status, 405);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_credential_works_once_in_any_browser(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = builder().engine(engine).start().await;
    let (browser, thief) = (app.browser(), app.browser());
    let credential = mint_credential(&app, "ada", GOOGLE_CLIENT_ID).await;
    assert_eq!(post_credential(&browser, &credential).await.location(), "/dashboard");
    let page = post_credential(&thief, &credential).await;
    assert_eq!((page.status, parameter(page.location(), "error").as_str()), (303, "flow_used"), "{page:?}");
    assert!(!thief.is_signed_in().await && browser.is_signed_in().await);
    assert_eq!(app.rows().await, (1, 1, 1));
    // Concurrently, too.
    let credential = mint_credential(&app, "grace", GOOGLE_CLIENT_ID).await;
    let mut presses = tokio::task::JoinSet::new();
    for _ in 0..10 {
        let (browser, credential) = (app.browser(), credential.clone());
        presses.spawn(async move { post_credential(&browser, &credential).await.location().to_owned() });
    }
    let landed = presses.join_all().await;
    assert_eq!(landed.iter().filter(|location| *location == "/dashboard").count(), 1, "{landed:?}");
}

/// Threat PA3: a token with another device's nonce opens nothing here.
#[tokio::test(flavor = "multi_thread")]
async fn a_credential_with_a_nonce_is_rejected() {
    let app = builder().start().await;
    let (device, thief) = (app.browser(), app.browser());
    for used_before in [false, true] {
        let (nonce, nonce_token) = device.nonce().await;
        let token = app.id_token("ada", json!({ "nonce": nonce })).await;
        let order = json!({ "provider": "google", "id_token": token, "nonce_token": nonce_token });
        if used_before {
            assert_eq!(device.post_json("/api/auth", &order).await.outcome(), (200, ""));
        }
        let rows = app.rows().await;
        let page = post_credential(&thief, &token).await;
        assert_eq!(parameter(page.location(), "error"), "provider_invalid", "{page:?}");
        assert!(!thief.is_signed_in().await);
        assert_eq!(app.rows().await, rows);
        let owner = device.post_json("/api/auth", &order).await.outcome().0;
        assert_eq!(owner, if used_before { 401 } else { 200 }, "a refused form uses nothing up");
    }
}

/// Threat PA1: a token of another client of ours was issued to an app, which anyone can take apart.
#[rstest]
#[case::of_another_client("somebody-elses-client")]
#[case::of_a_further_client(GOOGLE_SPA_CLIENT_ID)]
#[tokio::test(flavor = "multi_thread")]
async fn a_credential_for_another_client_is_rejected(#[case] client_id: &str) {
    let app = builder().with("GOOGLE_API_CLIENT_IDS", GOOGLE_SPA_CLIENT_ID).start().await;
    let browser = app.browser();
    let asked = app.requested_endpoints().await.len();
    let page = post_credential(&browser, &mint_credential(&app, "ada", client_id).await).await;
    assert_eq!(parameter(page.location(), "error"), "provider_invalid", "{page:?}");
    assert_eq!((app.rows().await, browser.session()), ((0, 0, 0), None));
    assert_eq!(app.requested_endpoints().await.len(), asked, "no request for a stranger's token");
    let page = post_credential(&browser, &mint_credential(&app, "ada", GOOGLE_CLIENT_ID).await).await;
    assert_eq!(page.location(), "/dashboard", "the counterpart");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_is_accepted_for_five_minutes() {
    let app = builder().start().await;
    for (seconds, location) in [(300, "/dashboard"), (361, "/login?error=provider_invalid&provider=google")] {
        let credential = mint_credential(&app, "ada", GOOGLE_CLIENT_ID).await;
        app.advance(seconds).await;
        assert_eq!(post_credential(&app.browser(), &credential).await.location(), location, "{seconds}");
    }
}

#[rstest]
#[case::silent("certs", json!({ "kind": "status", "status": 500 }), "provider_unavailable")]
#[case::keys("certs", json!({ "kind": "answer", "body": "<!doctype html>" }), "provider_keys")]
#[case::metadata("discovery", json!({ "kind": "answer", "body": "[]" }), "provider_metadata")]
#[case::algorithm(
    "discovery",
    json!({ "kind": "patch", "set": { "id_token_signing_alg_values_supported": ["none"] } }),
    "provider_algorithm"
)]
#[tokio::test(flavor = "multi_thread")]
async fn googles_button_says_what_is_wrong_at_google(
    #[case] endpoint: &str,
    #[case] fault: serde_json::Value,
    #[case] code: &str,
) {
    let app = builder().start().await;
    let browser = app.browser();
    app.fail_once(endpoint, fault).await;
    let credential = mint_credential(&app, "ada", GOOGLE_CLIENT_ID).await;
    let page = post_credential(&browser, &credential).await;
    assert_eq!(parameter(page.location(), "error"), code, "{page:?}");
    let is_silent = browser.get(page.location()).await.body.contains("isn't responding");
    assert_eq!((is_silent, app.rows().await), (code == "provider_unavailable", (0, 0, 0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_setting_there_is_no_button() {
    for (setting, status) in [("off", 404), ("on", 303)] {
        let app = App::builder().with("GOOGLE_BUTTON", setting).start().await;
        let browser = app.browser();
        browser.set_cookie("g_csrf_token", "abc");
        let credential = mint_credential(&app, "ada", GOOGLE_CLIENT_ID).await;
        let page = browser.post(PATH, &format!("credential={credential}&g_csrf_token=abc")).await;
        assert_eq!((page.status, browser.is_signed_in().await), (status, setting == "on"), "{setting}");
    }
    let app = App::builder().start().await;
    assert_eq!(post_credential(&app.browser(), "a.b.c").await.status, 403, "no cross-site form is expected anywhere");
}

/// Nothing that anybody can make up is written anywhere.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_junk_token_writes_no_row(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = builder().engine(engine).start().await;
    let browser = app.browser();
    let valid = mint_credential(&app, "ada", GOOGLE_CLIENT_ID).await;
    let (signed, _) = valid.rsplit_once('.').expect("three parts");
    let forged = format!("{signed}.{}", "A".repeat(342));
    let from = log::length();
    for junk in ["a.b.c", forged.as_str(), &mint_credential(&app, "ada", "somebody-elses-client").await] {
        assert_eq!(parameter(post_credential(&browser, junk).await.location(), "error"), "provider_invalid");
        let order = json!({ "provider": "google", "id_token": junk });
        assert_ne!(browser.post_json("/api/auth", &order).await.outcome().0, 200);
    }
    for table in ["events", "used_flows", "sessions", "users"] {
        assert_eq!(app.database.count(table).await, 0, "{table}");
    }
    assert!(log::since(from).contains("id_token rejected"), "the log has the cause");
    assert_eq!(post_credential(&browser, &valid).await.location(), "/dashboard");
    assert_eq!(app.database.count("events").await, 1, "the counterpart");
}

#[rstest]
#[case("x")]
#[case("a.b.c")]
#[case("eyJhbGciOiJub25lIn0.e30.")]
#[tokio::test(flavor = "multi_thread")]
async fn malformed_credentials_are_rejected_without_requests(#[case] credential: &str) {
    let app = builder().start().await;
    let page = post_credential(&app.browser(), credential).await;
    assert_eq!(parameter(page.location(), "error"), "provider_invalid", "{page:?}");
    assert_eq!(app.rows().await, (0, 0, 0));
    assert!(app.requested_endpoints().await.iter().all(|endpoint| endpoint == "discovery" || endpoint == "jwks"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_email_with_a_password_account_leads_to_the_link_prompt() {
    let app = builder().start().await;
    app.sign_up(&app.browser(), "petra@example.org", PASSWORD).await;
    app.emails().await;
    let browser = app.browser();
    let page = post_credential(&browser, &mint_credential(&app, "petra", GOOGLE_CLIENT_ID).await).await;
    assert_eq!((page.status, page.location()), (303, "/link"), "{page:?}");
    assert_eq!(browser.get("/link").await.status, 200);
    assert_eq!(app.rows().await, (1, 0, 1), "nothing is linked before re-authentication");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_replaces_the_session_of_the_browser(#[values("server", "jwt")] mode: &str) {
    let app = builder().mode(mode).start().await;
    let browser = app.browser();
    browser.sign_in("grace").await;
    let before = browser.cookies();
    assert_eq!(
        post_credential(&browser, &mint_credential(&app, "ada", GOOGLE_CLIENT_ID).await).await.location(),
        "/dashboard"
    );
    assert_eq!(app.rows().await, (2, 2, 1));
    browser.replace_cookies(before);
    assert!(!browser.is_signed_in().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_this_path_accepts_cross_site_forms() {
    let app = builder().start().await;
    let browser = app.browser();
    for path in ["/auth/google/credential/", "/auth/google/Credential", "/auth/github/credential", "/auth/logout"] {
        let request = browser.request(Method::POST, path).header("origin", "https://accounts.google.com");
        let request = request.header("sec-fetch-site", "cross-site").body("");
        assert_eq!(browser.send(request).await.status, 403, "{path}");
    }
}

/// The cookie decides; but `Sec-Fetch-Site: cross-site` from another site is respected.
#[tokio::test(flavor = "multi_thread")]
async fn a_third_sites_form_is_rejected_before_its_body_is_read() {
    let app = builder().start().await;
    let sends = async |origins: &[&str]| {
        let browser = app.browser();
        browser.set_cookie("g_csrf_token", "abc");
        // Two tokens of the same second are identical, and the second would be a replay.
        app.advance(1).await;
        let credential = mint_credential(&app, "ada", GOOGLE_CLIENT_ID).await;
        let fields = [("credential", credential.as_str()), ("g_csrf_token", "abc")];
        let form = Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = browser.request(Method::POST, PATH).header("content-type", "application/x-www-form-urlencoded");
        let request = origins.iter().fold(request, |request, origin| request.header("origin", *origin));
        let page = browser.send(navigating(request.body(form))).await;
        (page.status, browser.is_signed_in().await)
    };
    let near = format!("{}.evil.example", app.origin);
    for origins in [
        &["https://evil.example"][..],
        &["https://accounts.google.com.evil.example"],
        &["http://accounts.google.com"],
        &["https://google.com"],
        &["null"],
        &[&near],
        &["https://accounts.google.com", "https://evil.example"],
    ] {
        assert_eq!(sends(origins).await, (403, false), "{origins:?}");
    }
    let endpoint_override = app.sandbox.origin().to_owned();
    for origins in [&[][..], &["https://accounts.google.com"], &[&endpoint_override], &[&app.origin]] {
        assert_eq!(sends(origins).await, (303, true), "{origins:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_credential_appears_in_no_log_or_url() {
    let app = builder().start().await;
    let from = log::length();
    let browser = app.browser();
    let credential = mint_credential(&app, "ada", GOOGLE_CLIENT_ID).await;
    let mut seen = String::new();
    for credential in [&credential, &credential] {
        seen += post_credential(&browser, credential).await.location();
    }
    let log = log::since(from);
    for part in credential.split('.') {
        assert!(!log.contains(part) && !seen.contains(part), "{part}");
    }
}
