//! Group H: the session and its cookie.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::Method;
use rstest::rstest;

use super::{
    app::App,
    browser::{Browser, navigating},
};
use crate::support::database::Engine;

const DAY: i64 = 24 * 3600;

#[rstest]
#[case::nonsense("x")]
#[case::empty("")]
#[case::zero("AAAAAAAAAAAAAAAAAAAAAA")]
#[case::random("Zm9vYmFyYmF6cXV4cXV1eA")]
#[case::long("A-very-long-value-A-very-long-value-A-very-long-value-A-very-long-value")]
#[tokio::test]
async fn a_planted_session_is_worthless_after_the_sign_in(
    #[case] planted: &str,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::builder().mode(mode).start().await;
    let (victim, attacker) = (app.browser(), app.browser());
    victim.set_session(planted);
    attacker.set_session(planted);
    assert!(!victim.is_signed_in().await);
    victim.set_session(planted);
    let callback = victim.callback_url("ada", "/auth/google").await;
    victim.set_session(planted);
    assert_eq!(victim.get(&callback).await.location(), "/dashboard");
    assert_ne!(victim.session().expect("a session"), planted);
    assert!(victim.is_signed_in().await && !attacker.is_signed_in().await);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_attackers_planted_session_ends_at_the_victims_sign_in(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    let (victim, attacker) = (app.browser(), app.browser());
    attacker.sign_in("grace").await;
    let planted = attacker.session().expect("a session");
    victim.set_session(&planted);
    victim.sign_in("ada").await;
    assert_ne!(victim.session().expect("a session"), planted);
    assert!(!attacker.is_signed_in().await, "the old id is dead");
    assert!(victim.get("/dashboard").await.body.contains("Ada Lovelace"));
    assert_eq!(app.rows().await, (2, 2, 1));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn each_sign_in_has_a_new_id_and_expired_ones_stay_dead(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    let browser = app.browser();
    let mut seen = std::collections::HashSet::new();
    for _ in 0..5 {
        browser.sign_in("ada").await;
        let id = browser.session().expect("a session");
        assert!(URL_SAFE_NO_PAD.decode(&id).is_ok_and(|bytes| bytes.len() >= 16), "{id}");
        assert!(seen.insert(id));
    }
    let old = browser.session().expect("a session");
    app.advance(91 * DAY).await;
    assert!(!browser.is_signed_in().await);
    browser.set_session(&old);
    browser.sign_in("ada").await;
    assert_ne!(browser.session().expect("a session"), old);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn every_cookie_has_every_attribute(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    let browser = app.browser();
    let start = browser.get("/auth/google").await;
    let callback = browser.consent(start.location(), "ada", "allow").await;
    let landed = browser.get(&callback).await;
    let out = browser.post("/auth/logout", "").await;
    let cookies = [start.set_cookies(), landed.set_cookies(), out.set_cookies()].concat();
    // Flow set; flow cleared, message, session, the browser's token, last method and its account set; session and message
    // cleared; and that the user signed out is kept. Token mode has two session cookies.
    assert!(matches!(cookies.len(), 10 | 12), "{cookies:?}");
    for cookie in cookies {
        for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(attribute), "{attribute}: {cookie}");
        }
        assert!(!cookie.contains("Domain") && cookie.len() <= 4096, "{cookie}");
        let name = cookie.split('=').next().expect("a name");
        assert!(
            ["session", "access_token", "refresh_token", "browser", "last", "last-account", "done", "signed-out"]
                .contains(&name)
                || name.starts_with("flow-"),
            "{cookie}"
        );
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_database_contains_no_session_cookie(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    let id = browser.session().expect("a session");
    let mut row = String::new();
    for sql in [
        "SELECT id || ' ' || COALESCE(id_hash, '') || ' ' || user_id || ' ' || identity_id || ' ' || COALESCE(user_agent, '') || ' ' || data FROM sessions",
        "SELECT COALESCE(string_agg(token_hash || ' ' || session || ' ' || COALESCE(successor, '') || ' ' || COALESCE(previous_hash, ''), ' '), '') FROM refresh_tokens",
    ] {
        row += &app.database.text(sql).await;
        row.push(' ');
    }
    assert!(!row.contains(&id), "{row}");
    let bytes = if id.starts_with("lkr_") { id.clone().into() } else { URL_SAFE_NO_PAD.decode(&id).expect("base64") };
    let hash = URL_SAFE_NO_PAD.encode(digest(&SHA256, &bytes));
    assert!(row.contains(&hash), "{row}");
    let prefixed = format!("lkr_{hash}");
    for stolen in row.split_whitespace().chain([hash.as_str(), &prefixed]) {
        let thief = app.browser();
        thief.set_session(stolen);
        assert!(!thief.is_signed_in().await, "{stolen}");
    }
    assert!(browser.is_signed_in().await);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_ended_session_does_not_come_back(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::builder().engine(engine).mode(mode).start().await;
    let (browser, elsewhere) = (app.browser(), app.browser());
    browser.sign_in("ada").await;
    elsewhere.sign_in("ada").await;
    let jar = browser.cookies();
    browser.post("/auth/logout", "").await;
    assert_eq!(browser.session(), None);
    browser.replace_cookies(jar);
    assert!(!browser.is_signed_in().await);
    assert!(elsewhere.is_signed_in().await, "the other browser stays signed in");
    // Signing out again, or without a session, is just as quiet.
    for browser in [&browser, &app.browser()] {
        let out = browser.post("/auth/logout", "").await;
        assert_eq!((out.status, out.location()), (303, "/login?signed_out=1"));
    }
    assert_eq!(app.rows().await, (1, 1, 1));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_concurrent_request_does_not_revive_an_ended_session(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    let browser = std::sync::Arc::new(app.browser());
    for _ in 0..10 {
        browser.sign_in("ada").await;
        // Old enough to be renewed by every read.
        app.advance(120).await;
        let jar = browser.cookies();
        let reading: Vec<_> = (0..8)
            .map(|_| {
                let browser = app.browser();
                browser.replace_cookies(jar.clone());
                tokio::spawn(async move { browser.get("/dashboard").await.status })
            })
            .collect();
        browser.post("/auth/logout", "").await;
        for read in reading {
            assert!(matches!(read.await.expect("an answer"), 200 | 303));
        }
        browser.replace_cookies(jar);
        assert!(!browser.is_signed_in().await);
        assert_eq!(app.rows().await, (1, 1, 0));
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_after_fourteen_idle_days(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("server", "jwt")] mode: &str,
) {
    let app = App::builder().engine(engine).mode(mode).start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    app.advance(14 * DAY - 60).await;
    assert!(browser.is_signed_in().await);
    app.advance(14 * DAY - 60).await;
    assert!(browser.is_signed_in().await, "each visit extends it");
    app.advance(14 * DAY).await;
    assert!(!browser.is_signed_in().await);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_after_ninety_days_despite_use(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    for _ in 0..8 {
        app.advance(10 * DAY).await;
        assert!(browser.is_signed_in().await);
    }
    app.advance(10 * DAY - 60).await;
    assert!(browser.is_signed_in().await);
    app.advance(60).await;
    assert!(!browser.is_signed_in().await);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn two_session_cookies_are_worth_no_more_than_one(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    let id = browser.session().expect("a session");
    // A cookie of the same name from a parent domain, before and after the real one.
    let name = if id.starts_with("lkr_") { "refresh_token" } else { "session" };
    for line in [format!("{name}=x; {name}={id}"), format!("{name}={id}; {name}=x")] {
        let stranger = Browser::new(&reqwest::Client::new(), &app.origin, app.owners());
        let request = navigating(stranger.request(Method::GET, "/dashboard")).header("cookie", line);
        assert!(matches!(stranger.send(request).await.status, 200 | 303));
    }
    assert!(browser.is_signed_in().await);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_reload_shows_the_same_page(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    // Takes the message of the sign-in.
    assert!(browser.get("/dashboard").await.body.contains("Welcome"));
    let (first, second) = (browser.get("/dashboard").await, browser.get("/dashboard").await);
    let nonce = |page: &super::browser::Page| {
        page.header("content-security-policy")
            .split("'nonce-")
            .nth(1)
            .and_then(|rest| rest.split('\'').next())
            .expect("a nonce")
            .to_owned()
    };
    assert_eq!(first.body.replace(&nonce(&first), ""), second.body.replace(&nonce(&second), ""));
}
