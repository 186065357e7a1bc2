//! The only reader of the environment. Everything is parsed into types once, at the start; a wrong setting stops the start with
//! one sentence that names the variable and says what to put there.

mod api;
mod built_in;
mod endpoint_overrides;
mod environment;
mod front_ends;
mod mail;
mod outbound;
mod providers;
mod secret_key;
#[cfg(test)]
mod tests;
mod token_auth;

pub use environment::Environment;
pub use mail::MailConfig;
pub use providers::parse as parse_providers;
pub use secret_key::{KeySource, SecretKeys};

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;
use secrecy::SecretString;
use url::{Host, Url};

use crate::{accounts::EmailRequirement, providers::Provider, relying_party::Outbound, sessions::AcceptedCredentials};
use secret_key::MissingFile;

#[derive(Debug)]
pub struct Config {
    /// The public origin; redirect URIs are built from it, never from a request.
    pub base_url: BaseUrl,
    pub listen_addr: SocketAddr,
    /// `sqlite://…` or `postgres://…`; secret, since it may contain a password.
    pub database_url: SecretString,
    /// The limit of the pool (`DATABASE_POOL`); without it, that of the engine.
    pub database_pool: Option<u32>,
    /// The first one seals cookies, all of them open.
    pub secret_keys: SecretKeys,
    /// The configured providers, in the order of the login page.
    pub providers: Vec<Provider>,
    /// Where requests to them may go (`PRIVATE_NETWORKS`, `OUTBOUND_PROXY`).
    pub outbound: Outbound,
    /// No provider is configured and `BASE_URL` is loopback: the sandbox may mock them.
    pub sandbox_wanted: bool,
    pub sandbox_addr: SocketAddr,
    pub sandbox_smtp_addr: SocketAddr,
    /// Without it no email is sent.
    pub mail: Option<MailConfig>,
    pub rate_limits: bool,
    /// Whether users need an email address (`EMAIL_ADDRESS`).
    pub email_requirement: EmailRequirement,
    /// Origins whose pages may call the JSON API (`CORS_ORIGINS`).
    pub cors_origins: Vec<String>,
    /// Whether an id_token from a front end must have a nonce of ours (`API_NONCE`).
    pub api_nonce: bool,
    /// Which credentials `/auth/verify` accepts (`FORWARD_AUTH_CREDENTIALS`).
    pub forward_auth_credentials: AcceptedCredentials,
    /// The audience of our access tokens, if it is not us (`TOKEN_AUDIENCE`).
    pub token_audience: Option<String>,
    pub session_mode: SessionMode,
    /// Networks whose forwarding headers are trusted.
    pub trusted_proxies: Vec<IpNet>,
    /// Port of the live reload, under `cargo leptos watch` only.
    pub reload_port: Option<u16>,
    /// One JSON object per line (`LOG_FORMAT=json`).
    pub log_json: bool,
    /// `EnvFilter` of tracing-subscriber (`RUST_LOG`).
    pub log_filter: String,
}

/// How browsers hold their sessions (`SESSION_MODE`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SessionMode {
    /// A cookie with a random id that is looked up on each request.
    #[default]
    Server,
    /// An access token and a refresh token, each in a cookie.
    Jwt,
}

/// The public origin: scheme, host and port, without a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    origin: String,
    https: bool,
    loopback: bool,
}

/// A setting that stops the start, in one sentence for the operator.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{variable} {problem}")]
pub struct ConfigError {
    pub variable: String,
    /// What is wrong with it and what to put there.
    pub problem: String,
}

impl ConfigError {
    pub(crate) fn new(variable: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { variable: variable.into(), problem: problem.into() }
    }
}

impl Config {
    /// Reads `.env` and the process's environment, and generates the secret key's file where that is allowed.
    ///
    /// # Errors
    /// The first setting that is wrong.
    pub fn from_process() -> Result<Self, ConfigError> {
        Self::parse(&Environment::of_process()?)
    }

    /// Parses an environment. The only side effect is the secret key's file, and only where `SECRET_KEY` is not set and
    /// `BASE_URL` is loopback.
    ///
    /// # Errors
    /// The first setting that is wrong.
    pub fn parse(env: &Environment) -> Result<Self, ConfigError> {
        Self::parse_with(env, MissingFile::Create)
    }

    /// The same without that side effect (`latchkey doctor`).
    ///
    /// # Errors
    /// The first setting that is wrong.
    pub fn inspect(env: &Environment) -> Result<Self, ConfigError> {
        Self::parse_with(env, MissingFile::Leave)
    }

    fn parse_with(env: &Environment, missing_file: MissingFile) -> Result<Self, ConfigError> {
        let base_url = BaseUrl::parse(env.get("BASE_URL").unwrap_or("http://localhost:3000"))?;
        let providers = providers::parse(env, &base_url)?;
        if providers.is_empty() && !base_url.loopback {
            return Err(ConfigError::new(
                "GOOGLE_CLIENT_ID",
                "is not set, and no other provider is configured, so no one could sign in; set GOOGLE_CLIENT_ID and \
                 GOOGLE_CLIENT_SECRET, or those of another provider, or OIDC_<NAME>_ISSUER, OIDC_<NAME>_CLIENT_ID and OIDC_<NAME>_CLIENT_SECRET",
            ));
        }
        Ok(Self {
            listen_addr: address(env, "LISTEN_ADDR", "127.0.0.1:3000")?,
            database_url: database_url(env)?,
            database_pool: database_pool(env)?,
            outbound: outbound::parse(env, &base_url)?,
            rate_limits: rate_limits(env, &base_url)?,
            trusted_proxies: trusted_proxies(env)?,
            cors_origins: api::cors_origins(env)?,
            api_nonce: api::nonce_required(env)?,
            sandbox_wanted: providers.is_empty() && base_url.loopback,
            sandbox_addr: address(env, "SANDBOX_ADDR", "127.0.0.1:3010")?,
            sandbox_smtp_addr: address(env, "SANDBOX_SMTP_ADDR", "127.0.0.1:3025")?,
            mail: mail::parse(env)?,
            email_requirement: mail::email_requirement(env, providers.is_empty() && base_url.loopback)?,
            forward_auth_credentials: forward_auth_credentials(env)?,
            session_mode: session_mode(env)?,
            token_audience: token_audience(env)?,
            reload_port: reload_port(env),
            log_json: log_json(env)?,
            log_filter: env.get("RUST_LOG").unwrap_or("info").to_owned(),
            secret_keys: SecretKeys::from_environment(env, &base_url, missing_file)?,
            providers,
            base_url,
        })
    }
}

impl BaseUrl {
    /// # Errors
    /// When it is not an origin, or is plain http on anything but loopback: session cookies over plain http could be read on
    /// the way.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let wrong =
            |problem: &str| ConfigError::new("BASE_URL", format!("{problem}, for instance https://app.example"));
        let url = Url::parse(text).map_err(|_| wrong("is not a URL; put the public origin there"))?;
        let https = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(wrong("must begin with https:// (or http:// on loopback)")),
        };
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("must be an origin without a path"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("must not contain a user name or password"));
        }
        let loopback = is_loopback(&url);
        if !https && !loopback {
            return Err(wrong("must be https unless its host is localhost or a loopback address"));
        }
        Ok(Self { origin: url.origin().ascii_serialization(), https, loopback })
    }

    /// The origin as browsers serialise it, without a trailing slash.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether cookies can be `Secure` with the `__Host-` prefix and HSTS may be sent.
    pub const fn is_https(&self) -> bool {
        self.https
    }

    /// Whether the host is loopback: only then do the development settings work.
    pub const fn is_loopback(&self) -> bool {
        self.loopback
    }
}

/// The prefix of a provider's variables: `GOOGLE` for `google`, `OIDC_WORK` for a generic `work`.
pub fn variables_of(slug: &str) -> String {
    crate::providers::variables_of(slug)
}

/// Whether a URL's host is `localhost` or a loopback address.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
        None => false,
    }
}

fn session_mode(env: &Environment) -> Result<SessionMode, ConfigError> {
    match env.get("SESSION_MODE") {
        None | Some("server") => Ok(SessionMode::Server),
        Some("jwt") => Ok(SessionMode::Jwt),
        Some(_) => Err(ConfigError::new(
            "SESSION_MODE",
            "must be `server` (one cookie, looked up with each request) or `jwt` (an access and a refresh token)",
        )),
    }
}

fn forward_auth_credentials(env: &Environment) -> Result<AcceptedCredentials, ConfigError> {
    match env.get("FORWARD_AUTH_CREDENTIALS") {
        None | Some("both") => Ok(AcceptedCredentials::Both),
        Some("cookie") => Ok(AcceptedCredentials::Cookie),
        Some("bearer") => Ok(AcceptedCredentials::Bearer),
        Some(_) => Err(ConfigError::new(
            "FORWARD_AUTH_CREDENTIALS",
            "must be `both` (cookies and access tokens), `cookie` or `bearer`",
        )),
    }
}

fn address(env: &Environment, variable: &str, default: &str) -> Result<SocketAddr, ConfigError> {
    env.get(variable)
        .unwrap_or(default)
        .parse()
        .map_err(|_| ConfigError::new(variable, format!("must be an address and a port, for instance {default}")))
}

fn database_url(env: &Environment) -> Result<SecretString, ConfigError> {
    let text = env.get("DATABASE_URL").unwrap_or("sqlite://data/latchkey.db");
    let known = ["sqlite:", "postgres://", "postgresql://"];
    if !known.iter().any(|scheme| text.starts_with(scheme)) {
        return Err(ConfigError::new(
            "DATABASE_URL",
            "must begin with sqlite:// or postgres://, for instance sqlite://data/latchkey.db",
        ));
    }
    Ok(SecretString::from(text.to_owned()))
}

fn database_pool(env: &Environment) -> Result<Option<u32>, ConfigError> {
    /// More would wait inside the database, where they cost memory.
    const MOST: u32 = 500;
    let Some(text) = env.get("DATABASE_POOL") else { return Ok(None) };
    match text.parse() {
        Ok(connections @ 1..=MOST) => Ok(Some(connections)),
        _ => Err(ConfigError::new("DATABASE_POOL", format!("must be a number of connections from 1 to {MOST}"))),
    }
}

fn rate_limits(env: &Environment, base_url: &BaseUrl) -> Result<bool, ConfigError> {
    match env.get("RATE_LIMITS") {
        None | Some("on") => Ok(true),
        Some("off") if base_url.is_loopback() => Ok(false),
        Some("off") => Err(ConfigError::new(
            "RATE_LIMITS",
            "may be `off` only while BASE_URL is loopback: without limits, passwords and codes can be guessed at will",
        )),
        Some(_) => Err(ConfigError::new("RATE_LIMITS", "must be `on` or `off`")),
    }
}

fn trusted_proxies(env: &Environment) -> Result<Vec<IpNet>, ConfigError> {
    outbound::networks(env, "TRUSTED_PROXIES").map_err(|_| {
        ConfigError::new("TRUSTED_PROXIES", "must be a list of networks or addresses, for instance 10.0.0.0/8,::1")
    })
}

/// Verifiers compare it byte for byte, so invisible white space is rejected.
fn token_audience(env: &Environment) -> Result<Option<String>, ConfigError> {
    const MAX_LENGTH: usize = 255;
    match env.get("TOKEN_AUDIENCE") {
        None => Ok(None),
        Some(text) if text.len() <= MAX_LENGTH && text.bytes().all(|byte| byte.is_ascii_graphic()) => {
            Ok(Some(text.to_owned()))
        }
        Some(_) => Err(ConfigError::new(
            "TOKEN_AUDIENCE",
            "must be printable ASCII characters without spaces, for instance https://api.example",
        )),
    }
}

fn log_json(env: &Environment) -> Result<bool, ConfigError> {
    match env.get("LOG_FORMAT") {
        None | Some("text") => Ok(false),
        Some("json") => Ok(true),
        Some(_) => Err(ConfigError::new("LOG_FORMAT", "must be `text` or `json`")),
    }
}

fn reload_port(env: &Environment) -> Option<u16> {
    env.get("LEPTOS_WATCH")?;
    env.get("LEPTOS_RELOAD_PORT").and_then(|port| port.parse().ok())
}
