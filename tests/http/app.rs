//! Latchkey and its sandbox, each on a free port, for one test.

use std::sync::Arc;

use latchkey::{
    config::{Config, Environment},
    relying_party::Clock,
    sandbox::{GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET, Sandbox, Settings},
    store::Database,
    web::{self, AppState, serve},
};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::{
    browser::Browser,
    support::database::{Engine, TestDatabase},
};

const KEY: &str = "bGV0IHRoaXMgYmUgYSBrZXkgb2YgMzIgYnl0ZXMgb3IgbW9yZQ==";

/// A running Latchkey with the sandbox as its Google. Ends when dropped.
pub struct App {
    pub origin: String,
    pub database: TestDatabase,
    pub store: Arc<Database>,
    pub sandbox: Sandbox,
    pub clock: Clock,
    http: reqwest::Client,
    _stop: DropGuard,
}

impl App {
    /// Starts it on an empty database.
    pub async fn start(engine: Engine) -> Self {
        Self::start_with(engine, &[]).await
    }

    /// Starts it with more, or other, settings.
    pub async fn start_with(engine: Engine, settings: &[(&str, &str)]) -> Self {
        let sandbox = Sandbox::start(Settings::default()).await.expect("the sandbox starts");
        let database = TestDatabase::empty(engine).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let origin = format!("http://localhost:{}", listener.local_addr().expect("an address").port());
        let issuer = sandbox.google_issuer();
        let defaults = [
            ("BASE_URL", origin.as_str()),
            ("SECRET_KEY", KEY),
            ("DATABASE_URL", database.url.as_str()),
            ("RATE_LIMITS", "off"),
            ("GOOGLE_CLIENT_ID", GOOGLE_CLIENT_ID),
            ("GOOGLE_CLIENT_SECRET", GOOGLE_CLIENT_SECRET),
            ("GOOGLE_ISSUER", issuer.as_str()),
        ];
        let environment: Environment = defaults.into_iter().chain(settings.iter().copied()).collect();
        let config = Config::parse(&environment).expect("the settings are right");

        let store = Arc::new(database.open().await);
        let clock = Clock::default();
        let state = AppState::new(&config, store.clone(), clock.clone(), None).expect("a state");
        let router = web::router(&state).expect("a router");
        let stop = CancellationToken::new();
        tokio::spawn(serve::serve(listener, router, stop.clone()));
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        Self { origin, database, store, sandbox, clock, http, _stop: stop.drop_guard() }
    }

    /// A browser that has never been here.
    pub fn browser(&self) -> Browser {
        Browser::new(&self.origin, self.sandbox.origin())
    }

    /// Tells the sandbox something: `POST /control/{path}`.
    pub async fn tell_sandbox(&self, path: &str, order: Value) -> Value {
        let url = format!("{}/control/{path}", self.sandbox.origin());
        let answer = self.http.post(url).json(&order).send().await.expect("the sandbox answers");
        let status = answer.status();
        let body = answer.text().await.expect("a body");
        assert!(status.is_success(), "the sandbox refused {path}: {body}");
        serde_json::from_str(&body).unwrap_or(Value::Null)
    }

    /// Lets the sandbox misbehave by one of its presets until told otherwise.
    pub async fn preset(&self, preset: &str) {
        self.tell_sandbox("google/presets", json!({ "preset": preset })).await;
    }

    /// Honest again, nothing in the log.
    pub async fn reset_sandbox(&self) {
        self.tell_sandbox("reset", json!({})).await;
    }

    /// How often one of the sandbox's endpoints was asked since the last reset.
    pub async fn asked(&self, endpoint: &str) -> u64 {
        let url = format!("{}/control/requests?endpoint={endpoint}", self.sandbox.origin());
        let answer = self.http.get(url).send().await.expect("the sandbox answers");
        let text = answer.text().await.expect("a body");
        let log: Value = serde_json::from_str(&text).expect("JSON");
        log["count"].as_u64().expect("a count")
    }

    /// Rows of users, identities and sessions: what a refusal must not change.
    pub async fn rows(&self) -> (i64, i64, i64) {
        (
            self.database.count("users").await,
            self.database.count("identities").await,
            self.database.count("sessions").await,
        )
    }
}
