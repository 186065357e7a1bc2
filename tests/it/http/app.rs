//! The server and its sandbox, each on a free port, for one test.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use latchkey::{
    accounts::{EmailKind, EmailMessage},
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

/// The server's `SECRET_KEY`.
pub const KEY: &str = "bGV0IHRoaXMgYmUgYSBrZXkgb2YgMzIgYnl0ZXMgb3IgbW9yZQ==";

/// Emails stay in the queue, where [`App::emails`] reads them: delivery has its own tests.
fn mail() -> Mail {
    let transport = SmtpTransport::smtp(&"smtp://127.0.0.1:9".into(), "Latchkey <no-reply@app.example>");
    Mail::new(transport.expect("a transport"))
}

/// How to start an [`App`]: by default on SQLite, with Google alone and with mail.
pub struct AppBuilder {
    engine: Engine,
    settings: Vec<(String, String)>,
    has_all_providers: bool,
    has_other_provider: bool,
    generic: Option<Vec<(String, String)>>,
    has_mail: bool,
}

impl AppBuilder {
    pub fn engine(self, engine: Engine) -> Self {
        Self { engine, ..self }
    }

    /// `SESSION_MODE`: `server` or `jwt`.
    pub fn mode(self, mode: &str) -> Self {
        if mode == "jwt" { self.with("SESSION_MODE", "jwt") } else { self }
    }

    /// Sets a variable of the environment. The last value wins.
    pub fn with(mut self, variable: &str, value: &str) -> Self {
        self.settings.push((variable.to_owned(), value.to_owned()));
        self
    }

    pub fn settings(self, settings: &[(&str, &str)]) -> Self {
        settings.iter().fold(self, |builder, (variable, value)| builder.with(variable, value))
    }

    /// Configures every provider of the sandbox.
    pub fn providers(self) -> Self {
        Self { has_all_providers: true, ..self }
    }

    /// Configures a second OpenID provider, `other`: a sandbox with its own people and keys, found by discovery.
    pub fn other_provider(self) -> Self {
        Self { has_other_provider: true, ..self }
    }

    /// Configures the sandbox's generic provider as `work`, with these variables of `OIDC_WORK` beside issuer and client.
    pub fn generic(self, variables: &[(&str, &str)]) -> Self {
        let own = variables.iter().map(|(name, value)| (format!("OIDC_WORK_{name}"), (*value).to_owned()));
        Self { generic: Some(own.collect()), ..self }
    }

    pub fn without_mail(self) -> Self {
        Self { has_mail: false, ..self }
    }

    /// Starts it on an empty database.
    pub async fn start(self) -> App {
        log::keep();
        let sandbox = Sandbox::start(Settings::default()).await.expect("the sandbox starts");
        let other = match self.has_other_provider {
            true => Some(Sandbox::start(Settings::default()).await.expect("another sandbox starts")),
            false => None,
        };
        let database = Arc::new(TestDatabase::empty(self.engine).await);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let origin = format!("http://localhost:{}", listener.local_addr().expect("an address").port());
        let config = self.config(&origin, &database.url, &sandbox, other.as_ref());

        let store = Arc::new(database.open_with_limit(config.database_pool).await);
        store.claim_alone();
        let clock = Clock::default();
        let mail = self.has_mail.then(mail);
        let state = AppState::new(&config, store.clone(), clock.clone(), mail, None).expect("a state");
        let router = web::router(&state).expect("a router");
        let stop = CancellationToken::new();
        tokio::spawn(serve::serve(listener, router, state.forwarded_by.proxies.clone(), stop.clone()));
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client");
        let app = App {
            origin,
            database,
            store,
            sandbox,
            other,
            grants: state.grants.clone(),
            state: state.clone(),
            tasks: state.tasks.clone(),
            supervisor: state.supervisor.clone(),
            config,
            clock,
            advanced: AtomicI64::new(0),
            http,
            _stop: stop.drop_guard(),
        };
        if app.other.is_some() {
            // The sandboxes of one process start with the same key.
            app.control_other("google/keys", json!({ "action": "rotate" })).await;
            app.control_other("google/keys", json!({ "action": "withdraw_old" })).await;
        }
        app
    }

    fn config(&self, origin: &str, database: &str, sandbox: &Sandbox, other: Option<&Sandbox>) -> Config {
        let (issuer, api) = (sandbox.google_issuer(), sandbox.google_api_url());
        let defaults = [
            ("BASE_URL", origin),
            ("SECRET_KEY", KEY),
            ("DATABASE_URL", database),
            ("RATE_LIMITS", "off"),
            ("GOOGLE_CLIENT_ID", GOOGLE_CLIENT_ID),
            ("GOOGLE_CLIENT_SECRET", GOOGLE_CLIENT_SECRET),
            ("GOOGLE_ISSUER", issuer.as_str()),
            ("GOOGLE_API_URL", api.as_str()),
        ];
        let work_issuer = format!("{}/oidc", sandbox.origin());
        let other_issuer = other.map(Sandbox::google_issuer);
        let second = other_issuer.iter().flat_map(|issuer| {
            [
                ("OIDC_OTHER_ISSUER", issuer.as_str()),
                ("OIDC_OTHER_CLIENT_ID", GOOGLE_CLIENT_ID),
                ("OIDC_OTHER_CLIENT_SECRET", GOOGLE_CLIENT_SECRET),
                ("OIDC_OTHER_LABEL", "Other"),
            ]
        });
        let providers = sandbox.variables().iter().filter(|_| self.has_all_providers);
        let providers = providers.map(|(variable, value)| (variable.as_str(), value.as_str()));
        let work = self.generic.iter().flat_map(|variables| {
            let client = [("OIDC_WORK_ISSUER", work_issuer.as_str()), ("OIDC_WORK_CLIENT_ID", "sandbox-oidc")];
            client.into_iter().chain(variables.iter().map(|(variable, value)| (variable.as_str(), value.as_str())))
        });
        let settings = self.settings.iter().map(|(variable, value)| (variable.as_str(), value.as_str()));
        let environment: Environment =
            defaults.into_iter().chain(second).chain(providers).chain(work).chain(settings).collect();
        Config::parse(&environment).expect("the settings are right")
    }
}

/// A running server with the sandbox as its Google. Stops when dropped.
pub struct App {
    pub origin: String,
    pub database: Arc<TestDatabase>,
    pub store: Arc<Database>,
    pub sandbox: Sandbox,
    /// The provider behind `/auth/other`, see [`AppBuilder::other_provider`].
    pub other: Option<Sandbox>,
    /// Queued revocations run only in [`App::revoke_due`].
    pub grants: Grants,
    pub state: AppState,
    /// Tasks that outlive their request.
    pub tasks: TaskTracker,
    pub supervisor: web::Supervisor,
    config: Config,
    clock: Clock,
    advanced: AtomicI64,
    http: reqwest::Client,
    _stop: DropGuard,
}

impl App {
    pub fn builder() -> AppBuilder {
        AppBuilder {
            engine: Engine::Sqlite,
            settings: Vec::new(),
            has_all_providers: false,
            has_other_provider: false,
            generic: None,
            has_mail: true,
        }
    }

    /// A second server on the same database; `keys` decrypt what is sealed there, the newest first.
    pub async fn other_server(&self, keys: &[[u8; 32]]) -> AppState {
        let sealer = Sealer::new(keys.iter().map(|key| key.as_slice()), "database").expect("a key");
        let store = Database::connect(&self.database.url, sealer).await.expect("connects");
        AppState::new(&self.config, Arc::new(store), self.clock.clone(), Some(mail()), None).expect("a state")
    }

    /// A browser without cookies.
    pub fn browser(&self) -> Browser {
        Browser::new(&self.http, &self.origin, self.owners())
    }

    pub fn owners(&self) -> Owners {
        let owners = FormOwners::new(self.config.secret_keys.iter()).expect("a key");
        Owners { database: self.database.clone(), owners }
    }

    /// The time of the server.
    pub fn now(&self) -> time::OffsetDateTime {
        self.clock.date()
    }

    /// The header of `latchkey explain-flow` at this time (Unix seconds).
    pub fn inspect_credential(&self, at: i64) -> (&'static str, String) {
        web::inspect_credential(self.config.secret_keys.iter(), at).expect("a key")
    }

    /// Tokens as a second server would issue them.
    pub fn tokens(&self) -> Tokens {
        Tokens::new(self.store.clone(), &self.origin, None, self.clock.clone())
    }

    /// Moves the clocks of the server and the sandboxes forward.
    pub async fn advance(&self, seconds: i64) {
        let total = self.advanced.fetch_add(seconds, Ordering::SeqCst) + seconds;
        self.clock.advance(seconds);
        self.control_sandbox("clock", json!({ "offset_seconds": total })).await;
        if self.other.is_some() {
            self.control_other("clock", json!({ "offset_seconds": total })).await;
        }
    }

    /// `POST /control/{path}` at the sandbox.
    pub async fn control_sandbox(&self, path: &str, body: Value) -> Value {
        self.control(self.sandbox.origin(), path, body).await
    }

    /// `POST /control/{path}` at the second provider.
    pub async fn control_other(&self, path: &str, body: Value) -> Value {
        self.control(self.other().origin(), path, body).await
    }

    async fn control(&self, origin: &str, path: &str, body: Value) -> Value {
        let request = self.http.post(format!("{origin}/control/{path}")).header("content-type", "application/json");
        let answer = request.body(body.to_string()).send().await.expect("the sandbox answers");
        let status = answer.status();
        let text = answer.text().await.expect("a body");
        assert!(status.is_success(), "the sandbox rejected {path}: {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// Arms one of the sandbox's presets for one request.
    pub async fn arm_once(&self, preset: &str) {
        self.control_sandbox("google/presets", json!({ "preset": preset, "times": 1 })).await;
    }

    /// Makes an endpoint of the sandbox fail once.
    pub async fn fail_once(&self, endpoint: &str, error: Value) {
        self.control_sandbox("google/faults", json!({ "endpoint": endpoint, "fault": error, "times": 1 })).await;
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

    /// The endpoints that the server has called so far: the sandbox's in order, then the second provider's.
    pub async fn requested_endpoints(&self) -> Vec<String> {
        let mut endpoints = self.endpoints_at(self.sandbox.origin()).await;
        if let Some(other) = &self.other {
            endpoints.extend(
                self.endpoints_at(other.origin()).await.into_iter().map(|endpoint| format!("other {endpoint}")),
            );
        }
        endpoints
    }

    async fn endpoints_at(&self, origin: &str) -> Vec<String> {
        let requests = self.requests(origin).await;
        let endpoints = requests.iter().map(|request| request["endpoint"].as_str().expect("a name").to_owned());
        endpoints.filter(|endpoint| !matches!(endpoint.as_str(), "page" | "authorize")).collect()
    }

    /// The requests that a sandbox has logged.
    pub async fn requests(&self, origin: &str) -> Vec<Value> {
        let url = format!("{origin}/control/requests");
        let answer = self.http.get(url).send().await.expect("the sandbox answers");
        let log: Value = serde_json::from_str(&answer.text().await.expect("a body")).expect("JSON");
        log["requests"].as_array().expect("a list").clone()
    }

    /// Takes the queued emails, the oldest first, and marks them delivered; without those about a new device, which the
    /// second browser of nearly every test causes.
    pub async fn emails(&self) -> Vec<EmailMessage> {
        let all = self.all_emails().await;
        all.into_iter().filter(|email| !matches!(email.kind, EmailKind::NewDevice { .. })).collect()
    }

    /// The same with those.
    pub async fn all_emails(&self) -> Vec<EmailMessage> {
        let (now, lease) = (self.clock.date(), std::time::Duration::from_secs(60));
        let queued = self.store.take_due_emails(now, lease, 1000).await.expect("a queue");
        for message in &queued {
            self.store.email_delivered(message.id).await.expect("delivered");
        }
        queued.into_iter().map(|queued| queued.message).collect()
    }

    /// Takes the only queued email.
    pub async fn one_email(&self) -> EmailMessage {
        let mut emails = self.emails().await;
        assert_eq!(emails.len(), 1, "{emails:?}");
        emails.remove(0)
    }

    /// Counts of users, identities and sessions, which a rejected request must not change.
    pub async fn rows(&self) -> (i64, i64, i64) {
        (
            self.database.count("users").await,
            self.database.count("identities").await,
            self.database.count("sessions").await,
        )
    }

    /// The whole audit log as one text.
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
