//! `/api/me` and the session API: authentication by cookie or bearer token, listing and ending sessions.

use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::{app::App, browser::Browser};
use crate::support::database::Engine;

async fn sessions(browser: &Browser) -> Vec<Value> {
    let answer = browser.get_json("/api/sessions").await;
    assert_eq!(answer.outcome(), (200, ""), "{answer:?}");
    answer.json["sessions"].as_array().expect("a list").clone()
}

async fn end_session(browser: &Browser, session: &Value) -> (u16, String) {
    let path = format!("/api/sessions/{}", session["id"].as_str().expect("an id"));
    let answer = browser.ask(browser.fetch(Method::DELETE, &path)).await;
    let (status, code) = answer.outcome();
    (status, code.to_owned())
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_authorization_header_overrides_cookies(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).start().await;
    let (browser, device) = (app.browser(), app.browser());
    browser.sign_in("grace").await;
    let (access, _) = device.obtain_tokens(&app, "ada").await;
    let name = |answer: super::api::Answer| answer.json["user"]["name"].clone();
    assert_eq!(name(browser.get_json("/api/me").await), json!("Grace Hopper"));
    assert_eq!(name(browser.get_as_bearer("/api/me", &access).await), json!("Ada Lovelace"));
    // Valid or not, the cookie's user is not the fallback.
    for odd in ["Bearer x", "Bearer", "", "Basic Z3JhY2U6aG9wcGVy", "bearer ", "Negotiate x"] {
        let request = browser.fetch(Method::GET, "/api/me").header("authorization", odd);
        assert_eq!(browser.ask(request).await.outcome(), (401, "invalid_token"), "{odd:?}");
    }
    let twice = browser.fetch(Method::GET, "/api/me").bearer_auth(&access).header("authorization", "Bearer x");
    assert_eq!(browser.ask(twice).await.outcome(), (401, "invalid_token"));
    let lower = browser.fetch(Method::GET, "/api/me").header("authorization", format!("bearer {access}"));
    assert_eq!(name(browser.ask(lower).await), json!("Ada Lovelace"));
    let anonymous = app.browser().get_json("/api/me").await;
    assert_eq!(anonymous.outcome(), (401, "not_signed_in"));
    assert_eq!(anonymous.page.header("www-authenticate"), r#"Bearer realm="Latchkey""#);
    // The same holds for signing out.
    let out = browser.fetch(Method::POST, "/api/auth/logout").bearer_auth("x");
    assert_eq!(browser.ask(out).await.outcome(), (401, "invalid_token"));
    let out = browser.fetch(Method::POST, "/api/auth/logout").bearer_auth(&access);
    assert_eq!(browser.ask(out).await.outcome(), (200, ""));
    assert!(browser.is_signed_in().await, "the browser's own session is another one");
    assert_eq!(device.get_as_bearer("/api/me", &access).await.outcome(), (401, "invalid_token"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_in_the_url_or_body_is_ignored() {
    let app = App::builder().start().await;
    let (access, _) = app.browser().obtain_tokens(&app, "ada").await;
    let browser = app.browser();
    let answer = browser.get_json(&format!("/api/me?access_token={access}")).await;
    assert_eq!(answer.outcome(), (401, "not_signed_in"));
    browser.set_cookie("access_token", &access);
    assert_eq!(browser.get_json("/api/me").await.outcome(), (401, "not_signed_in"), "cookies are cookies here");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn users_list_and_end_only_their_own_sessions(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).start().await;
    let (ada, eve) = (app.browser(), app.browser());
    ada.sign_in("ada").await;
    eve.sign_in("plain").await;
    let (access, _) = app.browser().obtain_tokens(&app, "ada").await;
    let list = sessions(&ada).await;
    assert_eq!(list.len(), 2, "{list:?}");
    assert_eq!(list.iter().filter(|session| session["current"] == json!(true)).count(), 1);
    for session in &list {
        assert_eq!(session["provider"], json!("google"));
        for member in ["created_at", "last_seen_at", "expires_at"] {
            assert!(session[member].as_str().is_some_and(|time| time.ends_with('Z')), "{session}");
        }
    }
    // Threat SE10: another user's session is not found.
    for session in &list {
        assert_eq!(end_session(&eve, session).await, (404, "session_not_found".to_owned()));
    }
    for made_up in ["x", "0", "..%2F..%2Fme", "%00"] {
        assert_eq!(end_session(&ada, &json!({ "id": made_up })).await.0, 404, "{made_up}");
    }
    assert_eq!(sessions(&ada).await.len(), 2);

    let other = list.iter().find(|session| session["current"] == json!(false)).expect("another");
    assert_eq!(end_session(&ada, other).await, (200, String::new()));
    assert_eq!(end_session(&ada, other).await, (404, "session_not_found".to_owned()));
    assert_eq!(app.browser().get_as_bearer("/api/me", &access).await.outcome(), (401, "invalid_token"));
    // The session of the request itself can be ended.
    let own = sessions(&ada).await.remove(0);
    assert_eq!(end_session(&ada, &own).await, (200, String::new()));
    assert!(!ada.is_signed_in().await);
    assert!(eve.is_signed_in().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bearer_needs_no_cookies_or_origin() {
    let app = App::builder().start().await;
    let (browser, device) = (app.browser(), app.browser());
    browser.sign_in("ada").await;
    let (access, _) = device.obtain_tokens(&app, "ada").await;
    device.replace_cookies(Vec::new());
    let list = device.get_as_bearer("/api/sessions", &access).await;
    let others = list.json["sessions"].as_array().expect("a list").iter();
    let other = others.clone().find(|session| session["current"] == json!(false)).expect("the browser's");
    let path = format!("/api/sessions/{}", other["id"].as_str().expect("an id"));
    let ended = device.ask(device.request(Method::DELETE, &path).bearer_auth(&access)).await;
    assert_eq!(ended.outcome(), (200, ""), "{ended:?}");
    assert!(!browser.is_signed_in().await);
    // A cross-site request with cookies is rejected.
    browser.sign_in("ada").await;
    let own = sessions(&browser).await.into_iter().find(|session| session["current"] == json!(true)).expect("one");
    let path = format!("/api/sessions/{}", own["id"].as_str().expect("an id"));
    for (name, value) in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")] {
        let foreign = browser.request(Method::DELETE, &path).header(name, value);
        assert_eq!(browser.ask(foreign).await.outcome(), (403, "cross_origin"));
    }
    assert!(browser.is_signed_in().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_the_named_session_and_is_idempotent() {
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    let kept = browser.cookies();
    let (_, refresh) = app.browser().obtain_tokens(&app, "grace").await;
    // The refresh token in the body names the session, not the cookie.
    let body = json!({ "refresh_token": refresh });
    assert_eq!(browser.post_json("/api/auth/logout", &body).await.outcome(), (200, ""));
    assert!(browser.is_signed_in().await);
    assert_eq!(browser.refresh(&refresh).await.outcome(), (401, "refresh_token_invalid"));
    assert_eq!(browser.post_json("/api/auth/logout", &body).await.outcome(), (200, ""));
    assert_eq!(browser.post_json("/api/auth/logout", &json!({ "refresh_token": "x" })).await.outcome(), (200, ""));
    // A content type that a cross-site form can send is rejected, in any spelling.
    for kind in ["application/x-www-form-urlencoded", "Multipart/Form-Data; boundary=x", "text/plain;charset=UTF-8"] {
        let form = browser.request(Method::POST, "/api/auth/logout").header("content-type", kind);
        assert_eq!(browser.ask(form).await.outcome(), (403, "cross_origin"), "{kind}");
    }
    assert_eq!(browser.get_json("/api/auth/logout").await.outcome(), (405, "method_not_allowed"));
    assert!(browser.is_signed_in().await);
    let out = browser.ask(browser.fetch(Method::POST, "/api/auth/logout")).await;
    assert_eq!((out.outcome(), &out.json), ((200, ""), &json!({ "success": true })));
    assert!(out.page.set_cookies().iter().any(|cookie| cookie.starts_with("session=;")), "{out:?}");
    browser.replace_cookies(kept);
    assert_eq!(browser.get_json("/api/me").await.outcome(), (401, "not_signed_in"));
    assert_eq!(browser.ask(browser.fetch(Method::POST, "/api/auth/logout")).await.outcome(), (200, ""));
    assert!(app.events().await.contains("sign_out google signed_out"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_with_cookies_but_no_origin_can_sign_out() {
    let app = App::builder().start().await;
    let (browser, device) = (app.browser(), app.browser());
    browser.sign_in("ada").await;
    let out = browser.ask(browser.request(Method::POST, "/api/auth/logout")).await;
    assert_eq!(out.outcome(), (200, ""), "{out:?}");
    assert!(!browser.is_signed_in().await);

    // Any cookie beside a bearer token or a JSON body.
    let (access, refresh) = device.obtain_tokens(&app, "ada").await;
    device.set_cookie("other", "x");
    let body = json!({ "refresh_token": refresh }).to_string();
    let json = device.request(Method::POST, "/api/auth/refresh").header("content-type", "application/json");
    assert_eq!(device.ask(json.body(body)).await.outcome(), (200, ""));
    let out = device.request(Method::POST, "/api/auth/logout").bearer_auth(&access);
    assert_eq!(device.ask(out).await.outcome(), (200, ""));
    assert_eq!(device.get_as_bearer("/api/me", &access).await.outcome(), (401, "invalid_token"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_ends_its_session_with_an_expired_access_token() {
    let app = App::builder().start().await;
    for header in ["stale", "Bearer x", "Basic Z3JhY2U6aG9wcGVy"] {
        let device = app.browser();
        let (access, refresh) = device.obtain_tokens(&app, "ada").await;
        let header = if header == "stale" { format!("Bearer {access}") } else { header.to_owned() };
        app.advance(301).await;
        let out = async |body: Value| {
            let request = device.request(Method::POST, "/api/auth/logout").header("authorization", &header);
            device.ask(request.header("content-type", "application/json").body(body.to_string())).await
        };
        for body in [json!({}), json!({ "refresh_token": "lkr_x" })] {
            assert_eq!(out(body).await.outcome(), (401, "invalid_token"), "{header}");
        }
        let next = device.refresh(&refresh).await.text("refresh_token");
        assert_eq!(out(json!({ "refresh_token": next })).await.outcome(), (200, ""), "{header}");
        assert_eq!(device.refresh(&next).await.outcome(), (401, "refresh_token_invalid"), "{header}");
    }
    // Two named sessions both end.
    let (one, other) = (app.browser(), app.browser());
    let ((access, _), (_, refresh)) = (one.obtain_tokens(&app, "ada").await, other.obtain_tokens(&app, "ada").await);
    let request = one.request(Method::POST, "/api/auth/logout").bearer_auth(&access);
    let request = request.header("content-type", "application/json");
    let both = one.ask(request.body(json!({ "refresh_token": refresh }).to_string())).await;
    assert_eq!(both.outcome(), (200, ""));
    assert_eq!(one.get_as_bearer("/api/me", &access).await.outcome(), (401, "invalid_token"));
    assert_eq!(other.refresh(&refresh).await.outcome(), (401, "refresh_token_invalid"));
}

#[tokio::test(flavor = "multi_thread")]
async fn unverified_emails_are_not_shown() {
    let app = App::builder().start().await;
    let (linus, nomail) = (app.browser(), app.browser());
    linus.sign_in("linus").await;
    nomail.sign_in("nomail").await;
    for browser in [linus, nomail] {
        let me = browser.get_json("/api/me").await;
        assert_eq!((me.outcome(), &me.json["user"]["email"]), ((200, ""), &Value::Null));
        assert!(me.json["user"].as_object().is_some_and(|user| user.len() == 4), "all members are there: {me:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_database_signs_nobody_out() {
    let app = App::builder().start().await;
    let (browser, device) = (app.browser(), app.browser());
    browser.sign_in("ada").await;
    let (access, refresh) = device.obtain_tokens(&app, "ada").await;
    app.database.execute("UPDATE users SET verified_email = 'nonsense'").await;
    for path in ["/api/me", "/api/sessions"] {
        assert_eq!(browser.get_json(path).await.outcome(), (500, "server_error"), "{path}");
        assert_eq!(device.get_as_bearer(path, &access).await.outcome(), (500, "server_error"), "{path}");
    }
    app.database.execute("UPDATE users SET verified_email = 'ada@gmail.com'").await;
    assert_eq!(browser.get_json("/api/me").await.outcome(), (200, ""));
    app.store.close().await;
    for path in ["/api/me", "/api/sessions"] {
        assert_eq!(browser.get_json(path).await.outcome(), (503, "unavailable"), "{path}");
        assert_eq!(device.get_as_bearer(path, &access).await.outcome(), (503, "unavailable"), "{path}");
    }
    assert_eq!(device.refresh(&refresh).await.outcome(), (503, "unavailable"));
    let out = browser.ask(browser.fetch(Method::POST, "/api/auth/logout")).await;
    assert_eq!(out.outcome(), (503, "unavailable"));
}
