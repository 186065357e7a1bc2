//! Group I: token sessions over the JSON API.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use latchkey::accounts::EmailKind;
use rstest::rstest;
use serde_json::{Value, json};
use tokio::{sync::Barrier, task::JoinSet};

use super::{
    account::{NEW_PASSWORD, PASSWORD, token_of},
    app::App,
    log,
};
use crate::support::database::Engine;

const REFUSED: (u16, &str) = (401, "refresh_token_invalid");

/// RT1.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn reuse_of_a_refresh_token_ends_the_session_and_sends_an_email(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::builder().engine(engine).start().await;
    let device = app.browser();
    let (_, first) = device.obtain_tokens(&app, "ada").await;
    let second = device.refresh(&first).await;
    assert_eq!(second.outcome(), (200, ""), "{second:?}");
    let (access, second) = (second.text("access_token"), second.text("refresh_token"));
    assert_eq!(device.get_as_bearer("/api/me", &access).await.outcome(), (200, ""));
    assert!(app.emails().await.is_empty());

    // Its child was used: no grace period.
    let third = device.refresh(&second).await.text("refresh_token");
    let thief = app.browser();
    assert_eq!(thief.refresh(&first).await.outcome(), REFUSED);
    for token in [&first, &second, &third] {
        assert_eq!(device.refresh(token).await.outcome(), REFUSED);
    }
    assert_eq!(device.get_as_bearer("/api/me", &access).await.outcome(), (401, "invalid_token"));
    let message = app.one_email().await;
    assert!(matches!(message.kind, EmailKind::TokenReused), "{message:?}");
    assert!(app.events().await.contains("token"));
    assert_eq!(app.rows().await, (1, 1, 0));
    // The user can sign in again.
    device.obtain_tokens(&app, "ada").await;
}

/// RT3.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn concurrent_refreshes_get_the_same_next_token(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).start().await;
    let (_, token) = app.browser().obtain_tokens(&app, "ada").await;
    let barrier = Arc::new(Barrier::new(100));
    let mut all = JoinSet::new();
    for _ in 0..100 {
        let (device, token, barrier) = (app.browser(), token.clone(), barrier.clone());
        all.spawn(async move {
            barrier.wait().await;
            // An overloaded database says so, and a retry gets the same token.
            loop {
                let answer = device.refresh(&token).await;
                if answer.page.status != 503 {
                    return answer;
                }
            }
        });
    }
    let answers = all.join_all().await;
    let mut children: Vec<String> = answers
        .iter()
        .map(|answer| {
            assert_eq!(answer.outcome(), (200, ""), "{answer:?}");
            answer.text("refresh_token")
        })
        .collect();
    children.sort_unstable();
    children.dedup();
    assert_eq!(children.len(), 1);
    assert_eq!(app.database.count("refresh_tokens").await, 1, "no fork of the family");
    assert_eq!(app.browser().refresh(&children[0]).await.outcome(), (200, ""));
}

/// RT4.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_can_be_repeated_for_ten_seconds(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    for (waited, works) in [(9, true), (12, false)] {
        let app = App::builder().engine(engine).start().await;
        let device = app.browser();
        let (_, token) = device.obtain_tokens(&app, "ada").await;
        let lost = device.refresh(&token).await.text("refresh_token");
        app.advance(waited).await;
        let again = device.refresh(&token).await;
        if works {
            assert_eq!(again.text("refresh_token"), lost);
            assert_eq!(device.refresh(&lost).await.outcome(), (200, ""));
        } else {
            assert_eq!(again.outcome(), REFUSED);
            assert_eq!(device.refresh(&lost).await.outcome(), REFUSED);
        }
    }
}

/// RT5.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_after_ninety_days_despite_refreshes() {
    const DAY: i64 = 24 * 3600;
    let app = App::builder().start().await;
    let device = app.browser();
    let (_, mut token) = device.obtain_tokens(&app, "ada").await;
    for day in (0..84).step_by(7) {
        app.advance(7 * DAY).await;
        let answer = device.refresh(&token).await;
        assert_eq!(answer.outcome(), (200, ""), "after {day} days and a week");
        token = answer.text("refresh_token");
    }
    app.advance(5 * DAY).await;
    let last = device.refresh(&token).await;
    assert_eq!(last.outcome(), (200, ""));
    app.advance(DAY + 60).await;
    assert_eq!(device.refresh(&last.text("refresh_token")).await.outcome(), REFUSED);
    // Fourteen idle days end it as well.
    let (_, token) = device.obtain_tokens(&app, "ada").await;
    app.advance(14 * DAY + 1).await;
    assert_eq!(device.refresh(&token).await.outcome(), REFUSED);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_access_token_expires_after_five_minutes() {
    let app = App::builder().start().await;
    let device = app.browser();
    let (access, refresh) = device.obtain_tokens(&app, "ada").await;
    app.advance(298).await;
    assert_eq!(device.get_as_bearer("/api/me", &access).await.outcome(), (200, ""));
    app.advance(3).await;
    let late = device.get_as_bearer("/api/me", &access).await;
    assert_eq!(late.outcome(), (401, "invalid_token"));
    assert_eq!(late.page.header("www-authenticate"), r#"Bearer realm="Latchkey", error="invalid_token""#);
    let next = device.refresh(&refresh).await.text("access_token");
    assert_eq!(device.get_as_bearer("/api/me", &next).await.outcome(), (200, ""));
}

/// RT6 and RT7; the unit tests of `tokens` cover a forger who has our key.
#[tokio::test(flavor = "multi_thread")]
async fn forged_access_tokens_are_rejected() {
    let app = App::builder().start().await;
    let device = app.browser();
    let (access, refresh) = device.obtain_tokens(&app, "ada").await;
    let parts: Vec<&str> = access.split('.').collect();
    let [header, claims, signature] = parts[..] else { panic!("{access}") };
    let read = |part: &str| -> Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON")
    };
    let written = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let with_header = |name: &str, value: Value| {
        let mut header = read(header);
        header[name] = value;
        format!("{}.{claims}.{signature}", written(&header))
    };
    let with_claim = |name: &str, value: Value| {
        let mut claims = read(claims);
        claims[name] = value;
        format!("{header}.{}.{signature}", written(&claims))
    };
    let none = written(&json!({ "alg": "none", "typ": "at+jwt" }));
    let forged = [
        String::new(),
        refresh,
        format!("{none}.{claims}."),
        format!("{header}.{claims}."),
        format!("{header}.{claims}"),
        with_header("alg", json!("HS256")),
        with_header("kid", json!("another")),
        with_header("typ", json!("JWT")),
        with_header("jku", json!("https://evil.example/keys")),
        with_claim("exp", json!(99_999_999_999_i64)),
        with_claim("sub", json!("0199b8c0-6f2a-7c31-8d43-5a2c4f1e9b07")),
        with_claim("aud", json!("https://other.example")),
        format!("{access}x"),
        "x".repeat(5000),
    ];
    for token in forged {
        let answer = device.get_as_bearer("/api/me", &token).await;
        assert_eq!(answer.outcome(), (401, "invalid_token"), "{token}");
    }
    assert_eq!(device.get_as_bearer("/api/me", &access).await.outcome(), (200, ""));
}

/// RT8.
#[tokio::test(flavor = "multi_thread")]
async fn id_tokens_and_access_tokens_are_not_interchangeable() {
    let app = App::builder().providers().start().await;
    let device = app.browser();
    let (access, _) = device.obtain_tokens(&app, "ada").await;
    let theirs = [
        app.id_token("ada", json!({})).await,
        app.access_token("google", "ada", json!({})).await,
        app.access_token("github", "ada", json!({})).await,
    ];
    for token in theirs {
        assert_eq!(device.get_as_bearer("/api/me", &token).await.outcome(), (401, "invalid_token"));
        assert_eq!(device.refresh(&token).await.outcome(), REFUSED);
    }
    device.nonce().await;
    for member in ["id_token", "access_token"] {
        let answer = device.post_json("/api/auth", &json!({ "provider": "google", member: access })).await;
        assert_eq!(answer.page.status, 401, "{member}: {answer:?}");
    }
    assert_eq!(device.get_as_bearer("/api/me", &access).await.outcome(), (200, ""));
}

/// RT10: every end of a session revokes its tokens at once.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn every_end_of_a_session_revokes_its_tokens_at_once(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::builder().engine(engine).start().await;
    let page = app.browser();
    for end in ["logout", "logout by refresh token", "end this session", "end the others", "disable", "delete"] {
        page.sign_in("ada").await;
        let device = app.browser();
        let (access, refresh) = device.obtain_tokens(&app, "ada").await;
        assert_eq!(device.get_as_bearer("/api/me", &access).await.outcome(), (200, ""), "{end}");
        match end {
            "logout" => {
                let request = device.request(reqwest::Method::POST, "/api/auth/logout").bearer_auth(&access);
                assert_eq!(device.ask(request).await.outcome(), (200, ""));
            }
            "logout by refresh token" => {
                let out = device.post_json("/api/auth/logout", &json!({ "refresh_token": refresh })).await;
                assert_eq!(out.outcome(), (200, ""));
            }
            "end this session" => {
                let sessions = page.get_json("/api/sessions").await;
                let other = sessions.json["sessions"].as_array().expect("a list").iter();
                let other = other.clone().find(|session| session["current"] == json!(false)).expect("another");
                let path = format!("/api/sessions/{}", other["id"].as_str().expect("an id"));
                assert_eq!(page.ask(page.fetch(reqwest::Method::DELETE, &path)).await.outcome(), (200, ""));
            }
            "end the others" => {
                assert_eq!(page.post("/settings/sessions/end-others", "").await.status, 303);
            }
            "disable" => app.database.execute("UPDATE users SET disabled_at = 1").await,
            _ => {
                app.database.execute("UPDATE users SET disabled_at = NULL").await;
                page.sign_in("ada").await;
                assert_eq!(page.post("/settings/delete", "word=delete").await.status, 303);
                app.database.execute("DELETE FROM users").await;
            }
        }
        assert_eq!(device.get_as_bearer("/api/me", &access).await.outcome(), (401, "invalid_token"), "{end}");
        assert_eq!(device.get_as_bearer("/api/sessions", &access).await.outcome(), (401, "invalid_token"), "{end}");
        assert_eq!(device.refresh(&refresh).await.outcome(), REFUSED, "{end}");
        app.database.execute("UPDATE users SET disabled_at = NULL").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_reset_revokes_tokens() {
    let app = App::builder().start().await;
    app.sign_up(&app.browser(), "ada@gmail.com", PASSWORD).await;
    let device = app.browser();
    let (access, refresh) = device.obtain_tokens(&app, "ada").await;
    app.emails().await;
    let mailbox = app.browser();
    mailbox.request_reset("ada@gmail.com").await;
    let message = app.one_email().await;
    mailbox.open_email_link(&token_of(&message)).await;
    let done = mailbox.submit("/auth/password/reset", &[("password", NEW_PASSWORD)]).await;
    assert_eq!(done.status, 303, "{done:?}");
    assert_eq!(device.get_as_bearer("/api/me", &access).await.outcome(), (401, "invalid_token"));
    assert_eq!(device.refresh(&refresh).await.outcome(), REFUSED);
}

/// RT13.
#[tokio::test(flavor = "multi_thread")]
async fn tokens_appear_in_no_log_page_or_database() {
    let app = App::builder().start().await;
    let (device, from) = (app.browser(), log::length());
    let (nonce, nonce_token) = device.nonce().await;
    let id_token = app.id_token("ada", json!({ "nonce": nonce })).await;
    let body = json!({ "provider": "google", "id_token": id_token, "mode": "token" });
    let first = device.post_json("/api/auth", &body).await;
    let mut secrets = vec![id_token, nonce_token, nonce];
    secrets.extend([first.text("access_token"), first.text("refresh_token")]);
    let second = device.refresh(&first.text("refresh_token")).await;
    secrets.extend([second.text("access_token"), second.text("refresh_token")]);
    let access = second.text("access_token");
    for path in ["/api/me", "/api/sessions", "/api/nothing"] {
        device.get_as_bearer(path, &access).await;
    }
    device.get_as_bearer("/api/me", &format!("{access}x")).await;
    device.refresh(&first.text("refresh_token")).await;
    device.post_json("/api/auth", &body).await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    let mut seen = app.events().await;
    for path in ["/dashboard", "/settings", "/settings/data.json", "/api/sessions", "/api/docs", "/api/openapi.json"] {
        seen.push_str(&browser.get(path).await.body);
    }
    for table in ["refresh_tokens", "sessions", "used_flows"] {
        let column = if table == "refresh_tokens" { "token_hash || ' ' || COALESCE(successor, '')" } else { "id_hash" };
        seen.push_str(
            &app.database.text(&format!("SELECT COALESCE(string_agg({column}, ' '), '') FROM {table}")).await,
        );
    }
    let log = log::since(from);
    assert!(log.contains("SessionCreated") && log.contains("/api/auth/refresh"), "{log}");
    for secret in secrets {
        assert!(secret.len() > 8, "{secret:?} is too short to look for");
        assert!(!log.contains(&secret), "{secret} is in the log");
        assert!(!seen.contains(&secret), "{secret} is on a page or in the database");
    }
    for mark in ["lkr_", "eyJ", "ya29."] {
        assert!(!log.contains(mark), "{mark} is in the log");
    }
}

/// `SESSION_MODE=jwt`: a script on our own pages refreshes cookies that it cannot read.
#[tokio::test(flavor = "multi_thread")]
async fn tokens_in_cookies_are_refreshed_in_cookies() {
    let app = App::builder().with("SESSION_MODE", "jwt").start().await;
    let browser = app.browser();
    let answer = browser.sign_in_with_id_token(&app, "ada", "session").await;
    assert_eq!(answer.outcome(), (200, ""), "{answer:?}");
    assert!(answer.json.get("refresh_token").is_none());
    let refresh = |browser: &super::browser::Browser| {
        browser.cookies().into_iter().find(|(name, _)| name == "refresh_token").map(|(_, value)| value)
    };
    let first = refresh(&browser).expect("a cookie");
    assert_eq!(browser.get_json("/api/me").await.outcome(), (200, ""));

    let renewed = browser.ask(browser.fetch(reqwest::Method::POST, "/api/auth/refresh")).await;
    assert_eq!((renewed.outcome(), &renewed.json), ((200, ""), &json!({ "success": true })), "{renewed:?}");
    assert_ne!(refresh(&browser).expect("a cookie"), first);
    assert_eq!(browser.get_json("/api/me").await.outcome(), (200, ""));
    let out = browser.ask(browser.fetch(reqwest::Method::POST, "/api/auth/logout")).await;
    assert_eq!(out.outcome(), (200, ""));
    assert_eq!(refresh(&browser), None);
    assert_eq!(browser.get_json("/api/me").await.outcome(), (401, "not_signed_in"));
    let without_token = browser.ask(browser.fetch(reqwest::Method::POST, "/api/auth/refresh")).await;
    assert_eq!(without_token.outcome(), (400, "invalid_request"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authorization_header_prevents_a_cookie_refresh() {
    let app = App::builder().with("SESSION_MODE", "jwt").start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    app.advance(301).await;
    let before = browser.cookies();
    let bare = || browser.fetch(reqwest::Method::POST, "/api/auth/refresh");
    let answer = browser.ask(bare().bearer_auth("bad")).await;
    assert_eq!((answer.outcome(), answer.page.set_cookies().len()), ((400, "invalid_request"), 0), "{answer:?}");
    assert_eq!(browser.cookies(), before);
    assert_eq!(app.database.number("SELECT count(*) FROM refresh_tokens WHERE generation > 1").await, 0);
    assert_eq!(browser.ask(bare()).await.outcome(), (200, ""), "the counterpart");
    // A token in the body is not a cookie.
    let (_, token) = app.browser().obtain_tokens(&app, "ada").await;
    let body = bare().bearer_auth("bad").header("content-type", "application/json");
    let answer = browser.ask(body.body(json!({ "refresh_token": token }).to_string())).await;
    assert_eq!(answer.outcome(), (200, ""), "{answer:?}");
}

/// `EMAIL_ADDRESS=required`: cookies of a user who has yet to add an email open nothing else.
#[tokio::test(flavor = "multi_thread")]
async fn disabled_users_get_no_tokens_for_their_cookies() {
    let settings = [
        ("SESSION_MODE", "jwt"),
        ("EMAIL_ADDRESS", "required"),
        ("SMTP_URL", "smtp://127.0.0.1:9"),
        ("MAIL_FROM", "a@app.example"),
    ];
    let app = App::builder().settings(&settings).start().await;
    let audience = |token: &str| -> Value {
        let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).expect("claims")).expect("base64url");
        serde_json::from_slice::<Value>(&claims).expect("JSON")["aud"].clone()
    };
    let (niko, ada) = (app.browser(), app.browser());
    niko.sign_in("nomail").await;
    ada.sign_in("ada").await;
    let (kept, own) = (niko.cookie("refresh_token").expect("one"), ada.cookie("refresh_token").expect("one"));

    let program = app.browser();
    let refused = program.refresh(&kept).await;
    assert_eq!(refused.outcome(), (403, "address_required"), "{refused:?}");
    assert_eq!(refused.json["error"]["url"], json!(format!("{}/add-email", app.origin)));
    assert_eq!(app.database.number("SELECT count(*) FROM refresh_tokens WHERE generation > 1").await, 0);
    let access = niko.cookie("access_token").expect("one");
    assert_eq!(audience(&access), json!(format!("{}/add-email", app.origin)), "no service takes it");
    assert_eq!(niko.get("/add-email").await.status, 200, "and the page that asks does");

    assert_eq!(audience(&ada.cookie("access_token").expect("one")), json!(app.origin), "the counterpart");
    assert_eq!(audience(&program.refresh(&own).await.text("access_token")), json!(app.origin));
    // Reuse is theft, whether or not the user has an email.
    app.database.execute("UPDATE refresh_tokens SET generation = 3, token_hash = '', previous_hash = NULL").await;
    assert_eq!(program.refresh(&kept).await.outcome(), REFUSED);
}
