//! GET `/auth/verify`: forward authentication for a proxy.

use axum::{body::Body, extract::Request};
use latchkey::{
    accounts::{ClientInfo, UserId},
    tokens::NewTokenSession,
    web,
};
use reqwest::Method;
use rstest::rstest;
use secrecy::ExposeSecret;
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

/// A token session: its `Authorization` header and its `id_hash`.
async fn bearer(app: &App, user: &str) -> (String, String) {
    let user = UserId::parse(user).expect("a user");
    let opening =
        NewTokenSession { user, identity: None, provider: "google", client: &ClientInfo::default(), earlier: None };
    let pair = app.tokens().issue_pair(&opening).await.expect("a pair");
    (format!("Bearer {}", pair.access_token.expose_secret()), pair.session.session.id_hash)
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
        "" => r#"Bearer realm="Latchkey""#,
        _ => r#"Bearer realm="Latchkey", error="invalid_token""#,
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
    for name in ["x-original-uri", "x-forwarded-uri"] {
        let page = browser.send(browser.request(Method::GET, "/auth/verify").header(name, asked_for)).await;
        assert_eq!(parameter(page.header("x-sign-in"), "return_to"), "/dashboard", "{page:?}");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_authorization_header_overrides_cookies(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    let (browser, user) = ada(&app).await;
    let request = browser.request(Method::GET, "/auth/verify").header("authorization", "Bearer nonsense");
    assert_eq!(browser.send(request).await.status, 401, "the cookie is not looked at");
    let (authorization, _) = bearer(&app, &user).await;
    let request = browser.request(Method::GET, "/auth/verify").header("authorization", authorization);
    assert_eq!(browser.send(request).await.status, 200);
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
    assert_eq!(page.location(), "/settings?done=device_ended");
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
    let second = web::router(&app.other_server(&[[7; 32]]).await).expect("a router");
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
    assert_eq!(app.database.number("SELECT count(*) FROM refresh_tokens WHERE used_at IS NOT NULL").await, 0);
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
        assert_eq!((page.status, page.header("x-user-email")), (200, ""), "{person}: {page:?}");
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
