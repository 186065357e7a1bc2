//! GET `/auth/verify`: what a proxy in front of another service is told.

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
    app::{App, Stage},
    browser::{Browser, Page, parameter},
};
use crate::support::database::Engine;

/// The proxy asks for somebody who brings an access token.
async fn ask_for(app: &App, authorization: &str) -> Page {
    let stranger = app.browser();
    stranger.send(stranger.request(Method::GET, "/auth/verify").header("authorization", authorization)).await
}

/// An application's own session: `Authorization` for it, and its `id_hash`.
async fn bearer(app: &App, user: &str) -> (String, String) {
    let user = UserId::parse(user).expect("a user");
    let opening =
        NewTokenSession { user, identity: None, provider: "google", client: &ClientInfo::default(), earlier: None };
    let pair = app.tokens().issue_pair(&opening).await.expect("a pair");
    (format!("Bearer {}", pair.access_token.expose_secret()), pair.session.session.id_hash)
}

async fn ada(app: &App) -> (Browser, String) {
    let browser = app.browser();
    browser.signs_in_as("ada").await;
    let user = app.user_of(&browser).await.expect("a user");
    (browser, user)
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_proxy_is_told_who_is_signed_in(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::start(Stage::of(engine, mode)).await;
    let (browser, user) = ada(&app).await;
    let (authorization, _) = bearer(&app, &user).await;
    for page in [browser.verified().await, ask_for(&app, &authorization).await] {
        assert_eq!((page.status, page.body.as_str()), (200, ""), "{page:?}");
        assert_eq!(page.header("x-user-id"), user);
        assert_eq!(page.header("x-user-email"), "ada@gmail.com");
        assert_eq!(page.header("x-user-name"), "Ada Lovelace");
        assert_eq!(page.header("cache-control"), "no-store");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn anybody_else_is_told_where_to_sign_in(
    #[values("server", "jwt")] mode: &str,
    #[values("", "Bearer x", "Basic YTpi", "Bearer ")] authorization: &str,
) {
    let app = App::start(Stage::of(Engine::Sqlite, mode)).await;
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
    assert_eq!(page.header("cache-control"), "no-store");

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
async fn nobody_is_led_elsewhere_after_the_sign_in(#[case] asked_for: &str) {
    let app = App::start(Engine::Sqlite).await;
    let browser = app.browser();
    for name in ["x-original-uri", "x-forwarded-uri"] {
        let page = browser.send(browser.request(Method::GET, "/auth/verify").header(name, asked_for)).await;
        assert_eq!(parameter(page.header("x-sign-in"), "return_to"), "/dashboard", "{page:?}");
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_authorization_header_decides_alone(#[values("server", "jwt")] mode: &str) {
    let app = App::start(Stage::of(Engine::Sqlite, mode)).await;
    let (browser, user) = ada(&app).await;
    let request = browser.request(Method::GET, "/auth/verify").header("authorization", "Bearer nonsense");
    assert_eq!(browser.send(request).await.status, 401, "the cookie is not looked at");
    let (authorization, _) = bearer(&app, &user).await;
    let request = browser.request(Method::GET, "/auth/verify").header("authorization", authorization);
    assert_eq!(browser.send(request).await.status, 200);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_end_is_felt_at_once(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::start(Stage::of(engine, mode)).await;
    // Later than the start, so that on SQLite a token's word is taken.
    app.advance(400).await;
    let (browser, user) = ada(&app).await;
    let (authorization, session) = bearer(&app, &user).await;
    assert_eq!(ask_for(&app, &authorization).await.status, 200);
    let page = browser.submit("/settings/sessions/end", &[("session", &session)]).await;
    assert_eq!(page.location(), "/settings?done=device_ended");
    assert_eq!(ask_for(&app, &authorization).await.status, 401);

    let jar = browser.cookies();
    assert_eq!(browser.verified().await.status, 200);
    browser.post("/auth/logout", "").await;
    browser.put_back(jar);
    assert_eq!(browser.verified().await.status, 401);

    let (browser, _) = ada(&app).await;
    let (authorization, _) = bearer(&app, &user).await;
    browser.submit("/settings/sessions/end-others", &[]).await;
    assert_eq!(ask_for(&app, &authorization).await.status, 401);
    assert_eq!(browser.verified().await.status, 200, "the twin");
    browser.submit("/settings/delete", &[("word", "delete")]).await;
    assert_eq!(browser.verified().await.status, 401);
}

/// A row that goes behind our back shows whether anybody asked for it.
#[rstest]
#[case(Engine::Sqlite, 200)]
#[case(Engine::Postgres, 401)]
#[tokio::test(flavor = "multi_thread")]
async fn a_tokens_word_is_taken_where_there_is_one_process_only(#[case] engine: Engine, #[case] status: u16) {
    let app = App::start(Stage::of(engine, "jwt")).await;
    // Of what was issued before the start nothing is known.
    app.advance(10).await;
    let (browser, user) = ada(&app).await;
    let (authorization, _) = bearer(&app, &user).await;
    app.database.execute("DELETE FROM sessions").await;
    assert_eq!(browser.verified().await.status, status);
    assert_eq!(ask_for(&app, &authorization).await.status, status);
    app.advance(300).await;
    assert_eq!(ask_for(&app, &authorization).await.status, 401, "and five minutes later nobody's is");
    assert_eq!(browser.verified().await.status, 401);
}

/// Two processes on one file: what is ended at the first is felt at the second, which asks.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_process_takes_nobodys_word() {
    let app = App::start(Engine::Sqlite).await;
    let second = web::router(&app.machine(&[[7; 32]]).await).expect("a router");
    app.advance(10).await;
    let (browser, user) = ada(&app).await;
    let (authorization, session) = bearer(&app, &user).await;
    let ask_there = async || {
        let request = Request::get("/auth/verify").header("authorization", &authorization);
        second.clone().oneshot(request.body(Body::empty()).expect("a request")).await.expect("an answer").status()
    };
    assert_eq!((ask_there().await.as_u16(), ask_for(&app, &authorization).await.status), (200, 200));
    browser.submit("/settings/sessions/end", &[("session", &session)]).await;
    assert_eq!((ask_there().await.as_u16(), ask_for(&app, &authorization).await.status), (401, 401));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn it_sets_no_cookie_and_uses_no_token_up(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(Stage::of(engine, "jwt")).await;
    let (browser, _) = ada(&app).await;
    for _ in 0..3 {
        app.advance(400).await;
        let page = browser.verified().await;
        assert_eq!((page.status, page.set_cookies().len()), (200, 0), "{page:?}");
    }
    assert_eq!(app.database.number("SELECT count(*) FROM refresh_tokens WHERE used_at IS NOT NULL").await, 0);
    browser.forget("access_token");
    assert_eq!(browser.verified().await.status, 200);
    // Who comes by this door only stays signed in as well.
    for _ in 0..4 {
        app.advance(13 * 24 * 3600).await;
        assert_eq!(browser.verified().await.status, 200);
    }
    app.advance(15 * 24 * 3600).await;
    assert_eq!(browser.verified().await.status, 401);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_nobody_has_proven_is_not_told(#[values("server", "jwt")] mode: &str) {
    let app = App::start(Stage::of(Engine::Sqlite, mode)).await;
    app.advance(10).await;
    for person in ["nomail", "linus"] {
        let browser = app.browser();
        browser.signs_in_as(person).await;
        let page = browser.verified().await;
        assert_eq!((page.status, page.header("x-user-email")), (200, ""), "{person}: {page:?}");
    }
    let browser = app.browser();
    app.signs_up(&browser, "zoe@example.com", PASSWORD).await;
    browser.submit("/settings/profile", &[("name", "Zoë 100%")]).await;
    let page = browser.verified().await;
    assert_eq!((page.header("x-user-name"), page.header("x-user-email")), ("Zo%C3%AB 100%25", "zoe@example.com"));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn who_has_to_add_an_address_first_is_led_there(#[values("server", "jwt")] mode: &str) {
    let mail = [("EMAIL_ADDRESS", "required"), ("SMTP_URL", "smtp://127.0.0.1:9"), ("MAIL_FROM", "a@app.example")];
    let app = App::start_with(Stage::of(Engine::Sqlite, mode), &mail).await;
    let browser = app.browser();
    browser.signs_in_as("nomail").await;
    let page = browser.verified().await;
    assert_eq!(page.status, 401);
    assert!(page.header("x-sign-in").starts_with(&format!("{}/add-email?", app.origin)), "{page:?}");
    let (browser, _) = ada(&app).await;
    assert_eq!(browser.verified().await.status, 200);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_away_lets_nobody_in_and_turns_nobody_away(#[values("server", "jwt")] mode: &str) {
    let app = App::start(Stage::of(Engine::Sqlite, mode)).await;
    let (browser, _) = ada(&app).await;
    app.advance(400).await;
    app.store.close().await;
    let page = browser.verified().await;
    assert_eq!((page.status, page.header("retry-after"), page.header("x-sign-in")), (503, "5", ""), "{page:?}");
    assert_eq!(app.browser().verified().await.status, 401, "who brings nothing is nobody");
}
