//! `/auth/verify`: forward authentication for a proxy.

use axum::{body::Body, extract::Request};
use latchkey::{
    accounts::{AuthenticationMethod, Authentications, ClientInfo, UserId},
    tokens::NewTokenSession,
    web,
};
use reqwest::Method;
use rstest::rstest;
use secrecy::ExposeSecret;
use time::OffsetDateTime;
use tower::ServiceExt;

use super::{
    account::PASSWORD,
    app::App,
    browser::{Browser, Page, parameter},
};
use crate::support::database::Engine;

/// Requests `/auth/verify` with an access token.
async fn verify_with(app: &App, authorization: &str) -> Page {
    let stranger = app.browser();
    stranger.send(stranger.request(Method::GET, "/auth/verify").header("authorization", authorization)).await
}

/// A token session: its `Authorization` header and its session's id.
async fn bearer(app: &App, user: &str) -> (String, String) {
    let user = UserId::parse(user).expect("a user");
    let opening = NewTokenSession {
        condition: latchkey::store::OpeningCondition::None,
        browser: None,
        user,
        identity: None,
        authentications: Authentications::by(AuthenticationMethod::provider("google"), OffsetDateTime::now_utc()),
        client: &ClientInfo::default(),
        holder: latchkey::store::TokenHolder::Program,
        earlier: None,
    };
    let pair = app.tokens().issue_pair(&opening).await.expect("a pair");
    (format!("Bearer {}", pair.access_token.expose_secret()), pair.session.session.id)
}

async fn ada(app: &App) -> (Browser, String) {
    let browser = app.browser();
    browser.sign_in("ada").await;
    let user = app.user_of(&browser).await.expect("a user");
    (browser, user)
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_proxy_gets_the_signed_in_user(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::builder().engine(engine).mode(mode).start().await;
    let (browser, user) = ada(&app).await;
    let (authorization, _) = bearer(&app, &user).await;
    for page in [browser.forward_auth().await, verify_with(&app, &authorization).await] {
        assert_eq!((page.status, page.body.as_str()), (200, ""), "{page:?}");
        assert_eq!(page.header("x-user-id"), user);
        assert_eq!(page.header("x-user-email"), "ada@gmail.com");
        assert_eq!(page.header("x-user-name"), "Ada Lovelace");
        assert_eq!(page.header("cache-control"), "no-store");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn signed_out_browsers_get_the_login_page(
    #[values("server", "jwt")] mode: &str,
    #[values("", "Bearer x", "Basic YTpi", "Bearer ")] authorization: &str,
) {
    let app = App::builder().mode(mode).start().await;
    let browser = app.browser();
    let request = browser.request(Method::GET, "/auth/verify").header("x-original-uri", "/docs/?page=2");
    let page = browser.send(match authorization {
        "" => request,
        value => request.header("authorization", value),
    });
    let page = page.await;
    let sign_in = format!("{}/login?return_to=%2Fdocs%2F%3Fpage%3D2", app.origin);
    assert_eq!((page.status, page.header("x-sign-in")), (401, sign_in.as_str()), "{page:?}");
    assert!(page.body.contains(&format!("href=\"{sign_in}\"")) && !page.body.contains("<script"), "{}", page.body);
    let challenge = match authorization {
        "Bearer x" => r#"Bearer realm="Latchkey", error="invalid_token""#,
        _ => r#"Bearer realm="Latchkey""#,
    };
    assert_eq!((page.header("x-user-id"), page.header("www-authenticate")), ("", challenge));
    assert_eq!(page.header("cache-control"), "no-store, no-transform");

    let request = browser.request(Method::GET, "/auth/verify?redirect=1").header("x-forwarded-uri", "/docs/?page=2");
    let page = browser.send(request).await;
    assert_eq!((page.status, page.location()), (303, sign_in.as_str()));
}

#[rstest]
#[case("https://evil.example/")]
#[case("//evil.example/")]
#[case("/\\evil.example/")]
#[case("/auth/logout")]
#[tokio::test]
async fn the_login_page_returns_only_to_allowed_urls(#[case] asked_for: &str) {
    let app = App::builder().start().await;
    let browser = app.browser();
    for name in ["x-original-uri", "x-original-url", "x-forwarded-uri"] {
        let page = browser.send(browser.request(Method::GET, "/auth/verify").header(name, asked_for)).await;
        assert_eq!(parameter(page.header("x-sign-in"), "return_to"), "/dashboard", "{page:?}");
    }
}

/// Requests `/auth/verify` with the browser's cookies and an `Authorization` header.
async fn verify_with_both(browser: &Browser, authorization: &str) -> Page {
    browser.send(browser.request(Method::GET, "/auth/verify").header("authorization", authorization)).await
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_authorization_header_of_the_service_is_ignored(
    #[values("server", "jwt")] mode: &str,
    #[values("Basic YTpi", "Bearer an-opaque-token", "Bearer FOREIGN", "Digest a=b", "Bearer")] authorization: &str,
) {
    let app = App::builder().mode(mode).start().await;
    let (browser, user) = ada(&app).await;
    // A JWT of another issuer, with the header of one of ours.
    let foreign =
        "eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6ImsifQ.eyJpc3MiOiJodHRwczovL290aGVyLmV4YW1wbGUifQ.AAAA";
    let authorization = authorization.replace("FOREIGN", foreign);
    let page = verify_with_both(&browser, &authorization).await;
    assert_eq!((page.status, page.header("x-user-id")), (200, user.as_str()), "{page:?}");
    assert_eq!(verify_with(&app, &authorization).await.status, 401, "without a cookie");
}

/// A program that acts for one user must not continue as another, whose cookie came along.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_ours_decides_alone(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    let (browser, user) = ada(&app).await;
    let other = app.browser();
    other.sign_in("grace").await;
    let grace = app.user_of(&other).await.expect("a user");
    let (authorization, _) = bearer(&app, &grace).await;
    assert_eq!(verify_with_both(&browser, &authorization).await.header("x-user-id"), grace);
    app.advance(301).await;
    assert_eq!(verify_with_both(&browser, &authorization).await.status, 401, "expired");
    let (authorization, _) = bearer(&app, &grace).await;
    let forged = format!("{}AAAA", &authorization[..authorization.len() - 4]);
    assert_eq!(verify_with_both(&browser, &forged).await.status, 401, "forged");
    assert_eq!(browser.forward_auth().await.header("x-user-id"), user, "the counterpart");
}

#[rstest]
#[case::cookie("cookie", [200, 200, 401])]
#[case::bearer("bearer", [401, 200, 200])]
#[case::both("both", [200, 200, 200])]
#[tokio::test(flavor = "multi_thread")]
async fn the_operator_chooses_the_accepted_credentials(#[case] accepted: &str, #[case] statuses: [u16; 3]) {
    let app = App::builder().with("FORWARD_AUTH_CREDENTIALS", accepted).start().await;
    let (browser, user) = ada(&app).await;
    let (authorization, _) = bearer(&app, &user).await;
    let pages = [
        browser.forward_auth().await,
        verify_with_both(&browser, &authorization).await,
        verify_with(&app, &authorization).await,
    ];
    assert_eq!(pages.map(|page| page.status), statuses);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_may_append_the_path_and_keep_the_method(
    #[values("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND")] method: &str,
) {
    let app = App::builder().start().await;
    let (browser, user) = ada(&app).await;
    let method = Method::from_bytes(method.as_bytes()).expect("a method");
    let ask = async |browser: &Browser, path: &str| {
        let request = browser.request(method.clone(), &format!("/auth/verify{path}"));
        // A form of another site; and a length without a body, as Envoy sends it.
        let request = request.header("origin", "https://evil.example").header("content-type", "text/plain");
        browser.send(request.header("content-length", "0")).await
    };
    for path in ["", "/", "/docs/?page=2", "/api/reports", "/a//b/%2e%2e/%2F"] {
        let page = ask(&browser, path).await;
        assert_eq!((page.status, page.header("x-user-id")), (200, user.as_str()), "{path}: {page:?}");
        let page = ask(&app.browser(), path).await;
        assert_eq!((page.status, page.set_cookies().len()), (401, 0), "{path}: {page:?}");
    }
    let page = ask(&app.browser(), "/docs/?page=2").await;
    assert_eq!(parameter(page.header("x-sign-in"), "return_to"), "/docs/?page=2");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_body_of_a_request_is_not_read() {
    let app = App::builder().start().await;
    let (browser, _) = ada(&app).await;
    let request = browser.request(Method::POST, "/auth/verify/upload").body("x".repeat(200 * 1024));
    assert_eq!(browser.send(request).await.status, 200, "longer than our own forms may be");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_asks_for_a_redirect() {
    let app = App::builder().start().await;
    let browser = app.browser();
    let ask = async |value: &str| {
        browser.send(browser.request(Method::GET, "/auth/verify/docs").header("x-sign-in", value)).await
    };
    let page = ask("redirect").await;
    assert_eq!((page.status, page.location()), (303, format!("{}/login?return_to=%2Fdocs", app.origin).as_str()));
    assert_eq!(ask("https://evil.example").await.status, 401);
    let (signed_in, _) = ada(&app).await;
    let request = signed_in.request(Method::GET, "/auth/verify/docs").header("x-sign-in", "redirect");
    assert_eq!(signed_in.send(request).await.status, 200);
}

#[rstest]
#[case::long(&format!("/docs/?q={}", "a".repeat(2000)))]
#[case::line_breaks("/new?text=first%0D%0Asecond%0A&title=%25")]
#[case::api("/api/reports?year=2026")]
#[case::other_mount("/authors/login?next=//evil.example")]
#[case::not_ascii("/gr%C3%B6%C3%9Fe?q=%F0%9F%8D%AA")]
#[tokio::test(flavor = "multi_thread")]
async fn the_requested_url_survives_the_sign_in(#[case] asked_for: &str, #[values(true, false)] appended: bool) {
    let app = App::builder().start().await;
    let browser = app.browser();
    let page = match appended {
        true => browser.send(browser.request(Method::GET, &format!("/auth/verify{asked_for}"))).await,
        false => browser.send(browser.request(Method::GET, "/auth/verify").header("x-original-uri", asked_for)).await,
    };
    let sign_in = page.header("x-sign-in").strip_prefix(&app.origin).expect("a page of ours");
    let login = browser.get(sign_in).await;
    let start = login.body.split("href=\"").find(|rest| rest.starts_with("/auth/google?")).expect("a button");
    let start = start.split('"').next().expect("a link").replace("&amp;", "&");
    let callback = browser.callback_url("ada", &start).await;
    assert_eq!(browser.get(&callback).await.location(), asked_for);
}

#[tokio::test]
async fn an_overlong_url_leads_back_to_its_path() {
    let app = App::builder().start().await;
    let asked_for = format!("/docs/?q={}", "a".repeat(5000));
    let browser = app.browser();
    let page = browser.send(browser.request(Method::GET, "/auth/verify").header("x-original-uri", asked_for)).await;
    assert_eq!(parameter(page.header("x-sign-in"), "return_to"), "/docs/");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_ended_session_is_rejected_at_once(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::builder().engine(engine).mode(mode).start().await;
    // After the start, so that on SQLite valid tokens are trusted.
    app.advance(400).await;
    let (browser, user) = ada(&app).await;
    let (authorization, session) = bearer(&app, &user).await;
    assert_eq!(verify_with(&app, &authorization).await.status, 200);
    let page = browser.submit("/settings/sessions/end", &[("session", &session)]).await;
    assert_eq!(page.location(), "/settings/security?done=device_ended");
    assert_eq!(verify_with(&app, &authorization).await.status, 401);

    let jar = browser.cookies();
    assert_eq!(browser.forward_auth().await.status, 200);
    browser.post("/auth/logout", "").await;
    browser.replace_cookies(jar);
    assert_eq!(browser.forward_auth().await.status, 401);

    let (browser, _) = ada(&app).await;
    let (authorization, _) = bearer(&app, &user).await;
    browser.submit("/settings/sessions/end-others", &[]).await;
    assert_eq!(verify_with(&app, &authorization).await.status, 401);
    assert_eq!(browser.forward_auth().await.status, 200, "the counterpart");
    browser.submit("/settings/delete", &[("word", "delete")]).await;
    assert_eq!(browser.forward_auth().await.status, 401);
}

/// Deleting the row behind the server's back shows whether it queries the database.
#[rstest]
#[case(Engine::Sqlite, 200)]
#[case(Engine::Postgres, 401)]
#[tokio::test(flavor = "multi_thread")]
async fn a_single_process_trusts_valid_tokens(#[case] engine: Engine, #[case] status: u16) {
    let app = App::builder().engine(engine).mode("jwt").start().await;
    // Tokens from before the start are checked in the database.
    app.advance(10).await;
    let (browser, user) = ada(&app).await;
    let (authorization, _) = bearer(&app, &user).await;
    app.database.execute("DELETE FROM sessions").await;
    assert_eq!(browser.forward_auth().await.status, status);
    assert_eq!(verify_with(&app, &authorization).await.status, status);
    app.advance(300).await;
    assert_eq!(verify_with(&app, &authorization).await.status, 401, "five minutes later it has expired");
    assert_eq!(browser.forward_auth().await.status, 401);
}

/// Two processes on one file: a session ended by the first is rejected by the second, which queries the database.
#[tokio::test(flavor = "multi_thread")]
async fn with_a_second_process_the_database_decides() {
    let app = App::builder().start().await;
    let second = web::router(&app.other_server(&[crate::support::database::KEY]).await).expect("a router");
    app.advance(10).await;
    let (browser, user) = ada(&app).await;
    let (authorization, session) = bearer(&app, &user).await;
    let ask_there = async || {
        let request = Request::get("/auth/verify").header("authorization", &authorization);
        second.clone().oneshot(request.body(Body::empty()).expect("a request")).await.expect("an answer").status()
    };
    assert_eq!((ask_there().await.as_u16(), verify_with(&app, &authorization).await.status), (200, 200));
    browser.submit("/settings/sessions/end", &[("session", &session)]).await;
    assert_eq!((ask_there().await.as_u16(), verify_with(&app, &authorization).await.status), (401, 401));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn verify_sets_no_cookie_and_consumes_no_token(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).mode("jwt").start().await;
    let (browser, _) = ada(&app).await;
    for _ in 0..3 {
        app.advance(400).await;
        let page = browser.forward_auth().await;
        assert_eq!((page.status, page.set_cookies().len()), (200, 0), "{page:?}");
    }
    assert_eq!(app.database.number("SELECT count(*) FROM refresh_tokens WHERE generation > 1").await, 0);
    browser.delete_cookie("access_token");
    assert_eq!(browser.forward_auth().await.status, 200);
    // A session that is used only through `/auth/verify` is renewed as well.
    for _ in 0..4 {
        app.advance(13 * 24 * 3600).await;
        assert_eq!(browser.forward_auth().await.status, 200);
    }
    app.advance(15 * 24 * 3600).await;
    assert_eq!(browser.forward_auth().await.status, 401);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn unverified_emails_are_not_shown(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    app.advance(10).await;
    for person in ["nomail", "linus"] {
        let browser = app.browser();
        browser.sign_in(person).await;
        let page = browser.forward_auth().await;
        assert_eq!((page.status, page.headers["x-user-email"].as_bytes()), (200, b"".as_slice()), "{person}: {page:?}");
    }
    let browser = app.browser();
    app.sign_up(&browser, "zoe@example.com", PASSWORD).await;
    browser.submit("/settings/profile", &[("name", "Zoë 100%")]).await;
    let page = browser.forward_auth().await;
    assert_eq!((page.header("x-user-name"), page.header("x-user-email")), ("Zo%C3%AB 100%25", "zoe@example.com"));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn users_without_a_required_email_are_sent_to_add_one(#[values("server", "jwt")] mode: &str) {
    let mail = [("EMAIL_ADDRESS", "required"), ("SMTP_URL", "smtp://127.0.0.1:9"), ("MAIL_FROM", "a@app.example")];
    let app = App::builder().mode(mode).settings(&mail).start().await;
    let browser = app.browser();
    browser.sign_in("nomail").await;
    let page = browser.forward_auth().await;
    assert_eq!(page.status, 401);
    assert!(page.header("x-sign-in").starts_with(&format!("{}/add-email?", app.origin)), "{page:?}");
    let (browser, _) = ada(&app).await;
    assert_eq!(browser.forward_auth().await.status, 200);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_unavailable_database_is_an_error_not_a_sign_out(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    let (browser, _) = ada(&app).await;
    app.advance(400).await;
    app.store.close().await;
    let page = browser.forward_auth().await;
    assert_eq!((page.status, page.header("retry-after"), page.header("x-sign-in")), (503, "5", ""), "{page:?}");
    assert_eq!(app.browser().forward_auth().await.status, 401, "without credentials");
}
