//! Latchkey and its sandbox, each on a free port, for one test.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use latchkey::{
    accounts::EmailMessage,
    config::{Config, Environment},
    grants::Grants,
    mail::SmtpTransport,
    relying_party::Clock,
    sealing::Sealer,
    sessions::FormOwners,
    store::Database,
    tokens::Tokens,
    web::{self, AppState, Mail, serve},
};
use latchkey_sandbox::{GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET, Sandbox, Settings};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::{
    sync::{CancellationToken, DropGuard},
    task::TaskTracker,
};

use super::{browser::Browser, log, owners::Owners};
use crate::support::database::{Engine, TestDatabase};

const KEY: &str = "bGV0IHRoaXMgYmUgYSBrZXkgb2YgMzIgYnl0ZXMgb3IgbW9yZQ==";

/// Letters stay in the queue, where [`App::emails`] reads them: who delivers them has tests of their own.
fn mail() -> Mail {
    Mail::new(SmtpTransport::smtp(&"smtp://127.0.0.1:9".into(), "Latchkey <no-reply@app.example>").expect("a post"))
}

/// Where Latchkey runs, and what is set for all of its tests there.
#[derive(Clone, Copy, Debug)]
pub struct Stage {
    pub engine: Engine,
    pub settings: &'static [(&'static str, &'static str)],
}

impl Stage {
    /// An engine, and a `SESSION_MODE`.
    pub fn of(engine: Engine, mode: &str) -> Self {
        Self { engine, settings: if mode == "jwt" { &[("SESSION_MODE", "jwt")] } else { &[] } }
    }
}

impl From<Engine> for Stage {
    fn from(engine: Engine) -> Self {
        Self { engine, settings: &[] }
    }
}

/// A running Latchkey with the sandbox as its Google. Ends when dropped.
pub struct App {
    pub origin: String,
    pub database: Arc<TestDatabase>,
    pub store: Arc<Database>,
    pub sandbox: Sandbox,
    /// A second provider's, where the test asked for one: `/auth/other`.
    pub other: Option<Sandbox>,
    /// What people let us see. Nobody empties its queue of revocations but [`App::revoke_due`].
    pub grants: Grants,
    /// What outlives its request.
    pub tasks: TaskTracker,
    pub supervisor: web::Supervisor,
    config: Config,
    clock: Clock,
    advanced: AtomicI64,
    http: reqwest::Client,
    _stop: DropGuard,
}

impl App {
    /// Starts it on an empty database.
    pub async fn start(engine: impl Into<Stage>) -> Self {
        Self::start_with(engine, &[]).await
    }

    /// Starts it with more, or other, settings.
    pub async fn start_with(engine: impl Into<Stage>, settings: &[(&str, &str)]) -> Self {
        Self::start_beside(engine, settings, None).await
    }

    /// Starts it with a second provider, `other`: a sandbox with people and keys of its own, found by discovery.
    pub async fn start_with_other(engine: impl Into<Stage>) -> Self {
        let other = Sandbox::start(Settings::default()).await.expect("another sandbox starts");
        let issuer = other.google_issuer();
        let settings = [
            ("OIDC_OTHER_ISSUER", issuer.as_str()),
            ("OIDC_OTHER_CLIENT_ID", GOOGLE_CLIENT_ID),
            ("OIDC_OTHER_CLIENT_SECRET", GOOGLE_CLIENT_SECRET),
            ("OIDC_OTHER_LABEL", "Other"),
        ];
        let app = Self::start_beside(engine, &settings, Some(other)).await;
        // Sandboxes of one process begin with one key.
        app.tell_other("google/keys", json!({ "action": "rotate" })).await;
        app.tell_other("google/keys", json!({ "action": "withdraw_old" })).await;
        app
    }

    /// Starts it with every provider that the sandbox plays.
    pub async fn start_with_providers(engine: impl Into<Stage>) -> Self {
        Self::start_with_providers_and(engine, &[]).await
    }

    /// The same with more settings.
    pub async fn start_with_providers_and(engine: impl Into<Stage>, settings: &[(&str, &str)]) -> Self {
        let sandbox = Sandbox::start(Settings::default()).await.expect("the sandbox starts");
        let played = sandbox.variables().to_vec();
        let played = played.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let settings: Vec<(&str, &str)> = played.chain(settings.iter().copied()).collect();
        Self::start_at(engine, &settings, sandbox, None, Some(mail())).await
    }

    /// Starts it where no letters can be sent.
    pub async fn start_without_mail(engine: impl Into<Stage>) -> Self {
        let sandbox = Sandbox::start(Settings::default()).await.expect("the sandbox starts");
        Self::start_at(engine, &[], sandbox, None, None).await
    }

    async fn start_beside(engine: impl Into<Stage>, settings: &[(&str, &str)], other: Option<Sandbox>) -> Self {
        let sandbox = Sandbox::start(Settings::default()).await.expect("the sandbox starts");
        Self::start_at(engine, settings, sandbox, other, Some(mail())).await
    }

    async fn start_at(
        stage: impl Into<Stage>,
        settings: &[(&str, &str)],
        sandbox: Sandbox,
        other: Option<Sandbox>,
        mail: Option<Mail>,
    ) -> Self {
        log::keep();
        let stage = stage.into();
        let database = Arc::new(TestDatabase::empty(stage.engine).await);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let origin = format!("http://localhost:{}", listener.local_addr().expect("an address").port());
        let (issuer, api) = (sandbox.google_issuer(), sandbox.google_api_url());
        let defaults = [
            ("BASE_URL", origin.as_str()),
            ("SECRET_KEY", KEY),
            ("DATABASE_URL", database.url.as_str()),
            ("RATE_LIMITS", "off"),
            ("GOOGLE_CLIENT_ID", GOOGLE_CLIENT_ID),
            ("GOOGLE_CLIENT_SECRET", GOOGLE_CLIENT_SECRET),
            ("GOOGLE_ISSUER", issuer.as_str()),
            ("GOOGLE_API_URL", api.as_str()),
        ];
        let environment: Environment =
            defaults.into_iter().chain(stage.settings.iter().copied()).chain(settings.iter().copied()).collect();
        let config = Config::parse(&environment).expect("the settings are right");

        let store = Arc::new(database.open().await);
        store.claim_alone();
        let clock = Clock::default();
        let state = AppState::new(&config, store.clone(), clock.clone(), mail, None).expect("a state");
        let router = web::router(&state).expect("a router");
        let stop = CancellationToken::new();
        tokio::spawn(serve::serve(listener, router, state.trusted_proxies.clone(), stop.clone()));
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client");
        Self {
            origin,
            database,
            store,
            sandbox,
            other,
            grants: state.grants.clone(),
            tasks: state.tasks.clone(),
            supervisor: state.supervisor.clone(),
            config,
            clock,
            advanced: AtomicI64::new(0),
            http,
            _stop: stop.drop_guard(),
        }
    }

    /// A second machine on the same database, with these keys, the newest first, for what is sealed there.
    pub async fn machine(&self, keys: &[[u8; 32]]) -> AppState {
        let sealer = Sealer::new(keys.iter().map(|key| key.as_slice()), "database").expect("a key");
        let store = Database::connect(&self.database.url, sealer).await.expect("connects");
        AppState::new(&self.config, Arc::new(store), self.clock.clone(), Some(mail()), None).expect("a state")
    }

    /// A browser that has never been here.
    pub fn browser(&self) -> Browser {
        Browser::new(&self.http, &self.origin, self.owners())
    }

    /// Says whose account the forms of a browser are drawn for.
    pub fn owners(&self) -> Owners {
        let owners = FormOwners::new(self.config.secret_keys.iter()).expect("a key");
        Owners { database: self.database.clone(), owners }
    }

    /// The time here.
    pub fn now(&self) -> time::OffsetDateTime {
        self.clock.date()
    }

    /// Our tokens, as another machine of ours would issue them.
    pub fn tokens(&self) -> Tokens {
        Tokens::new(self.store.clone(), &self.origin, None, self.clock.clone())
    }

    /// Lets time pass, here and at the providers alike.
    pub async fn advance(&self, seconds: i64) {
        let total = self.advanced.fetch_add(seconds, Ordering::SeqCst) + seconds;
        self.clock.advance(seconds);
        self.tell_sandbox("clock", json!({ "offset_seconds": total })).await;
        if self.other.is_some() {
            self.tell_other("clock", json!({ "offset_seconds": total })).await;
        }
    }

    /// Tells the sandbox something: `POST /control/{path}`.
    pub async fn tell_sandbox(&self, path: &str, order: Value) -> Value {
        self.tell(self.sandbox.origin(), path, order).await
    }

    /// Tells the second provider something.
    pub async fn tell_other(&self, path: &str, order: Value) -> Value {
        self.tell(self.other().origin(), path, order).await
    }

    async fn tell(&self, origin: &str, path: &str, order: Value) -> Value {
        let request = self.http.post(format!("{origin}/control/{path}")).header("content-type", "application/json");
        let answer = request.body(order.to_string()).send().await.expect("the sandbox answers");
        let status = answer.status();
        let body = answer.text().await.expect("a body");
        assert!(status.is_success(), "the sandbox refused {path}: {body}");
        serde_json::from_str(&body).unwrap_or(Value::Null)
    }

    /// Lets the sandbox misbehave once, by one of its presets.
    pub async fn preset(&self, preset: &str) {
        self.tell_sandbox("google/presets", json!({ "preset": preset, "times": 1 })).await;
    }

    /// Lets an endpoint of the sandbox misbehave once.
    pub async fn error(&self, endpoint: &str, error: Value) {
        self.tell_sandbox("google/faults", json!({ "endpoint": endpoint, "fault": error, "times": 1 })).await;
    }

    /// The names of the presets of one group.
    pub async fn presets(&self, group: &str) -> Vec<String> {
        let url = format!("{}/control/presets", self.sandbox.origin());
        let answer = self.http.get(url).send().await.expect("the sandbox answers");
        let presets: Value = serde_json::from_str(&answer.text().await.expect("a body")).expect("JSON");
        let presets = presets.as_array().expect("a list").iter();
        let presets = presets.filter(|preset| preset["group"] == group);
        presets.map(|preset| preset["name"].as_str().expect("a name").to_owned()).collect()
    }

    /// The endpoints that Latchkey has asked so far, at the sandbox and at the second provider, in their order.
    pub async fn asked(&self) -> Vec<String> {
        let mut asked = self.asked_at(self.sandbox.origin()).await;
        if let Some(other) = &self.other {
            asked.extend(self.asked_at(other.origin()).await.into_iter().map(|endpoint| format!("other {endpoint}")));
        }
        asked
    }

    async fn asked_at(&self, origin: &str) -> Vec<String> {
        let requests = self.requests(origin).await;
        let endpoints = requests.iter().map(|request| request["endpoint"].as_str().expect("a name").to_owned());
        endpoints.filter(|endpoint| !matches!(endpoint.as_str(), "page" | "authorize")).collect()
    }

    /// The log of a sandbox.
    pub async fn requests(&self, origin: &str) -> Vec<Value> {
        let url = format!("{origin}/control/requests");
        let answer = self.http.get(url).send().await.expect("the sandbox answers");
        let log: Value = serde_json::from_str(&answer.text().await.expect("a body")).expect("JSON");
        log["requests"].as_array().expect("a list").clone()
    }

    /// The letters that were queued since the last look, the oldest first; they count as delivered.
    pub async fn emails(&self) -> Vec<EmailMessage> {
        let (now, lease) = (self.clock.date(), std::time::Duration::from_secs(60));
        let queued = self.store.take_due_emails(now, lease, 1000).await.expect("a queue");
        for message in &queued {
            self.store.email_delivered(message.id).await.expect("delivered");
        }
        queued.into_iter().map(|queued| queued.message).collect()
    }

    /// The one letter that was queued since the last look.
    pub async fn message(&self) -> EmailMessage {
        let mut emails = self.emails().await;
        assert_eq!(emails.len(), 1, "{emails:?}");
        emails.remove(0)
    }

    /// Rows of users, identities and sessions: what a refusal must not change.
    pub async fn rows(&self) -> (i64, i64, i64) {
        (
            self.database.count("users").await,
            self.database.count("identities").await,
            self.database.count("sessions").await,
        )
    }

    /// Everything that the audit trail says, in one text.
    pub async fn events(&self) -> String {
        self.database
            .text(
                "SELECT COALESCE(string_agg(kind || ' ' || COALESCE(provider, '') || ' ' || outcome || ' ' || reasons \
                 || ' ' || COALESCE(user_agent, ''), '; '), '') FROM events",
            )
            .await
    }

    fn other(&self) -> &Sandbox {
        self.other.as_ref().expect("the test asked for a second provider")
    }
}
