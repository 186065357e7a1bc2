//! Outages of the provider and of the database.

use std::time::{Duration, Instant};

use rstest::rstest;
use serde_json::json;

use super::{app::App, browser::parameter, refusal::assert_rejected};
use crate::support::database::Engine;

#[tokio::test(flavor = "multi_thread")]
async fn an_unavailable_provider_is_reported_and_pages_still_work() {
    // Nothing listens on a port that was released.
    let port =
        std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port();
    let issuer = format!("http://localhost:{port}/google");
    let app = App::builder().with("GOOGLE_ISSUER", &issuer).start().await;
    let browser = app.browser();
    for _ in 0..15 {
        let page = browser.get("/auth/google").await;
        assert_eq!((page.status, page.location()), (303, "/login?error=provider_unavailable&provider=google"));
        assert!(page.set_cookies().is_empty());
    }
    let login = browser.get("/login?error=provider_unavailable&provider=google").await;
    assert_eq!(login.status, 200);
    assert!(login.body.contains("Google isn't responding right now. You can still try."), "{}", login.body);
    assert_eq!(browser.get("/readyz").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_failures_open_the_breaker_for_a_pause() {
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.sign_in("grace").await;
    let pending = browser.callback_url("ada", "/auth/google").await;
    app.control_sandbox("google/presets", json!({ "preset": "token_503" })).await;
    for _ in 0..10 {
        assert_eq!(error(&app).await, "provider_unavailable");
    }
    let asked = app.requested_endpoints().await.len();
    let page = app.browser().get("/auth/google").await;
    assert_eq!(page.location(), "/login?error=provider_unavailable&provider=google");
    // A response for a flow that has started is not sent either.
    assert_rejected(&app, &browser, &pending, "provider_unavailable", &[]).await;
    assert_eq!(app.requested_endpoints().await.len(), asked);
    assert_eq!(browser.get("/readyz").await.status, 200);
    assert!(app.browser().get("/login").await.body.contains("You can still try."));

    app.advance(20).await;
    assert_eq!(error(&app).await, "provider_unavailable", "one try, which fails");
    assert_eq!(app.browser().get("/auth/google").await.location(), "/login?error=provider_unavailable&provider=google");
    app.advance(20).await;
    app.control_sandbox("google/behave", json!({})).await;
    app.browser().sign_in("ada").await;
    app.browser().sign_in("ada").await;
    assert!(!app.browser().get("/login").await.body.contains("You can still try."));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejection_by_the_provider_does_not_open_the_breaker() {
    let app = App::builder().start().await;
    app.control_sandbox("google/presets", json!({ "preset": "token_invalid_grant" })).await;
    for _ in 0..12 {
        assert_eq!(error(&app).await, "provider_refused");
    }
    app.control_sandbox("google/behave", json!({})).await;
    app.browser().sign_in("ada").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_unavailable_provider_does_not_affect_another() {
    let app = App::builder().other_provider().start().await;
    app.browser().sign_in("ada").await;
    app.control_sandbox("google/presets", json!({ "preset": "token_500" })).await;
    for _ in 0..11 {
        app.browser().get("/auth/google").await;
        let page = app.browser().get("/auth/google").await;
        if page.location().starts_with("/login") {
            break;
        }
        assert_eq!(error(&app).await, "provider_unavailable");
    }
    assert!(app.browser().get("/auth/google").await.location().starts_with("/login?error=provider_unavailable"));
    let browser = app.browser();
    let callback = browser.callback_url("grace", "/auth/other").await;
    assert_eq!(browser.get(&callback).await.location(), "/dashboard");
}

/// The whole life of an outage at one provider, and the others: errors, the button, recovery.
#[tokio::test(flavor = "multi_thread")]
async fn the_button_marks_an_unavailable_provider_until_it_recovers() {
    let app = App::builder().providers().start().await;
    let says_so = async |label: &str| {
        let login = app.browser().get("/login").await.body;
        login.contains(&format!("{label} isn't responding right now. You can still try."))
    };
    let error_of = async |slug: &str| {
        let browser = app.browser();
        let callback = browser.callback_url("nomail", &format!("/auth/{slug}")).await;
        parameter(browser.get(&callback).await.location(), "error")
    };
    let down = json!({ "endpoint": "userinfo", "fault": { "kind": "status", "status": 503 } });
    app.control_sandbox("github/faults", down).await;
    for failure in 1..=10 {
        assert!(!says_so("GitHub").await, "after {failure} failures less one");
        assert_eq!(error_of("github").await, "provider_unavailable");
    }
    assert!(says_so("GitHub").await);
    let asked = app.requested_endpoints().await.len();
    let turned_away = app.browser().get("/auth/github").await;
    assert_eq!(turned_away.location(), "/login?error=provider_unavailable&provider=github");
    assert_eq!(app.requested_endpoints().await.len(), asked, "it is left alone");
    for (slug, label) in [("google", "Google"), ("discord", "Discord"), ("gitlab", "GitLab"), ("x", "X")] {
        assert!(!says_so(label).await);
        assert_eq!(error_of(slug).await, "", "{slug} works");
    }

    // After twenty seconds one attempt is allowed; it fails, and the breaker opens again.
    app.advance(20).await;
    assert!(says_so("GitHub").await, "no attempt has succeeded yet");
    assert_eq!(error_of("github").await, "provider_unavailable");
    assert!(says_so("GitHub").await);
    assert_eq!(app.browser().get("/auth/github").await.location(), turned_away.location());

    app.control_sandbox("github/behave", json!({})).await;
    app.advance(20).await;
    assert_eq!(error_of("github").await, "", "the first one who tries gets in");
    assert!(!says_so("GitHub").await);
    assert_eq!(error_of("github").await, "");
}

/// Concurrency, and not time, shows that requests are independent.
#[tokio::test(flavor = "multi_thread")]
async fn a_hanging_provider_delays_no_other_request() {
    let app = App::builder().providers().start().await;
    app.browser().sign_in("nomail").await;
    let hang = json!({ "endpoint": "token", "fault": { "kind": "hang" } });
    app.control_sandbox("github/faults", hang).await;
    let mut waiting = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let browser = app.browser();
        let callback = browser.callback_url("ada", "/auth/github").await;
        waiting.spawn(async move { browser.get(&callback).await });
    }
    code_sent(&app, 21).await;
    let others = async {
        for slug in ["google", "discord", "gitlab", "x"] {
            let browser = app.browser();
            let callback = browser.callback_url("nomail", &format!("/auth/{slug}")).await;
            assert_eq!(browser.get(&callback).await.location(), "/dashboard", "{slug}");
            assert_eq!(app.browser().get("/login").await.status, 200);
        }
    };
    tokio::select! {
        biased;
        early = waiting.join_next() => panic!("GitHub has answered: {early:?}"),
        () = others => {}
    }
    waiting.abort_all();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_says_what_is_wrong_at_the_provider() {
    for (fault, code) in [
        (json!({ "kind": "status", "status": 500 }), "provider_unavailable"),
        (json!({ "kind": "answer", "body": "<!doctype html>" }), "provider_unusable"),
        (
            json!({ "kind": "patch", "set": { "id_token_signing_alg_values_supported": ["none"] } }),
            "site_misconfigured",
        ),
    ] {
        let app = App::builder().other_provider().start().await;
        let browser = app.browser();
        app.sign_in_with_provider(&browser, "other", "ada").await;
        app.fail_once("discovery", fault).await;
        let page = browser.submit("/settings/link", &[("provider", "google")]).await;
        assert_eq!(parameter(page.location(), "error"), code, "{page:?}");
        let is_silent = browser.get(page.location()).await.body.contains("isn't responding");
        assert_eq!(is_silent, code == "provider_unavailable");
        let again = browser.submit("/settings/link", &[("provider", "google")]).await;
        assert!(again.location().contains("code_challenge="), "{again:?}");
    }
}

/// The only test that waits in real time: ten seconds for the whole exchange, to its last byte.
#[tokio::test(flavor = "multi_thread")]
async fn a_hanging_or_dripping_provider_times_out_after_ten_seconds() {
    let app = App::builder().start().await;
    let (first, second) = (app.browser(), app.browser());
    first.sign_in("plain").await;
    let order = |preset: &str, person: &str| json!({ "preset": preset, "person": person, "times": 1 });
    app.control_sandbox("google/presets", order("token_hang", "ada")).await;
    app.control_sandbox("google/presets", order("token_drip", "grace")).await;
    let hanging = first.callback_url("ada", "/auth/google").await;
    let dripping = second.callback_url("grace", "/auth/google").await;
    let started = Instant::now();
    let (hung, dripped) = tokio::join!(first.get(&hanging), second.get(&dripping));
    // Not earlier; the responses show that it ends at all.
    assert!(started.elapsed().as_secs() >= 9, "{:?}", started.elapsed());
    for page in [hung, dripped] {
        assert_eq!(parameter(page.location(), "error"), "provider_unavailable");
    }
    let last = second.get("/inspect/last").await.location().to_owned();
    assert!(second.get(&last).await.body.contains("Stopped at: Answer in time<"));
    assert_eq!(app.database.count("users").await, 1);
    first.sign_in("ada").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_continues_when_the_browser_disconnects() {
    let app = App::builder().start().await;
    let browser = app.browser();
    browser.sign_in("grace").await;
    app.fail_once("token", json!({ "kind": "slow", "delay_ms": 500 })).await;
    let callback = browser.callback_url("ada", "/auth/google").await;
    // Once the code was sent, the request's future is dropped with its connection.
    tokio::select! {
        page = browser.get(&callback) => panic!("it did not go away: {page:?}"),
        () = code_sent(&app, 2) => {}
    }
    let deadline = Instant::now() + Duration::from_secs(10);
    while app.database.count("users").await < 2 {
        assert!(Instant::now() < deadline, "the sign-in was lost half way");
        tokio::task::yield_now().await;
    }
    assert_eq!(token_requests(&app).await, 2);
}

async fn code_sent(app: &App, times: usize) {
    while token_requests(app).await < times {
        tokio::task::yield_now().await;
    }
}

async fn token_requests(app: &App) -> usize {
    app.requested_endpoints().await.iter().filter(|endpoint| *endpoint == "token").count()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_unavailable_database_is_not_a_signed_out_browser(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::builder().engine(engine).start().await;
    let (browser, other) = (app.browser(), app.browser());
    browser.sign_in("ada").await;
    let callback = other.callback_url("grace", "/auth/google").await;
    let (jar, flows) = (browser.cookies(), other.cookies());
    let asked = app.requested_endpoints().await.len();
    app.store.close().await;

    for path in ["/dashboard", "/", "/login", "/login?error=cancelled"] {
        let page = browser.get(path).await;
        assert_eq!(page.status, 503, "{path}: {page:?}");
        assert!(page.body.contains("Service temporarily unavailable"), "{path}: {}", page.body);
        assert!(page.set_cookies().is_empty() && page.location().is_empty(), "{path}: {page:?}");
    }
    let out = browser.post("/auth/logout", "").await;
    assert_eq!((out.status, out.location()), (503, ""), "{out:?}");
    let outcome = other.get(&callback).await;
    assert_eq!((outcome.status, outcome.location()), (503, ""), "{outcome:?}");
    assert_eq!(outcome.header("referrer-policy"), "no-referrer");
    assert_eq!((browser.cookies(), other.cookies()), (jar, flows), "no cookie was taken away");
    assert_eq!(app.requested_endpoints().await.len(), asked, "the code was not sent");
    assert_eq!(browser.get("/healthz").await.status, 200);
    let ready = browser.get("/readyz").await;
    assert_eq!((ready.status, ready.body.as_str()), (503, "the database does not answer\n"));
    // Requests that need no row are served.
    assert_eq!(other.get("/login").await.status, 200);
}

/// A missing table stands for a database that fails between two statements.
#[rstest]
#[case("used_flows", 0, (0, 0, 0))]
#[case("users", 1, (-1, 0, 0))]
#[case("identities", 1, (0, -1, 0))]
#[case("events", 1, (0, 0, 0))]
#[case("sessions", 1, (0, 0, -1))]
#[tokio::test(flavor = "multi_thread")]
async fn a_database_error_rolls_everything_back(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[case] table: &str,
    #[case] sent: usize,
    #[case] rows: (i64, i64, i64),
) {
    let app = App::builder().engine(engine).start().await;
    let browser = app.browser();
    let callback = browser.callback_url("ada", "/auth/google").await;
    app.database.execute(&format!("ALTER TABLE {table} RENAME TO away")).await;
    let page = browser.get(&callback).await;
    let outcome = (page.status, parameter(page.location(), "error"));
    assert!(outcome == (303, "server_error".to_owned()) || outcome == (503, String::new()), "{page:?}");
    assert_eq!(browser.session(), None);
    for (table, count) in [("users", rows.0), ("identities", rows.1), ("sessions", rows.2)] {
        if count >= 0 {
            assert_eq!(app.database.count(table).await, count, "{table}");
        }
    }
    app.database.execute(&format!("ALTER TABLE away RENAME TO {table}")).await;
    // Nothing is sent again, and a new attempt signs in, once.
    browser.get(&callback).await;
    assert_eq!(token_requests(&app).await, sent);
    browser.sign_in("ada").await;
    assert_eq!(app.rows().await, (1, 1, 1));
}

async fn error(app: &App) -> String {
    let page = app.browser().try_sign_in("ada").await;
    parameter(page.location(), "error")
}
