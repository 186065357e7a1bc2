//! Who asks, and what they may see and end.

use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::{app::App, browser::Browser};
use crate::support::database::Engine;

async fn sessions(browser: &Browser) -> Vec<Value> {
    let answer = browser.asks("/api/sessions").await;
    assert_eq!(answer.outcome(), (200, ""), "{answer:?}");
    answer.json["sessions"].as_array().expect("a list").clone()
}

async fn ends(browser: &Browser, session: &Value) -> (u16, String) {
    let path = format!("/api/sessions/{}", session["id"].as_str().expect("an id"));
    let answer = browser.ask(browser.fetch(Method::DELETE, &path)).await;
    let (status, code) = answer.outcome();
    (status, code.to_owned())
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_authorization_header_decides_alone(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let (browser, device) = (app.browser(), app.browser());
    browser.signs_in_as("grace").await;
    let (access, _) = device.gets_tokens(&app, "ada").await;
    let name = |answer: super::api::Answer| answer.json["user"]["name"].clone();
    assert_eq!(name(browser.asks("/api/me").await), json!("Grace Hopper"));
    assert_eq!(name(browser.asks_as_bearer("/api/me", &access).await), json!("Ada Lovelace"));
    // Valid or not: nobody falls back to whoever is signed in in the browser.
    for odd in ["Bearer x", "Bearer", "", "Basic Z3JhY2U6aG9wcGVy", "bearer ", "Negotiate x"] {
        let request = browser.fetch(Method::GET, "/api/me").header("authorization", odd);
        assert_eq!(browser.ask(request).await.outcome(), (401, "invalid_token"), "{odd:?}");
    }
    let twice = browser.fetch(Method::GET, "/api/me").bearer_auth(&access).header("authorization", "Bearer x");
    assert_eq!(browser.ask(twice).await.outcome(), (401, "invalid_token"));
    let lower = browser.fetch(Method::GET, "/api/me").header("authorization", format!("bearer {access}"));
    assert_eq!(name(browser.ask(lower).await), json!("Ada Lovelace"));
    let nobody = app.browser().asks("/api/me").await;
    assert_eq!(nobody.outcome(), (401, "not_signed_in"));
    assert_eq!(nobody.page.header("www-authenticate"), r#"Bearer realm="Latchkey""#);
    // Signing out likewise.
    let out = browser.fetch(Method::POST, "/api/auth/logout").bearer_auth("x");
    assert_eq!(browser.ask(out).await.outcome(), (401, "invalid_token"));
    let out = browser.fetch(Method::POST, "/api/auth/logout").bearer_auth(&access);
    assert_eq!(browser.ask(out).await.outcome(), (200, ""));
    assert!(browser.is_signed_in().await, "the browser's own session is another one");
    assert_eq!(device.asks_as_bearer("/api/me", &access).await.outcome(), (401, "invalid_token"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_in_an_address_or_a_body_is_none() {
    let app = App::start(Engine::Sqlite).await;
    let (access, _) = app.browser().gets_tokens(&app, "ada").await;
    let browser = app.browser();
    let answer = browser.asks(&format!("/api/me?access_token={access}")).await;
    assert_eq!(answer.outcome(), (401, "not_signed_in"));
    browser.set_cookie("access_token", &access);
    assert_eq!(browser.asks("/api/me").await.outcome(), (401, "not_signed_in"), "cookies are cookies here");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_listed_and_ended_by_their_own_user_only(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start(engine).await;
    let (ada, eve) = (app.browser(), app.browser());
    ada.signs_in_as("ada").await;
    eve.signs_in_as("plain").await;
    let (access, _) = app.browser().gets_tokens(&app, "ada").await;
    let list = sessions(&ada).await;
    assert_eq!(list.len(), 2, "{list:?}");
    assert_eq!(list.iter().filter(|session| session["current"] == json!(true)).count(), 1);
    for session in &list {
        assert_eq!(session["provider"], json!("google"));
        for member in ["created_at", "last_seen_at", "expires_at"] {
            assert!(session[member].as_str().is_some_and(|time| time.ends_with('Z')), "{session}");
        }
    }
    // Threat SE10: another user's session is not there.
    for session in &list {
        assert_eq!(ends(&eve, session).await, (404, "session_not_found".to_owned()));
    }
    for made_up in ["x", "0", "..%2F..%2Fme", "%00"] {
        assert_eq!(ends(&ada, &json!({ "id": made_up })).await.0, 404, "{made_up}");
    }
    assert_eq!(sessions(&ada).await.len(), 2);

    let other = list.iter().find(|session| session["current"] == json!(false)).expect("another");
    assert_eq!(ends(&ada, other).await, (200, String::new()));
    assert_eq!(ends(&ada, other).await, (404, "session_not_found".to_owned()));
    assert_eq!(app.browser().asks_as_bearer("/api/me", &access).await.outcome(), (401, "invalid_token"));
    // And the one that asks.
    let own = sessions(&ada).await.remove(0);
    assert_eq!(ends(&ada, &own).await, (200, String::new()));
    assert!(!ada.is_signed_in().await);
    assert!(eve.is_signed_in().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bearer_lists_and_ends_without_cookies_or_origin() {
    let app = App::start(Engine::Sqlite).await;
    let (browser, device) = (app.browser(), app.browser());
    browser.signs_in_as("ada").await;
    let (access, _) = device.gets_tokens(&app, "ada").await;
    device.put_back(Vec::new());
    let list = device.asks_as_bearer("/api/sessions", &access).await;
    let others = list.json["sessions"].as_array().expect("a list").iter();
    let other = others.clone().find(|session| session["current"] == json!(false)).expect("the browser's");
    let path = format!("/api/sessions/{}", other["id"].as_str().expect("an id"));
    let ended = device.ask(device.request(Method::DELETE, &path).bearer_auth(&access)).await;
    assert_eq!(ended.outcome(), (200, ""), "{ended:?}");
    assert!(!browser.is_signed_in().await);
    // The same with cookies from elsewhere is not done.
    browser.signs_in_as("ada").await;
    let own = sessions(&browser).await.into_iter().find(|session| session["current"] == json!(true)).expect("one");
    let path = format!("/api/sessions/{}", own["id"].as_str().expect("an id"));
    for (name, value) in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")] {
        let foreign = browser.request(Method::DELETE, &path).header(name, value);
        assert_eq!(browser.ask(foreign).await.outcome(), (403, "cross_origin"));
    }
    assert!(browser.is_signed_in().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_what_is_named_and_twice_is_no_error() {
    let app = App::start(Engine::Sqlite).await;
    let browser = app.browser();
    browser.signs_in_as("ada").await;
    let kept = browser.cookies();
    let (_, refresh) = app.browser().gets_tokens(&app, "grace").await;
    // A refresh token in the body names the session, not the cookie.
    let body = json!({ "refresh_token": refresh });
    assert_eq!(browser.tells("/api/auth/logout", &body).await.outcome(), (200, ""));
    assert!(browser.is_signed_in().await);
    assert_eq!(browser.refreshes(&refresh).await.outcome(), (401, "refresh_token_invalid"));
    assert_eq!(browser.tells("/api/auth/logout", &body).await.outcome(), (200, ""));
    assert_eq!(browser.tells("/api/auth/logout", &json!({ "refresh_token": "x" })).await.outcome(), (200, ""));
    // What may be a form of another page is none of ours, whatever its spelling.
    for kind in ["application/x-www-form-urlencoded", "Multipart/Form-Data; boundary=x", "text/plain;charset=UTF-8"] {
        let form = browser.request(Method::POST, "/api/auth/logout").header("content-type", kind);
        assert_eq!(browser.ask(form).await.outcome(), (403, "cross_origin"), "{kind}");
    }
    assert_eq!(browser.asks("/api/auth/logout").await.outcome(), (405, "method_not_allowed"));
    assert!(browser.is_signed_in().await);
    let out = browser.ask(browser.fetch(Method::POST, "/api/auth/logout")).await;
    assert_eq!((out.outcome(), &out.json), ((200, ""), &json!({ "success": true })));
    assert!(out.page.set_cookies().iter().any(|cookie| cookie.starts_with("session=;")), "{out:?}");
    browser.put_back(kept);
    assert_eq!(browser.asks("/api/me").await.outcome(), (401, "not_signed_in"));
    assert_eq!(browser.ask(browser.fetch(Method::POST, "/api/auth/logout")).await.outcome(), (200, ""));
    assert!(app.events().await.contains("sign_out google signed_out"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_keeps_cookies_signs_out_and_refreshes_without_an_origin() {
    let app = App::start(Engine::Sqlite).await;
    let (browser, device) = (app.browser(), app.browser());
    browser.signs_in_as("ada").await;
    let out = browser.ask(browser.request(Method::POST, "/api/auth/logout")).await;
    assert_eq!(out.outcome(), (200, ""), "{out:?}");
    assert!(!browser.is_signed_in().await);

    // Any cookie, beside a bearer's token or a body of JSON.
    let (access, refresh) = device.gets_tokens(&app, "ada").await;
    device.set_cookie("other", "x");
    let body = json!({ "refresh_token": refresh }).to_string();
    let json = device.request(Method::POST, "/api/auth/refresh").header("content-type", "application/json");
    assert_eq!(device.ask(json.body(body)).await.outcome(), (200, ""));
    let out = device.request(Method::POST, "/api/auth/logout").bearer_auth(&access);
    assert_eq!(device.ask(out).await.outcome(), (200, ""));
    assert_eq!(device.asks_as_bearer("/api/me", &access).await.outcome(), (401, "invalid_token"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_ends_its_session_beside_an_access_token_that_has_run_out() {
    let app = App::start(Engine::Sqlite).await;
    for header in ["stale", "Bearer x", "Basic Z3JhY2U6aG9wcGVy"] {
        let device = app.browser();
        let (access, refresh) = device.gets_tokens(&app, "ada").await;
        let header = if header == "stale" { format!("Bearer {access}") } else { header.to_owned() };
        app.advance(301).await;
        let out = async |body: Value| {
            let request = device.request(Method::POST, "/api/auth/logout").header("authorization", &header);
            device.ask(request.header("content-type", "application/json").body(body.to_string())).await
        };
        for body in [json!({}), json!({ "refresh_token": "lkr_x" })] {
            assert_eq!(out(body).await.outcome(), (401, "invalid_token"), "{header}");
        }
        let next = device.refreshes(&refresh).await.text("refresh_token");
        assert_eq!(out(json!({ "refresh_token": next })).await.outcome(), (200, ""), "{header}");
        assert_eq!(device.refreshes(&next).await.outcome(), (401, "refresh_token_invalid"), "{header}");
    }
    // Two sessions that are named are two that end.
    let (one, other) = (app.browser(), app.browser());
    let ((access, _), (_, refresh)) = (one.gets_tokens(&app, "ada").await, other.gets_tokens(&app, "ada").await);
    let request = one.request(Method::POST, "/api/auth/logout").bearer_auth(&access);
    let request = request.header("content-type", "application/json");
    let both = one.ask(request.body(json!({ "refresh_token": refresh }).to_string())).await;
    assert_eq!(both.outcome(), (200, ""));
    assert_eq!(one.asks_as_bearer("/api/me", &access).await.outcome(), (401, "invalid_token"));
    assert_eq!(other.refreshes(&refresh).await.outcome(), (401, "refresh_token_invalid"));
}

#[tokio::test(flavor = "multi_thread")]
async fn unproven_addresses_are_not_told() {
    let app = App::start(Engine::Sqlite).await;
    let (linus, nobody) = (app.browser(), app.browser());
    linus.signs_in_as("linus").await;
    nobody.signs_in_as("nomail").await;
    for browser in [linus, nobody] {
        let me = browser.asks("/api/me").await;
        assert_eq!((me.outcome(), &me.json["user"]["email"]), ((200, ""), &Value::Null));
        assert!(me.json["user"].as_object().is_some_and(|user| user.len() == 4), "all members are there: {me:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_away_or_broken_signs_nobody_out() {
    let app = App::start(Engine::Sqlite).await;
    let (browser, device) = (app.browser(), app.browser());
    browser.signs_in_as("ada").await;
    let (access, refresh) = device.gets_tokens(&app, "ada").await;
    app.database.execute("UPDATE users SET verified_email = 'nonsense'").await;
    for path in ["/api/me", "/api/sessions"] {
        assert_eq!(browser.asks(path).await.outcome(), (500, "server_error"), "{path}");
        assert_eq!(device.asks_as_bearer(path, &access).await.outcome(), (500, "server_error"), "{path}");
    }
    app.database.execute("UPDATE users SET verified_email = 'ada@gmail.com'").await;
    assert_eq!(browser.asks("/api/me").await.outcome(), (200, ""));
    app.store.close().await;
    for path in ["/api/me", "/api/sessions"] {
        assert_eq!(browser.asks(path).await.outcome(), (503, "unavailable"), "{path}");
        assert_eq!(device.asks_as_bearer(path, &access).await.outcome(), (503, "unavailable"), "{path}");
    }
    assert_eq!(device.refreshes(&refresh).await.outcome(), (503, "unavailable"));
    let out = browser.ask(browser.fetch(Method::POST, "/api/auth/logout")).await;
    assert_eq!(out.outcome(), (503, "unavailable"));
}
