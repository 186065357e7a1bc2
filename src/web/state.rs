//! The state of the router.

use std::{
    num::NonZeroU32,
    ops::Deref,
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::http::HeaderMap;
use leptos::nonce::Nonce;
use tokio::sync::Notify;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    api::{Cors, Documents},
    assets,
    client_address::ForwardedBy,
    headers::HeaderPolicy,
    in_flight::InFlight,
    inspect::{self, Arm},
    metrics::LoadCache,
    pages::SharedPage,
    rate_limits::RateLimits,
    supervisor::Supervisor,
};
use crate::{
    accounts::EmailRequirement,
    config::{Config, SecurityTxt, SessionMode},
    grants::Grants,
    inspect::Recorder,
    limits::Budget,
    mail::SmtpTransport,
    metrics::Metrics,
    passwords::{Attempts, PasswordPool},
    relying_party::{BreachedPasswords, Clock, RelyingParty},
    sealing::Sealer,
    sessions::{
        AcceptedCredentials, ClientInfo, Cookies, FormOwners, Jar, RequestContext, Services, SessionHandle,
        SessionTransport, SignedIn,
    },
    store::Database,
    tokens::{TokenPolicy, Tokens},
    ui::{
        document::DocumentHead,
        view::{Assets, LoginView, SandboxView},
    },
};

/// Everything that handlers and layers share, behind one `Arc`: each layer clones it for each request.
#[derive(Clone, Debug)]
pub struct AppState(Arc<Shared>);

/// The [`Services`] of the use cases, and what the edge alone needs.
#[derive(Debug)]
pub struct Shared {
    pub services: Arc<Services>,
    /// Verifies bearer tokens in either mode, and browsers' cookies with `SESSION_MODE=jwt`.
    pub tokens: Tokens,
    pub transport: SessionTransport,
    /// Without it, password sign-in is off.
    pub mail: Option<Mail>,
    /// Limits per IP address.
    pub rate_limits: RateLimits,
    pub supervisor: Supervisor,
    /// Cancelled when the server shuts down.
    pub stop: CancellationToken,
    pub forwarded_by: ForwardedBy,
    /// Requests at once.
    pub(super) in_flight: InFlight,
    pub(super) form_owners: FormOwners,
    pub(super) header_policy: HeaderPolicy,
    pub(super) cors: Cors,
    pub(super) forward_auth: AcceptedCredentials,
    /// Whether an id_token from a front end must carry our nonce (`API_NONCE`).
    pub(super) api_nonce: bool,
    /// Whether Google's own button may post here (`GOOGLE_BUTTON`).
    pub(super) google_button: bool,
    pub(super) security_txt: Option<SecurityTxt>,
    pub(super) api_documents: Documents,
    pub(super) assets: Arc<Assets>,
    pub(super) document_head: DocumentHead,
    /// As a browser sees it that comes for the first time.
    pub(super) login_page: SharedPage<LoginView>,
    pub(super) sandbox: Option<SandboxView>,
    pub(super) origin: Arc<str>,
    pub(super) on_loopback: bool,
    /// Whether requests are timed: somebody scrapes `METRICS_ADDR`.
    pub(super) is_measured: bool,
    pub(super) load_cache: LoadCache,
    /// Records flows (`INSPECT`).
    pub(super) recorder: Option<Recorder>,
    /// Makes the sandbox misbehave, where it stands in for the providers.
    pub(super) arm: OnceLock<Arm>,
    /// Opens the credential of `latchkey explain-flow`.
    pub(super) inspect_sealer: Sealer,
}

/// The mail server.
#[derive(Clone, Debug)]
pub struct Mail {
    pub transport: SmtpTransport,
    /// Wakes the delivery worker.
    pub wake: Arc<Notify>,
}

impl Mail {
    pub fn new(transport: SmtpTransport) -> Self {
        Self { transport, wake: Arc::default() }
    }
}

/// Why the state could not be built from a valid configuration.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    #[error("cannot create the HTTP client: {0}")]
    HttpClient(#[from] reqwest::Error),
    #[error("cannot create the metrics: {0}")]
    Metrics(#[from] prometheus::Error),
    #[error("there is no secret key")]
    NoKey(#[from] crate::sealing::SealingError),
    #[error("the system returned no random numbers")]
    NoRandomness(#[from] crate::sealing::RandomError),
}

impl AppState {
    /// Without `mail`, password sign-in is off. `sandbox` is set where the sandbox stands in for the providers.
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
        let origin = config.base_url.origin();
        database.set_passkeys(config.passkey_rp.is_some());
        let cookies = Cookies::new(config.base_url.is_https());
        // Without a mail server no address can be verified, so none is required.
        let email_requirement = if mail.is_some() { config.email_requirement } else { EmailRequirement::Off };
        let audience = config.token_audience.as_deref();
        let policy = TokenPolicy { email_requirement, rate_limits: config.rate_limits };
        let tokens = Tokens::with_policy(policy, database.clone(), origin, audience, clock.clone());
        let transport = match config.session_mode {
            SessionMode::Server => SessionTransport::Cookie,
            SessionMode::Jwt => SessionTransport::tokens(tokens.clone(), cookies),
        };
        let metrics = Metrics::new(config.providers.iter().map(|provider| provider.slug.to_string()))?;
        let (outbound, providers) = (config.outbound.clone(), config.providers.clone());
        let relying_party = RelyingParty::new(origin, outbound, providers, clock.clone(), &metrics)?;
        let breached_passwords = match config.breached_passwords.clone() {
            Some(ranges) => Some(BreachedPasswords::new(ranges, config.outbound.clone())?),
            None => None,
        };
        let picture_origins = relying_party.picture_origins();
        let tasks = TaskTracker::new();
        let services = Services {
            grants: Grants::new(database.clone(), relying_party.clone(), clock.clone(), tasks.clone()),
            jar: Jar::new(config.secret_keys.iter(), cookies)?,
            passwords: PasswordPool::with_rules(config.rate_limits, config.password_rules),
            token_checks: token_checks(config.rate_limits),
            emails: emails(config.rate_limits),
            breached_passwords,
            attempts: Attempts::new(config.rate_limits),
            mail_wake: mail.as_ref().map(|mail| mail.wake.clone()),
            database,
            relying_party,
            cookies,
            email_requirement,
            metrics: metrics.clone(),
            sign_up: config.sign_up.clone(),
            admins: config.admins.clone(),
            passkey_rp: config.passkey_rp.clone(),
            second_factor: config.second_factor,
            email_codes: config.email_codes && mail.is_some(),
            clock,
            tasks,
        };
        let reload = config.reload_port.map(|port| format!("ws://localhost:{port}"));
        let assets = assets::urls(reload.as_ref().map(|origin| format!("{origin}/live_reload")));
        let (session_cookie, refresh_cookie) = match transport {
            SessionTransport::Cookie => (cookies.name("session"), None),
            SessionTransport::Tokens(_) => (cookies.name("access_token"), Some(cookies.name("refresh_token"))),
        };
        let stop = CancellationToken::new();
        Ok(Self(Arc::new(Shared {
            api_documents: Documents::new(origin, &session_cookie, refresh_cookie.as_deref(), &assets),
            cors: Cors::new(&config.cors_origins),
            api_nonce: config.api_nonce,
            google_button: config.google_button,
            security_txt: config.security_txt.clone(),
            forward_auth: config.forward_auth_credentials,
            form_owners: FormOwners::new(config.secret_keys.iter())?,
            rate_limits: RateLimits::new(config.rate_limits, metrics),
            header_policy: HeaderPolicy::new(config.base_url.is_https(), &picture_origins, reload),
            forwarded_by: ForwardedBy {
                proxies: config.trusted_proxies.clone().into(),
                header: config.client_ip_header.clone(),
            },
            in_flight: InFlight::new(config.rate_limits),
            document_head: DocumentHead::new(&assets, &Nonce::new()),
            login_page: SharedPage::default(),
            assets: Arc::new(assets),
            origin: origin.into(),
            on_loopback: config.base_url.is_loopback(),
            is_measured: config.metrics_addr.is_some(),
            load_cache: LoadCache::default(),
            arm: OnceLock::new(),
            inspect_sealer: inspect::sealer(config.secret_keys.iter())?,
            recorder: config.inspect.then(Recorder::new).transpose()?,
            supervisor: Supervisor::new(stop.clone()),
            services: Arc::new(services),
            tokens,
            transport,
            mail,
            sandbox,
            stop,
        })))
    }

    /// Lets the developer's page of recorded flows attack this server through the sandbox.
    pub fn allow_attacks(&self, arm: Arm) {
        _ = self.arm.set(arm);
    }

    /// A request as the use cases see it.
    pub(super) fn context(
        &self,
        headers: &HeaderMap,
        session: SessionHandle,
        signed_in: Option<SignedIn>,
        client: ClientInfo,
    ) -> RequestContext {
        RequestContext { headers: headers.clone(), session, signed_in, client, services: self.services.clone() }
    }
}

/// Emails that strangers can cause, to any address: for one network, and in all. Mail servers stop serving a site that
/// sends more than its users want.
fn emails(are_limited: bool) -> Budget {
    const BURST: NonZeroU32 = NonZeroU32::new(20).unwrap();
    const BURST_IN_ALL: NonZeroU32 = NonZeroU32::new(600).unwrap();
    if !are_limited {
        return Budget::unlimited();
    }
    Budget::new((BURST, Duration::from_secs(2 * 60)), (BURST_IN_ALL, Duration::from_secs(1)))
}

/// Requests to providers about access tokens that front ends present: for one network, and in all. GitHub allows a client
/// 5,000 of them per hour.
fn token_checks(are_limited: bool) -> Budget {
    const BURST: NonZeroU32 = NonZeroU32::new(30).unwrap();
    const BURST_IN_ALL: NonZeroU32 = NonZeroU32::new(300).unwrap();
    if !are_limited {
        return Budget::unlimited();
    }
    Budget::new((BURST, Duration::from_secs(2)), (BURST_IN_ALL, Duration::from_millis(200)))
}

impl Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl Deref for Shared {
    type Target = Services;

    fn deref(&self) -> &Services {
        &self.services
    }
}
