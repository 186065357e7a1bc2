//! Which origins may call the API from a browser.

use reqwest::Method;
use serde_json::json;

use super::{api::Answer, app::App, browser::Browser};

const SPA: &str = "https://spa.example";
const ALLOWED: [(&str, &str); 1] = [("CORS_ORIGINS", "https://spa.example http://localhost:3020")];

/// Origins that almost match the one on the list.
const OTHERS: [&str; 9] = [
    "https://evil.example",
    "null",
    "https://spa.example.evil.example",
    "https://evil.spa.example",
    "https://spa.exampleevil.example",
    "http://spa.example",
    "https://spa.example:8443",
    "https://SPA.example",
    "https://spa.example/",
];

async fn preflight(browser: &Browser, path: &str, origin: &str) -> Answer {
    let request = browser.request(Method::OPTIONS, path).header("origin", origin);
    let request = request.header("access-control-request-method", "POST");
    browser.ask(request.header("access-control-request-headers", "content-type")).await
}

fn allowed_origin(answer: &Answer) -> Option<&str> {
    let shared: Vec<_> =
        answer.page.headers.keys().filter(|name| name.as_str().starts_with("access-control-")).collect();
    let origin = answer.page.headers.get("access-control-allow-origin");
    assert_eq!(origin.is_some(), !shared.is_empty(), "{answer:?}");
    origin.map(|origin| origin.to_str().expect("text"))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_allowed_origin_may_call_the_api_and_read_answers() {
    let app = App::builder().settings(&ALLOWED).start().await;
    let browser = app.browser();
    for path in ["/api/auth", "/api/me", "/api/sessions/x", "/.well-known/jwks.json", "/api/nothing"] {
        let answer = preflight(&browser, path, SPA).await;
        assert_eq!((answer.page.status, allowed_origin(&answer)), (204, Some(SPA)), "{path}");
        assert_eq!(answer.page.header("access-control-allow-credentials"), "true");
        assert_eq!(answer.page.header("access-control-allow-methods"), "GET, POST, DELETE");
        assert_eq!(answer.page.header("access-control-allow-headers"), "authorization, content-type");
        assert!(answer.page.header("vary").contains("origin"));
    }
    for path in ["/api/auth/nonce", "/api/me", "/.well-known/jwks.json", "/api/nothing"] {
        let answer = browser.ask(browser.request(Method::GET, path).header("origin", SPA)).await;
        assert_eq!(allowed_origin(&answer), Some(SPA), "{path}: errors can be read, too");
        assert!(answer.page.header("vary").contains("origin"));
        assert!(answer.page.header("access-control-expose-headers").contains("retry-after"));
    }
    for path in ["/api/nothing", "/api/auth/"] {
        let answer = browser.ask(browser.request(Method::POST, path).header("origin", SPA)).await;
        assert_eq!((answer.outcome(), allowed_origin(&answer)), ((404, "not_found"), Some(SPA)), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_origins_get_no_cors_headers() {
    let app = App::builder().settings(&ALLOWED).start().await;
    let browser = app.browser();
    for origin in OTHERS {
        let answer = preflight(&browser, "/api/auth", origin).await;
        assert_eq!((answer.page.status, allowed_origin(&answer)), (204, None), "{origin}");
        let read = browser.ask(browser.request(Method::GET, "/api/me").header("origin", origin)).await;
        assert_eq!((read.outcome(), allowed_origin(&read)), ((401, "not_signed_in"), None), "{origin}");
        assert!(read.page.header("vary").contains("origin"), "no cache may mix them up");
    }
    for path in ["/login", "/dashboard", "/auth/logout", "/healthz"] {
        let answer = browser.ask(browser.request(Method::GET, path).header("origin", SPA)).await;
        assert_eq!(allowed_origin(&answer), None, "{path} allows no origin");
        assert_eq!(allowed_origin(&preflight(&browser, path, SPA).await), None, "{path}");
    }
    let without = App::builder().start().await;
    assert_eq!(allowed_origin(&preflight(&without.browser(), "/api/auth", SPA).await), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_origin_may_read_the_public_documents() {
    let app = App::builder().settings(&ALLOWED).start().await;
    let browser = app.browser();
    for path in
        ["/.well-known/jwks.json", "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"]
    {
        for origin in OTHERS {
            let answer = browser.ask(browser.request(Method::GET, path).header("origin", origin)).await;
            assert_eq!((answer.page.status, allowed_origin(&answer)), (200, Some("*")), "{path} {origin}");
            assert!(!answer.page.headers.contains_key("access-control-allow-credentials"), "{answer:?}");
            assert_eq!(allowed_origin(&preflight(&browser, path, origin).await), Some("*"));
        }
        let answer = browser.ask(browser.request(Method::GET, path)).await;
        assert_eq!(allowed_origin(&answer), Some("*"), "{path}: the same without an Origin, for caches");
    }
    for path in ["/.well-known/nothing", "/.well-known/jwks.json/", "/api/openapi.json", "/api/me"] {
        let answer = browser.ask(browser.request(Method::GET, path).header("origin", OTHERS[0])).await;
        assert_eq!(allowed_origin(&answer), None, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_allowed_origin_may_post_to_the_api_only() {
    let app = App::builder().settings(&ALLOWED).start().await;
    let device = app.browser();
    let from = |browser: &Browser, path: &str, origin: &str| {
        let request = browser.request(Method::POST, path).header("origin", origin.to_owned());
        request.header("sec-fetch-site", "cross-site").header("content-type", "application/json")
    };
    let (nonce, nonce_token) = device.nonce().await;
    let token = app.id_token("ada", json!({ "nonce": nonce })).await;
    let body = json!({ "provider": "google", "id_token": token, "nonce_token": nonce_token, "mode": "token" });
    for origin in OTHERS {
        let answer = device.ask(from(&device, "/api/auth", origin).body(body.to_string())).await;
        assert_eq!((answer.outcome(), allowed_origin(&answer)), ((403, "cross_origin"), None), "{origin}");
    }
    let answer = device.ask(from(&device, "/api/auth", SPA).body(body.to_string())).await;
    assert_eq!((answer.outcome(), allowed_origin(&answer)), ((200, ""), Some(SPA)), "{answer:?}");

    // The list is for the API only: a form on an allowed origin still cannot use the user's cookies.
    let browser = app.browser();
    browser.sign_in("ada").await;
    for path in ["/auth/logout", "/settings/sessions/end-others", "/auth/password/sign-in"] {
        assert_eq!(browser.send(from(&browser, path, SPA)).await.status, 403, "{path}");
    }
    assert!(browser.is_signed_in().await);
    let out = browser.ask(from(&browser, "/api/auth/logout", SPA)).await;
    assert_eq!(out.outcome(), (200, ""));
    assert!(!browser.is_signed_in().await);
}
