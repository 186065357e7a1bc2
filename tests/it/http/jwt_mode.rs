//! Group I: token sessions in a browser (`SESSION_MODE=jwt`).

use latchkey::accounts::EmailKind;
use rstest::rstest;
use tokio::task::JoinSet;

use super::{
    account::{NEW_PASSWORD, PASSWORD, token_of},
    app::App,
    browser::{Browser, Jar},
    log,
};
use crate::support::database;

const ADA: &str = "ada@example.com";
const MINUTES: i64 = 60;
const DAY: i64 = 24 * 3600;

async fn app(engine: database::Engine) -> App {
    App::builder().engine(engine).mode("jwt").start().await
}

fn refresh_token(browser: &Browser) -> String {
    browser.cookie("refresh_token").expect("a refresh token")
}

/// A second browser with the same cookies, for concurrent requests.
fn same_browser(app: &App, jar: &Jar) -> Browser {
    let browser = app.browser();
    browser.replace_cookies(jar.clone());
    browser
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_expired_access_token_is_refreshed_silently(
    #[values(database::Engine::Sqlite, database::Engine::Postgres)] engine: database::Engine,
) {
    let app = app(engine).await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    // Takes the message of the sign-in.
    assert!(browser.is_signed_in().await);
    let before = browser.cookies();
    let page = browser.get("/dashboard").await;
    assert_eq!((page.status, page.set_cookies().len()), (200, 0), "nothing to renew");
    app.advance(5 * MINUTES).await;
    let page = browser.get("/dashboard").await;
    assert_eq!((page.status, page.set_cookies().len()), (200, 2), "{page:?}");
    assert!(page.body.contains("Ada Lovelace"));
    for name in ["access_token", "refresh_token"] {
        let old = before.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        assert_ne!(browser.cookie(name), old, "{name}");
    }
    // As in a browser that has dropped the expired cookie.
    browser.delete_cookie("access_token");
    assert!(browser.is_signed_in().await);
    assert_eq!(app.rows().await, (1, 1, 1), "one session, whatever its tokens");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn ten_concurrent_requests_cause_one_refresh(
    #[values(database::Engine::Sqlite, database::Engine::Postgres)] engine: database::Engine,
) {
    let app = app(engine).await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    app.advance(6 * MINUTES).await;
    let mut requests = JoinSet::new();
    for _ in 0..10 {
        let tab = same_browser(&app, &browser.cookies());
        requests.spawn(async move { (tab.get("/dashboard").await.status, tab.cookies()) });
    }
    let mut children = Vec::new();
    for (status, jar) in requests.join_all().await {
        assert_eq!(status, 200);
        let tab = same_browser(&app, &jar);
        children.push(refresh_token(&tab));
        assert!(tab.is_signed_in().await);
    }
    children.dedup();
    assert_eq!(children.len(), 1, "all got the same");
    assert_ne!(children[0], refresh_token(&browser));
    assert_eq!(app.database.count("refresh_tokens").await, 1);
    assert_eq!(app.emails().await, []);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_can_be_repeated_until_the_next_token_is_used(
    #[values(database::Engine::Sqlite, database::Engine::Postgres)] engine: database::Engine,
    #[values(9, 3 * 24 * 60 * MINUTES)] later: i64,
) {
    let app = app(engine).await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    app.advance(6 * MINUTES).await;
    let lost = same_browser(&app, &browser.cookies());
    lost.get("/dashboard").await;
    app.advance(later).await;
    assert!(browser.is_signed_in().await);
    assert_eq!(refresh_token(&browser), refresh_token(&lost));
    app.advance(6 * MINUTES).await;
    assert!(browser.is_signed_in().await, "and the session goes on");
    assert_eq!(app.emails().await, []);
}

#[rstest]
#[case::after_its_child_was_exchanged(6 * MINUTES)]
#[case::after_the_access_token_of_its_child_was_used(2 * MINUTES)]
#[tokio::test(flavor = "multi_thread")]
async fn reuse_of_a_refresh_cookie_ends_the_session_and_sends_an_email(
    #[values(database::Engine::Sqlite, database::Engine::Postgres)] engine: database::Engine,
    #[case] later: i64,
) {
    let app = app(engine).await;
    let (browser, elsewhere) = (app.browser(), app.browser());
    app.sign_up(&browser, ADA, PASSWORD).await;
    elsewhere.sign_in_with_password(ADA, PASSWORD).await;
    let stolen = browser.cookies();
    app.advance(6 * MINUTES).await;
    assert!(browser.is_signed_in().await);
    app.advance(later).await;
    assert!(browser.is_signed_in().await);
    app.emails().await;
    let thief = same_browser(&app, &stolen);
    let page = thief.get("/dashboard").await;
    assert_eq!((page.status, page.location()), (303, "/login?return_to=%2Fdashboard"));
    assert_eq!((thief.cookie("access_token"), thief.cookie("refresh_token")), (None, None), "{page:?}");
    assert!(!browser.is_signed_in().await, "the whole family ends");
    assert_eq!(browser.forward_auth().await.status, 401);
    assert!(elsewhere.is_signed_in().await, "and no other");
    assert_eq!(app.one_email().await.kind, EmailKind::TokenReused);
    assert!(app.events().await.contains("token  reused"), "{}", app.events().await);
}

/// A copy of the old cookies must not gain the re-authentication; and a concurrent tab with the old cookies must not
/// end the session.
#[rstest]
#[case::fresh_proof("/auth/reauthenticate/password", &[("password", PASSWORD)])]
#[case::password_changed("/settings/password", &[("password", NEW_PASSWORD)])]
#[case::link("", &[])]
#[tokio::test(flavor = "multi_thread")]
async fn cookies_copied_before_a_change_are_rejected(
    #[values(database::Engine::Sqlite, database::Engine::Postgres)] engine: database::Engine,
    #[case] path: &str,
    #[case] fields: &[(&str, &str)],
) {
    let app = app(engine).await;
    let browser = app.browser();
    app.sign_up(&browser, ADA, PASSWORD).await;
    let before = browser.cookies();
    let changed = match path {
        "" => app.link_provider(&browser, "google", "ada").await,
        path => browser.submit(path, fields).await,
    };
    assert_eq!(changed.status, 303, "{changed:?}");
    let (tab, new) = (same_browser(&app, &browser.cookies()), refresh_token(&browser));
    assert!(before.iter().all(|(_, value)| *value != new));
    app.emails().await;

    let old = |app: &App| same_browser(app, &before);
    let page = old(&app).get("/dashboard").await;
    assert_eq!((page.status, page.location(), page.set_cookies().len()), (303, "/login?return_to=%2Fdashboard", 0));
    assert_eq!(old(&app).forward_auth().await.status, 401);
    let taken = old(&app).submit("/settings/password", &[("password", "a thief chooses this one")]).await;
    assert_eq!((taken.status, taken.location()), (303, "/login?return_to=%2Fsettings%2Fpassword"), "{taken:?}");
    // As in a browser that has dropped the expired cookie.
    let thief = old(&app);
    thief.delete_cookie("access_token");
    assert!(!thief.is_signed_in().await);
    let refreshed = thief.request(reqwest::Method::POST, "/api/auth/refresh").header("origin", &app.origin);
    assert_eq!(thief.send(refreshed).await.status, 401);
    assert_eq!(app.emails().await, [], "no reuse yet");

    // The owner and their other tab stay signed in, also after the next refresh.
    assert!(browser.is_signed_in().await && tab.is_signed_in().await);
    assert_eq!((browser.forward_auth().await.status, tab.forward_auth().await.status), (200, 200));
    app.advance(6 * MINUTES).await;
    let next = same_browser(&app, &browser.cookies());
    assert!(browser.is_signed_in().await && next.is_signed_in().await, "also the one whose answer was lost");
    assert_eq!(refresh_token(&browser), refresh_token(&next));

    // By now no honest client sends the old ones.
    assert!(!old(&app).is_signed_in().await);
    assert!(!browser.is_signed_in().await, "the session ends");
    assert_eq!(app.one_email().await.kind, EmailKind::TokenReused);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_after_ninety_days_despite_refreshes() {
    let app = app(database::Engine::Sqlite).await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    for _ in 0..89 {
        app.advance(DAY).await;
        assert!(browser.is_signed_in().await);
    }
    app.advance(DAY - MINUTES).await;
    let page = browser.get("/dashboard").await;
    assert_eq!(page.status, 200);
    let ages: Vec<_> = page.set_cookies().iter().filter_map(|cookie| age_of(cookie)).collect();
    // The clock runs meanwhile.
    let fits = ages.iter().all(|age| (MINUTES - 5..=MINUTES).contains(age));
    assert!(ages.len() == 2 && fits, "neither cookie outlives the session: {page:?}");
    app.advance(MINUTES).await;
    assert!(!browser.is_signed_in().await);
    assert_eq!(browser.forward_auth().await.status, 401);
}

fn age_of(cookie: &str) -> Option<i64> {
    cookie.split("Max-Age=").nth(1)?.split(';').next()?.parse().ok()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_sign_out_takes_effect_at_once(
    #[values(database::Engine::Sqlite, database::Engine::Postgres)] engine: database::Engine,
    #[values(0, 6 * MINUTES)] later: i64,
) {
    let app = app(engine).await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    let jar = browser.cookies();
    app.advance(later).await;
    let out = browser.post("/auth/logout", "").await;
    assert_eq!((out.status, out.location()), (303, "/login?signed_out=1"));
    assert_eq!((browser.cookie("access_token"), browser.cookie("refresh_token")), (None, None), "{out:?}");
    assert_eq!((app.rows().await, app.database.count("refresh_tokens").await), ((1, 1, 0), 0));
    let replayed = same_browser(&app, &jar);
    assert!(!replayed.is_signed_in().await);
    assert_eq!(replayed.forward_auth().await.status, 401);
    assert_eq!(app.emails().await, [], "who leaves is no thief");
    assert_eq!(browser.get("/auth/logout").await.status, 405);
    assert!(app.events().await.contains("signed_out"));
}

/// SE9: each change ends other sessions at once, even with access tokens that have not expired.
#[rstest]
#[case::password_changed("/settings/password", &[("password", NEW_PASSWORD)])]
#[case::others_ended("/settings/sessions/end-others", &[])]
#[tokio::test(flavor = "multi_thread")]
async fn ending_other_sessions_takes_effect_at_once(
    #[values(database::Engine::Sqlite, database::Engine::Postgres)] engine: database::Engine,
    #[case] path: &str,
    #[case] fields: &[(&str, &str)],
) {
    let app = app(engine).await;
    let (browser, elsewhere) = (app.browser(), app.browser());
    app.sign_up(&browser, ADA, PASSWORD).await;
    elsewhere.sign_in_with_password(ADA, PASSWORD).await;
    assert_eq!(elsewhere.forward_auth().await.status, 200);
    assert!(browser.submit(path, fields).await.location().contains("done="));
    assert!(!elsewhere.is_signed_in().await);
    assert_eq!(elsewhere.forward_auth().await.status, 401);
    assert!(browser.is_signed_in().await);
    assert_eq!(browser.forward_auth().await.status, 200);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn resets_and_disabled_users_take_effect_at_once(
    #[values(database::Engine::Sqlite, database::Engine::Postgres)] engine: database::Engine,
) {
    let app = app(engine).await;
    let (browser, elsewhere) = (app.browser(), app.browser());
    app.sign_up(&elsewhere, ADA, PASSWORD).await;
    app.emails().await;
    browser.request_reset(ADA).await;
    browser.reset_password(&token_of(&app.one_email().await), NEW_PASSWORD).await;
    assert!(!elsewhere.is_signed_in().await && browser.is_signed_in().await);
    assert_eq!(elsewhere.forward_auth().await.status, 401);

    app.database.execute("UPDATE users SET disabled_at = 1").await;
    assert!(!browser.is_signed_in().await);
    app.database.execute("UPDATE users SET disabled_at = NULL").await;
    assert!(browser.is_signed_in().await, "the counterpart");
}

/// SE1, with every kind of cookie that an attacker could plant.
#[rstest]
#[case::nonsense("x", "x")]
#[case::empty("", "")]
#[case::another_kind(
    "lkr_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "lkr_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)]
#[case::unsigned("eyJhbGciOiJub25lIn0.e30.", "eyJhbGciOiJub25lIn0.e30.")]
#[tokio::test(flavor = "multi_thread")]
async fn forged_tokens_are_rejected(#[case] access: &str, #[case] refresh: &str) {
    let app = app(database::Engine::Sqlite).await;
    let browser = app.browser();
    browser.set_cookie("access_token", access);
    browser.set_cookie("refresh_token", refresh);
    assert!(!browser.is_signed_in().await);
    assert_eq!(browser.forward_auth().await.status, 401);
    browser.sign_in("ada").await;
    assert_ne!(refresh_token(&browser), refresh);
    assert!(browser.is_signed_in().await);
    assert_eq!(app.rows().await, (1, 1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_sign_in_replaces_the_token_family() {
    let app = app(database::Engine::Sqlite).await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    let before = browser.cookies();
    browser.sign_in("ada").await;
    assert_eq!((app.rows().await, app.database.count("refresh_tokens").await), ((1, 1, 1), 1));
    assert!(!same_browser(&app, &before).is_signed_in().await);
    assert!(browser.is_signed_in().await);
}

/// A mode's cookies open nothing in the other.
#[tokio::test(flavor = "multi_thread")]
async fn cookies_of_the_other_mode_are_ignored() {
    let (tokens, rows) = (app(database::Engine::Sqlite).await, App::builder().start().await);
    for app in [&tokens, &rows] {
        app.browser().sign_in("ada").await;
    }
    let browser = tokens.browser();
    browser.sign_in("ada").await;
    assert_eq!(browser.cookie("session"), None);
    let stranger = rows.browser();
    stranger.replace_cookies(browser.cookies());
    assert!(!stranger.is_signed_in().await);
    assert_eq!(stranger.forward_auth().await.status, 401);
    let browser = rows.browser();
    browser.sign_in("ada").await;
    let stranger = tokens.browser();
    stranger.replace_cookies(browser.cookies());
    assert!(!stranger.is_signed_in().await);
    assert_eq!(stranger.forward_auth().await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_only_database_still_verifies_sessions() {
    let app = app(database::Engine::Sqlite).await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    // Takes the message of the sign-in.
    assert!(browser.is_signed_in().await);
    app.advance(6 * MINUTES).await;
    let rule = "CREATE TRIGGER no_writing BEFORE UPDATE ON sessions BEGIN SELECT RAISE(ABORT, 'read only'); END";
    app.database.execute(rule).await;
    let before = browser.cookies();
    assert!(browser.is_signed_in().await);
    assert_eq!(browser.cookies(), before, "nothing was renewed");
    app.database.execute("DROP TRIGGER no_writing").await;
    assert!(browser.is_signed_in().await);
    assert_ne!(browser.cookies(), before);
}

/// RT13.
#[tokio::test(flavor = "multi_thread")]
async fn tokens_appear_in_no_page_log_or_url() {
    let app = app(database::Engine::Sqlite).await;
    let (browser, from) = (app.browser(), log::length());
    let (mut secrets, mut seen) = (Vec::new(), String::new());
    browser.sign_in("ada").await;
    for path in ["/dashboard", "/settings", "/settings/data.json", "/auth/verify", "/nothing", "/login"] {
        app.advance(6 * MINUTES).await;
        let page = browser.get(path).await;
        seen.push_str(&page.body);
        seen.push_str(page.location());
        for name in ["access_token", "refresh_token"] {
            secrets.push(browser.cookie(name).expect("a token"));
        }
    }
    let old = app.browser();
    old.set_cookie("refresh_token", &secrets[1]);
    old.get("/dashboard").await;
    browser.post("/auth/logout", "").await;
    let (log, events) = (log::since(from), app.events().await);
    for secret in secrets {
        for (place, text) in [("page", &seen), ("log", &log), ("audit trail", &events)] {
            assert!(!text.contains(&secret), "{secret} is in the {place}");
        }
    }
    assert!(!seen.contains("eyJ") && !seen.contains("lkr_"));
}
