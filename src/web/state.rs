//! What every handler may need.

use std::{ops::Deref, sync::Arc};

use ipnet::IpNet;
use tokio_util::task::TaskTracker;

use super::{assets, headers::HeaderPolicy, rate_limits::RateLimits};
use crate::{
    config::Config,
    relying_party::{Clock, RelyingParty},
    sessions::{Cookies, FlowCookies, NameCookie},
    store::Database,
    ui::view::Assets,
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
    /// Pending flows.
    pub flow_cookies: FlowCookies,
    /// The name that came beside a response.
    pub name_cookie: NameCookie,
    /// How cookies are written.
    pub cookies: Cookies,
    /// The time.
    pub clock: Clock,
    /// Limits by address.
    pub rate_limits: RateLimits,
    /// Work that outlives its request; waited for at the end.
    pub tasks: TaskTracker,
    pub(super) header_policy: HeaderPolicy,
    /// Networks whose forwarding headers are believed.
    pub trusted_proxies: Arc<[IpNet]>,
    pub(super) assets: Arc<Assets>,
    pub(super) sandbox: Option<Arc<str>>,
    pub(super) origin: Arc<str>,
    pub(super) on_loopback: bool,
}

/// What keeps the state from being built, though the configuration was accepted.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The HTTP client for providers could not be made.
    #[error("the HTTP client cannot be made: {0}")]
    HttpClient(#[from] reqwest::Error),
    /// No key to seal cookies with.
    #[error("there is no secret key")]
    NoKey(#[from] crate::sealing::NotSealedHere),
}

impl AppState {
    /// Puts everything together. `sandbox` is the origin of the sandbox where it plays the providers.
    ///
    /// # Errors
    /// [`StateError`].
    pub fn new(
        config: &Config,
        database: Arc<Database>,
        clock: Clock,
        sandbox: Option<&str>,
    ) -> Result<Self, StateError> {
        let cookies = Cookies::new(config.base_url.is_https());
        let origin = config.base_url.origin();
        let relying_party =
            RelyingParty::new(origin, config.base_url.is_loopback(), config.providers.clone(), clock.clone())?;
        let reload = config.reload_port.map(|port| format!("ws://localhost:{port}"));
        Ok(Self(Arc::new(Shared {
            flow_cookies: FlowCookies::new(config.secret_keys.iter(), cookies)?,
            name_cookie: NameCookie::new(config.secret_keys.iter(), cookies)?,
            rate_limits: RateLimits::new(config.rate_limits),
            header_policy: HeaderPolicy::new(
                config.base_url.is_https(),
                &relying_party.picture_origins(),
                reload.clone(),
            ),
            trusted_proxies: config.trusted_proxies.clone().into(),
            assets: Arc::new(assets::addresses(reload.map(|origin| format!("{origin}/live_reload")))),
            sandbox: sandbox.map(Arc::from),
            origin: origin.into(),
            on_loopback: config.base_url.is_loopback(),
            tasks: TaskTracker::new(),
            database,
            relying_party,
            cookies,
            clock,
        })))
    }
}

impl Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
