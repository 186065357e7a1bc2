//! What every handler may need.

use std::{ops::Deref, sync::Arc};

use axum::http::HeaderMap;
use ipnet::IpNet;
use tokio::sync::Notify;
use tokio_util::task::TaskTracker;

use super::{
    api::{Cors, Documents},
    assets,
    headers::HeaderPolicy,
    rate_limits::RateLimits,
};
use crate::{
    accounts::EmailRequirement,
    config::{Config, SessionMode},
    grants::Grants,
    mail::SmtpTransport,
    passwords::{Attempts, PasswordPool},
    relying_party::{Clock, RelyingParty},
    sessions::{ClientInfo, Cookies, FormOwners, Jar, RequestContext, SessionHandle, SessionTransport, SignedIn},
    store::Database,
    tokens::Tokens,
    ui::view::{Assets, SandboxView},
};

/// What handlers and layers have, in one piece: each layer of the router clones it for each request.
#[derive(Clone, Debug)]
pub struct AppState(Arc<Shared>);

/// Shared by all requests.
#[derive(Debug)]
pub struct Shared {
    /// The database.
    pub database: Arc<Database>,
    /// Us at the providers.
    pub relying_party: RelyingParty,
    /// What people let us see there.
    pub grants: Grants,
    /// The cookies beside the session's.
    pub jar: Jar,
    pub(super) form_owners: FormOwners,
    /// Hashes and compares passwords.
    pub passwords: PasswordPool,
    /// How often one account may be tried.
    pub attempts: Attempts,
    /// Where letters go; without it the password way in is off.
    pub mail: Option<Mail>,
    /// How cookies are written.
    pub cookies: Cookies,
    /// Whether people need an e-mail address; where no letter could prove one, nobody is asked.
    pub email_requirement: EmailRequirement,
    /// The time.
    pub clock: Clock,
    /// Our tokens: what bearers bring in either mode, and what browsers carry in one of them.
    pub tokens: Tokens,
    /// What carries the sessions of browsers.
    pub transport: SessionTransport,
    /// Limits by address.
    pub rate_limits: RateLimits,
    /// Work that outlives its request; waited for at the end.
    pub tasks: TaskTracker,
    pub(super) header_policy: HeaderPolicy,
    /// Whose pages may call the API.
    pub(super) cors: Cors,
    /// Whether an id_token that a front end brings must carry a nonce of ours.
    pub(super) api_nonce: bool,
    /// The API, described.
    pub(super) api_documents: Documents,
    /// Networks whose forwarding headers are believed.
    pub trusted_proxies: Arc<[IpNet]>,
    pub(super) assets: Arc<Assets>,
    pub(super) sandbox: Option<SandboxView>,
    pub(super) origin: Arc<str>,
    pub(super) on_loopback: bool,
}

/// Who delivers letters.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The way to the mail server.
    pub post: SmtpTransport,
    /// Rung when letters were queued.
    pub mail_wake: Arc<Notify>,
}

impl Mail {
    /// Letters that go this way.
    pub fn new(post: SmtpTransport) -> Self {
        Self { post, mail_wake: Arc::default() }
    }
}

/// What keeps the state from being built, though the configuration was accepted.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The HTTP client for providers could not be made.
    #[error("the HTTP client cannot be made: {0}")]
    HttpClient(#[from] reqwest::Error),
    /// No key to seal cookies with.
    #[error("there is no secret key")]
    NoKey(#[from] crate::sealing::SealingError),
}

impl AppState {
    /// Puts everything together. Without `mail` the password way in is off; `sandbox` is there where it plays the
    /// providers.
    ///
    /// # Errors
    /// [`StateError`].
    pub fn new(
        config: &Config,
        database: Arc<Database>,
        clock: Clock,
        mail: Option<Mail>,
        sandbox: Option<SandboxView>,
    ) -> Result<Self, StateError> {
        let cookies = Cookies::new(config.base_url.is_https());
        let origin = config.base_url.origin();
        // Where no letter could prove an address, nobody is kept out.
        let email_requirement = if mail.is_some() { config.email_requirement } else { EmailRequirement::Off };
        let audience = config.token_audience.as_deref();
        let tokens =
            Tokens::with_email_requirement(email_requirement, database.clone(), origin, audience, clock.clone());
        let transport = match config.session_mode {
            SessionMode::Server => SessionTransport::Cookie,
            SessionMode::Jwt => SessionTransport::tokens(tokens.clone(), cookies),
        };
        let relying_party =
            RelyingParty::new(origin, config.base_url.is_loopback(), config.providers.clone(), clock.clone())?;
        let tasks = TaskTracker::new();
        let grants = Grants::new(database.clone(), relying_party.clone(), clock.clone(), tasks.clone());
        let reload = config.reload_port.map(|port| format!("ws://localhost:{port}"));
        let (carries, renews) = match transport {
            SessionTransport::Cookie => (cookies.name("session"), None),
            SessionTransport::Tokens(_) => (cookies.name("access_token"), Some(cookies.name("refresh_token"))),
        };
        let assets = assets::addresses(reload.as_ref().map(|origin| format!("{origin}/live_reload")));
        Ok(Self(Arc::new(Shared {
            api_documents: Documents::new(origin, &carries, renews.as_deref(), &assets),
            cors: Cors::new(&config.cors_origins),
            api_nonce: config.api_nonce,
            jar: Jar::new(config.secret_keys.iter(), cookies)?,
            form_owners: FormOwners::new(config.secret_keys.iter())?,
            passwords: PasswordPool::new(),
            attempts: Attempts::new(config.rate_limits),
            mail,
            rate_limits: RateLimits::new(config.rate_limits),
            header_policy: HeaderPolicy::new(config.base_url.is_https(), &relying_party.picture_origins(), reload),
            trusted_proxies: config.trusted_proxies.clone().into(),
            assets: Arc::new(assets),
            sandbox,
            origin: origin.into(),
            email_requirement,
            on_loopback: config.base_url.is_loopback(),
            tasks,
            grants,
            database,
            relying_party,
            tokens,
            transport,
            cookies,
            clock,
        })))
    }
}

impl AppState {
    /// A request as an intention sees it.
    pub(super) fn context(
        &self,
        headers: &HeaderMap,
        session: SessionHandle,
        signed_in: Option<SignedIn>,
        client: ClientInfo,
    ) -> RequestContext {
        RequestContext {
            headers: headers.clone(),
            session,
            signed_in,
            client,
            database: self.database.clone(),
            relying_party: self.relying_party.clone(),
            grants: self.grants.clone(),
            jar: self.jar.clone(),
            cookies: self.cookies,
            passwords: self.passwords.clone(),
            attempts: self.attempts.clone(),
            mail_wake: self.mail.as_ref().map(|mail| mail.mail_wake.clone()),
            email_requirement: self.email_requirement,
            clock: self.clock.clone(),
            tasks: self.tasks.clone(),
        }
    }
}

impl Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
