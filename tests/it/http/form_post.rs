//! Authorization responses by `form_post`.

use reqwest::{Method, RequestBuilder};
use rstest::rstest;

use super::{
    app::App,
    browser::{Browser, Page, navigating, parameter},
};

const USER: &str = r#"{"name":{"firstName":"Zoë","lastName":"Ødegård"},"email":"zoe@x.example"}"#;

/// A server with a client at Apple that is never called. The key is made for these tests.
async fn app() -> App {
    let key = apple_key();
    let settings = [
        ("APPLE_CLIENT_ID", "com.example.app"),
        ("APPLE_TEAM_ID", "TEAM123456"),
        ("APPLE_KEY_ID", "KEY1234567"),
        ("APPLE_PRIVATE_KEY", key.as_str()),
    ];
    App::builder().settings(&settings).start().await
}

fn apple_key() -> String {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
    let der = pair.to_pkcs8v1().expect("PKCS#8");
    format!("-----BEGIN PRIVATE KEY-----\\n{}\\n-----END PRIVATE KEY-----", STANDARD.encode(der.as_ref()))
}

/// As Apple's page posts it: cross-site, and without our `SameSite=Lax` cookies.
fn from_apple(browser: &Browser, path: &str) -> RequestBuilder {
    navigating(browser.request(Method::POST, path))
        .header("origin", "https://appleid.apple.com")
        .header("sec-fetch-site", "cross-site")
        .header("content-type", "application/x-www-form-urlencoded")
}

async fn post(app: &App, browser: &Browser, form: &[(&str, &str)]) -> Page {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let elsewhere = app.browser();
    let page = elsewhere.send(from_apple(&elsewhere, "/auth/callback/apple").body(body)).await;
    for (name, value) in elsewhere.cookies() {
        browser.set_cookie(&name, &value);
    }
    page
}

#[tokio::test]
async fn the_form_becomes_a_redirect_without_the_name() {
    let app = app().await;
    let browser = app.browser();
    let form = [("code", "c/1+2"), ("state", "s"), ("id_token", "h.p.s"), ("user", USER), ("scope", "x")];
    let page = post(&app, &browser, &form).await;
    assert_eq!((page.status, page.location()), (303, "/auth/callback/apple?code=c%2F1%2B2&state=s"));
    let set = page.set_cookies();
    assert_eq!(set.len(), 1, "{set:?}");
    assert!(set[0].starts_with("name=") && set[0].contains("HttpOnly; SameSite=Lax"));
    assert!(!["Zoë", "Zo%C3%AB", "firstName"].iter().any(|clear| set[0].contains(clear)), "{set:?}");
    assert_eq!(app.rows().await, (0, 0, 0));
    // Without a name there is no cookie.
    let page = post(&app, &browser, &[("error", "user_cancelled_authorize"), ("state", "s")]).await;
    assert_eq!(page.location(), "/auth/callback/apple?state=s&error=user_cancelled_authorize");
    assert!(page.set_cookies().is_empty());
}

#[tokio::test]
async fn a_cancelled_sign_in_at_apple_is_reported_as_cancelled() {
    let app = app().await;
    let browser = app.browser();
    let authorize = browser.start_flow("/auth/apple").await;
    assert!(authorize.starts_with("https://appleid.apple.com/auth/authorize?"), "{authorize}");
    assert_eq!(parameter(&authorize, "response_mode"), "form_post");
    assert!(authorize.contains("scope=openid%20name%20email"), "{authorize}");
    let state = parameter(&authorize, "state");
    let form = [("error", "user_cancelled_authorize"), ("state", state.as_str()), ("user", USER)];
    let page = post(&app, &browser, &form).await;
    let landed = browser.get(page.location()).await;
    assert_eq!(parameter(landed.location(), "error"), "cancelled");
    // The name is kept for the next attempt, since it came with a flow of this browser.
    assert!(landed.set_cookies().iter().any(|cookie| cookie.starts_with("name=") && !cookie.contains("Max-Age=0")));
}

#[tokio::test]
async fn a_name_without_a_flow_is_dropped() {
    let app = app().await;
    let browser = app.browser();
    let page = post(&app, &browser, &[("code", "c"), ("state", "attackers"), ("user", USER)]).await;
    let landed = browser.get(page.location()).await;
    assert_eq!(parameter(landed.location(), "error"), "flow_unknown");
    assert!(!landed.set_cookies().iter().any(|cookie| cookie.starts_with("name=")), "{landed:?}");
}

#[rstest]
#[case("code=a&code=b&state=s", "/auth/callback/apple?state=s")]
#[case("code=a&state=s&state=t", "/auth/callback/apple?")]
#[case("code=a&state=s&error=x&error=y", "/auth/callback/apple?state=s")]
#[case("", "/auth/callback/apple?")]
#[tokio::test]
async fn repeated_fields_are_dropped(#[case] body: &'static str, #[case] location: &str) {
    let app = app().await;
    let browser = app.browser();
    let page = browser.send(from_apple(&browser, "/auth/callback/apple").body(body)).await;
    assert_eq!((page.status, page.location()), (303, location));
}

#[tokio::test]
async fn only_this_path_accepts_cross_site_posts() {
    let app = app().await;
    let browser = app.browser();
    let form = "code=c&state=s";
    for path in [
        "/auth/callback/google",
        "/auth/callback/apple/",
        "/auth/callback/%61pple",
        "//auth/callback/apple",
        "/auth/callback/Apple",
        "/auth/callback",
        "/auth/apple",
        "/auth/logout",
    ] {
        assert_eq!(browser.send(from_apple(&browser, path).body(form)).await.status, 403, "{path}");
    }
    for method in [Method::PUT, Method::PATCH, Method::DELETE] {
        let request = browser.request(method.clone(), "/auth/callback/apple").header("sec-fetch-site", "cross-site");
        assert_eq!(browser.send(request).await.status, 403, "{method}");
    }
    // Our own page is rejected as well for a provider without `form_post`.
    let google = browser.post("/auth/callback/google", form).await;
    assert_eq!((google.status, google.header("allow")), (405, "GET,HEAD"));
    assert_eq!(browser.post("/auth/callback/nobody", form).await.status, 404);
    assert_eq!(browser.post("/auth/callback/apple", form).await.status, 303);
}

#[rstest]
#[case("application/json", "{}".to_owned(), 415)]
#[case("text/plain", "code=c&state=s".to_owned(), 415)]
#[case("multipart/form-data; boundary=x", "--x--".to_owned(), 415)]
#[case("application/x-www-form-urlencoded", format!("code=c&state=s&user={}", "a".repeat(16 * 1024)), 413)]
#[case("application/x-www-form-urlencoded", format!("code={}&state=s", "a".repeat(5000)), 413)]
#[case("application/x-www-form-urlencoded; charset=utf-8", "code=c&state=s".to_owned(), 303)]
#[tokio::test]
async fn the_form_must_be_small_and_urlencoded(#[case] kind: &str, #[case] body: String, #[case] status: u16) {
    let app = app().await;
    let browser = app.browser();
    let request = navigating(browser.request(Method::POST, "/auth/callback/apple"))
        .header("sec-fetch-site", "cross-site")
        .header("content-type", kind)
        .body(body);
    assert_eq!(browser.send(request).await.status, status);
}
