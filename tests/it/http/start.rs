//! Group A: the authorization request.

use std::collections::HashSet;

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use latchkey_sandbox::GOOGLE_CLIENT_ID;
use reqwest::Method;
use rstest::rstest;

use super::{
    app::App,
    browser::{navigating, parameter},
    log, raw,
};

#[tokio::test(flavor = "multi_thread")]
async fn the_request_is_for_a_code_with_minimal_scopes() {
    let app = App::builder().start().await;
    let location = app.browser().start_flow("/auth/google").await;
    assert!(location.starts_with(&format!("{}/o/oauth2/v2/auth?", app.sandbox.google_issuer())), "{location}");
    assert_eq!(parameter(&location, "response_type"), "code");
    assert_eq!(parameter(&location, "scope"), "openid email profile");
    assert_eq!(parameter(&location, "client_id"), GOOGLE_CLIENT_ID);
    assert_eq!(parameter(&location, "code_challenge_method"), "S256");
    for absent in ["prompt", "login_hint", "response_mode", "client_secret", "code_verifier"] {
        assert_eq!(parameter(&location, absent), "", "{absent}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn state_nonce_and_challenge_are_long_and_unique() {
    let app = App::builder().start().await;
    let mut seen = HashSet::new();
    for _ in 0..300 {
        let location = app.browser().start_flow("/auth/google").await;
        for name in ["state", "nonce", "code_challenge"] {
            let value = parameter(&location, name);
            let bytes = URL_SAFE_NO_PAD.decode(&value).unwrap_or_else(|error| panic!("{name} {value}: {error}"));
            assert!(bytes.len() >= 32, "{name} {value}");
            assert!(seen.insert(value), "{name} came twice");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_challenge_matches_a_verifier_that_stays_on_the_server() {
    let app = App::builder().start().await;
    let (browser, log) = (app.browser(), log::length());
    let page = browser.get("/auth/google").await;
    let challenge = parameter(page.location(), "code_challenge");
    // The sandbox compares it with the SHA-256 of the verifier, and reports only the verifier's length.
    let callback = browser.consent(page.location(), "ada", "allow").await;
    assert_eq!(browser.get(&callback).await.location(), "/dashboard");
    let requests = app.requests(app.sandbox.origin()).await;
    let token_request = requests.iter().find(|request| request["endpoint"] == "token").expect("a token request");
    assert_eq!(token_request["code_verifier_length"], 43);

    // The visible parts of a flow (URL, cookie, log) do not contain the verifier.
    let seen = format!("{:?} {} {}", page.headers, page.body, log::since(log));
    for word in seen.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_' || c == '.')) {
        for start in 0..=word.len().saturating_sub(43).min(64) {
            let Some(candidate) = word.get(start..start + 43) else { continue };
            let hash = URL_SAFE_NO_PAD.encode(digest(&SHA256, candidate.as_bytes()));
            assert_ne!(hash, challenge, "the verifier is in the clear");
        }
    }
}

#[rstest]
#[case("select_account", "select_account")]
#[case("consent", "consent")]
#[case("none", "none")]
#[case("login", "")]
#[case("none%20consent", "")]
#[case("%3Cscript%3E", "")]
#[tokio::test]
async fn only_known_prompts_are_passed_on(#[case] asked: &str, #[case] sent: &str) {
    let app = App::builder().start().await;
    let location = app.browser().start_flow(&format!("/auth/google?prompt={asked}")).await;
    assert_eq!(parameter(&location, "prompt"), sent);
}

#[tokio::test]
async fn a_valid_login_hint_is_passed_on() {
    let app = App::builder().start().await;
    let hint = async |text: &str| {
        parameter(&app.browser().start_flow(&format!("/auth/google?login_hint={text}")).await, "login_hint")
    };
    assert_eq!(hint("ada%2Bx%40gmail.com").await, "ada+x@gmail.com");
    assert_eq!(hint("a%26prompt%3Dnone").await, "a&prompt=none");
    assert_eq!(hint("a%0d%0ab").await, "");
    assert_eq!(hint(&"a".repeat(1000)).await, "");
}

#[rstest]
#[case::head(Method::HEAD, "/auth/google", &[])]
#[case::image(Method::GET, "/auth/google", &[("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "image")])]
#[case::frame(Method::GET, "/auth/google", &[("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")])]
#[case::script(Method::GET, "/auth/google", &[("sec-fetch-mode", "cors"), ("sec-fetch-dest", "empty")])]
#[case::head_of_a_callback(Method::HEAD, "/auth/callback/google?code=c&state=s", &[])]
#[tokio::test]
async fn requests_that_are_no_navigation_start_nothing(
    #[case] method: Method,
    #[case] path: &str,
    #[case] headers: &[(&str, &str)],
) {
    let app = App::builder().start().await;
    let browser = app.browser();
    let request =
        headers.iter().fold(browser.request(method, path), |request, (name, value)| request.header(*name, *value));
    let page = browser.send(request).await;
    assert!(page.location().is_empty() && page.set_cookies().is_empty(), "{page:?}");
    assert_eq!(page.status, 204);
    // The counterpart: the same browser navigates.
    browser.sign_in("ada").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn get_starts_only_a_sign_in() {
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    let callback = browser.callback_url("grace", "/auth/google?link=1&purpose=link&user=1").await;
    assert_eq!(browser.get(&callback).await.location(), "/dashboard");
    assert_eq!(app.rows().await, (2, 2, 1), "Grace is a user of her own, and hers is the one session of the browser");
    assert!(browser.get("/dashboard").await.body.contains("Grace Hopper"));
}

#[rstest]
#[case(&[("host", "evil.example")])]
#[case(&[("x-forwarded-host", "evil.example")])]
#[case(&[("x-forwarded-proto", "https"), ("x-forwarded-port", "1")])]
#[case(&[("forwarded", "host=evil.example;proto=https")])]
#[case(&[("x-original-host", "evil.example"), ("x-rewrite-url", "/evil"), ("x-forwarded-prefix", "/evil")])]
#[tokio::test]
async fn no_header_changes_the_redirect_uri(#[case] headers: &[(&str, &str)]) {
    let app = App::builder().start().await;
    let answer = raw::request(&app, "GET /auth/google", headers).await;
    assert_eq!(answer.status, 303, "{}", answer.head);
    let location = answer.head.lines().find_map(|line| line.strip_prefix("location: ")).expect("a location");
    assert_eq!(parameter(location, "redirect_uri"), format!("{}/auth/callback/google", app.origin));
    // The redirect after a sign-in is relative, so it cannot be moved either.
    let answer = raw::request(&app, "GET /dashboard", headers).await;
    assert!(answer.head.contains("location: /login?"), "{}", answer.head);
}

#[tokio::test]
async fn other_spellings_of_a_provider_are_not_found() {
    let app = App::builder().start().await;
    for path in [
        "/auth/evil",
        "/auth/GOOGLE",
        "/auth/Google",
        "/auth/google/",
        "/auth/google%2f",
        "/auth/google%00",
        "/auth/google%20",
        "/auth/%2e%2e",
        "/auth/..",
        "/auth/../auth/google",
        "/auth/%2e%2e/auth/google",
        "//auth/google",
        "/auth//google",
        "/auth",
        "/auth/",
        "/auth/callback",
        "/auth/callback/",
        "/auth/callback/evil",
        "/auth/callback/evil?code=c&state=s",
        "/auth/callback/google/",
        "/auth/callback/GOOGLE?code=c&state=s",
        "/auth/google;x=1",
        "/auth/%ff",
    ] {
        let answer = raw::request(&app, &format!("GET {path}"), &[]).await;
        assert!(matches!(answer.status, 400 | 404), "{path}: {}", answer.head);
        assert!(
            !answer.head.contains("\nset-cookie:") && !answer.head.contains("\nlocation:"),
            "{path}: {}",
            answer.head
        );
    }
    assert_eq!(raw::request(&app, "GET /auth/google", &[]).await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_starts_leave_five_small_cookies_and_no_row() {
    let app = App::builder().start().await;
    let browser = app.browser();
    let first = browser.callback_url("ada", "/auth/google").await;
    for _ in 0..1000 {
        let request = navigating(browser.request(Method::GET, "/auth/google"));
        assert_eq!(browser.send(request).await.status, 303);
    }
    assert!(browser.flows().len() <= 5, "{}", browser.flows().len());
    assert!(browser.flows().iter().all(|(name, value)| name.len() + value.len() <= 4096));
    assert_eq!(app.database.count("used_flows").await, 0);
    // The oldest tab fails like any unknown flow, the newest works.
    assert_eq!(parameter(browser.get(&first).await.location(), "error"), "flow_unknown");
    browser.sign_in("ada").await;
}

#[tokio::test]
async fn many_starts_from_one_ip_are_rate_limited() {
    let app = App::builder().with("RATE_LIMITS", "on").start().await;
    let browser = app.browser();
    let mut started = 0;
    while browser.get("/auth/google").await.status == 303 {
        started += 1;
        assert!(started < 500, "there is no limit");
    }
    assert!(started >= 60, "{started}");
    for (path, header) in
        [("/auth/google", "accept"), ("/auth/callback/google", "x-forwarded-for"), ("/auth/evil", "forwarded")]
    {
        let request = || navigating(browser.request(Method::GET, path)).header(header, "for=203.0.113.7");
        let mut page = browser.send(request()).await;
        // Callbacks have a separate limit, and the limit refills each second.
        for _ in 0..500 {
            if page.status == 429 {
                break;
            }
            page = browser.send(request()).await;
        }
        let wait: u64 = page.header("retry-after").parse().expect("seconds");
        assert!(page.status == 429 && (1..=2).contains(&wait), "{path}: {page:?}");
        assert!(page.body.contains("Too many requests"), "{}", page.body);
    }
    assert_eq!(browser.get("/login").await.status, 200, "pages have no limit");
}
