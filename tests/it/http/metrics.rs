//! `/metrics`: what it says, and that no request adds a series.

use reqwest::Method;
use rstest::rstest;
use tokio::net::TcpListener;

use super::{
    account::{PASSWORD, WRONG_PASSWORD},
    app::App,
};
use crate::support::database::Engine;

/// A server that measures, and the URL of its metrics.
async fn app(engine: Engine) -> (App, String) {
    let app = App::builder().engine(engine).with("METRICS_ADDR", "127.0.0.1:9").start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}/metrics", listener.local_addr().expect("an address"));
    let router = latchkey::web::metrics_router(&app.state);
    tokio::spawn(async move { axum::serve(listener, router).await });
    (app, url)
}

async fn scrape(url: &str) -> String {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let answer = client.get(url).send().await.expect("an answer");
    assert_eq!(answer.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    answer.text().await.expect("text")
}

fn value(text: &str, series: &str) -> Option<f64> {
    let line = text.lines().find(|line| line.starts_with(&format!("{series} ")))?;
    line.rsplit(' ').next()?.parse().ok()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn sign_ins_requests_and_load_are_measured(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let (app, url) = app(engine).await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    app.sign_up(&app.browser(), "ada@example.com", PASSWORD).await;
    app.browser().try_password("ada@example.com", WRONG_PASSWORD).await;
    app.browser().request_reset("ada@example.com").await;
    let text = scrape(&url).await;
    for (series, expected) in [
        (r#"latchkey_sign_ins_total{outcome="success",provider="google"}"#, 1.0),
        (r#"latchkey_sign_ins_total{outcome="success",provider="password"}"#, 1.0),
        (r#"latchkey_sign_ins_total{outcome="wrong_credentials",provider="password"}"#, 1.0),
        (r#"latchkey_provider_breaker_open{part="tokens",provider="google"}"#, 0.0),
        (
            r#"latchkey_provider_request_duration_seconds_count{outcome="answered",part="tokens",provider="google"}"#,
            1.0,
        ),
        ("latchkey_database_up", 1.0),
        ("latchkey_users", 2.0),
        ("latchkey_sessions", 2.0),
        (r#"latchkey_outbox_rows{kind="email"}"#, 1.0),
        (r#"latchkey_password_hashing{state="running"}"#, 0.0),
    ] {
        assert_eq!(value(&text, series), Some(expected), "{series}: {text}");
    }
    let callbacks =
        r#"latchkey_http_request_duration_seconds_count{method="GET",route="/auth/callback/{provider}",status="3xx"}"#;
    assert!(value(&text, callbacks).is_some_and(|count| count >= 1.0), "{text}");
}

/// A site that is scanned must not fill the memory of its monitoring.
#[tokio::test(flavor = "multi_thread")]
async fn hostile_requests_add_no_series() {
    let (app, url) = app(Engine::Sqlite).await;
    let browser = app.browser();
    let requests = |number: u32| {
        [
            (Method::GET, format!("/auth/{number}")),
            (Method::GET, format!("/auth/callback/{number}?state=x")),
            (Method::GET, format!("/{number}/../..%2f?q={number}")),
            (Method::GET, format!("/auth/verify/{number}")),
            (Method::from_bytes(format!("M{number}").as_bytes()).expect("a method"), "/login".to_owned()),
            (Method::POST, format!("/settings/{number}")),
            (Method::GET, format!("/.well-known/{number}")),
            (Method::GET, format!("/api/{number}")),
        ]
    };
    let send = async |numbers: std::ops::Range<u32>| {
        for (method, path) in numbers.flat_map(requests) {
            browser.send(browser.request(method, &path)).await;
        }
        for number in 0..3 {
            let body = serde_json::json!({ "provider": format!("x{number}"), "id_token": "x", "mode": "token" });
            browser.post_json("/api/auth", &body).await;
        }
    };
    let series = |text: &str| text.lines().filter(|line| !line.starts_with('#')).count();
    send(0..3).await;
    let before = series(&scrape(&url).await);
    send(100..200).await;
    assert_eq!(series(&scrape(&url).await), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_listener_has_no_metrics() {
    let (app, _) = app(Engine::Sqlite).await;
    assert_eq!(app.browser().get("/metrics").await.status, 404);
}
