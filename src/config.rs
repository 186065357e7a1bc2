//! The only reader of the environment. Everything is parsed once, at the start, into types; whatever is wrong
//! stops the start with one sentence that names the variable and says what to put there.

mod api;
mod endpoint_overrides;
mod environment;
mod front_ends;
mod mail;
mod providers;
mod secret_key;
#[cfg(test)]
mod tests;

pub use environment::Environment;
pub use mail::MailConfig;
pub use providers::parse as parse_providers;
pub use secret_key::{KeySource, SecretKeys};

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;
use secrecy::SecretString;
use url::{Host, Url};

use crate::{accounts::EmailRequirement, providers::Provider};
use secret_key::MissingFile;

/// Everything that the environment decides.
#[derive(Debug)]
pub struct Config {
    /// The public origin; redirect URIs are built from it and never from a request.
    pub base_url: BaseUrl,
    /// Where the server listens.
    pub listen_addr: SocketAddr,
    /// `sqlite://…` or `postgres://…`; secret, because it may hold a password.
    pub database_url: SecretString,
    /// Seal and open cookies; the first seals, all of them open.
    pub secret_keys: SecretKeys,
    /// The providers that are switched on, in the order of the login page.
    pub providers: Vec<Provider>,
    /// No provider is configured and `BASE_URL` is loopback: the sandbox may play them.
    pub sandbox_wanted: bool,
    /// Where the sandbox listens when it is started (`SANDBOX_ADDR`).
    pub sandbox_addr: SocketAddr,
    /// Where the sandbox's mail server listens then (`SANDBOX_SMTP_ADDR`).
    pub sandbox_smtp_addr: SocketAddr,
    /// Who takes our letters; without it none are sent.
    pub mail: Option<MailConfig>,
    /// Whether rate limits hold.
    pub rate_limits: bool,
    /// Whether people need an e-mail address (`EMAIL_ADDRESS`).
    pub email_requirement: EmailRequirement,
    /// Origins whose pages may call the JSON API (`CORS_ORIGINS`).
    pub cors_origins: Vec<String>,
    /// Whether an id_token that a front end brings must carry a nonce of ours (`API_NONCE`).
    pub api_nonce: bool,
    /// Who our access tokens are for, where it is somebody else than we (`TOKEN_AUDIENCE`).
    pub token_audience: Option<String>,
    /// What carries the sessions of browsers (`SESSION_MODE`).
    pub session_mode: SessionMode,
    /// Networks whose forwarding headers are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Address of the live reload's socket, under `cargo leptos watch` only.
    pub reload_port: Option<u16>,
    /// JSON lines instead of text in the log (`LOG_FORMAT=json`).
    pub log_json: bool,
    /// What is logged, in the words of tracing-subscriber's `EnvFilter` (`RUST_LOG`).
    pub log_filter: String,
}

/// What carries the sessions of browsers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SessionMode {
    /// A cookie with a random id, whose row is looked up with each request.
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

/// A setting that stops the start. Its message is one sentence for the person who set it.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{variable} {problem}")]
pub struct ConfigError {
    /// The variable to look at.
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
    /// Reads the process's environment, after `.env` in development, and makes the secret key's file where one
    /// is allowed.
    ///
    /// # Errors
    /// The first setting that is wrong.
    pub fn from_process() -> Result<Self, ConfigError> {
        Self::parse(&Environment::of_process()?)
    }

    /// Parses an environment. The only effect is the secret key's file, and only where `SECRET_KEY` is not set
    /// and `BASE_URL` is loopback.
    ///
    /// # Errors
    /// The first setting that is wrong.
    pub fn parse(env: &Environment) -> Result<Self, ConfigError> {
        Self::parse_with(env, MissingFile::Make)
    }

    /// The same, without that effect: for those who look on (`latchkey doctor`).
    ///
    /// # Errors
    /// The first setting that is wrong.
    pub fn inspect(env: &Environment) -> Result<Self, ConfigError> {
        Self::parse_with(env, MissingFile::LeaveMissing)
    }

    fn parse_with(env: &Environment, missing_file: MissingFile) -> Result<Self, ConfigError> {
        let base_url = BaseUrl::parse(env.get("BASE_URL").unwrap_or("http://localhost:3000"))?;
        let providers = providers::parse(env, &base_url)?;
        if providers.is_empty() && !base_url.loopback {
            return Err(ConfigError::new(
                "GOOGLE_CLIENT_ID",
                "is not set and no other provider is either: nobody could sign in; set GOOGLE_CLIENT_ID and \
                 GOOGLE_CLIENT_SECRET, or those of another provider, or OIDC_<NAME>_ISSUER, OIDC_<NAME>_CLIENT_ID and OIDC_<NAME>_CLIENT_SECRET",
            ));
        }
        Ok(Self {
            listen_addr: address(env, "LISTEN_ADDR", "127.0.0.1:3000")?,
            database_url: database_url(env)?,
            rate_limits: rate_limits(env, &base_url)?,
            trusted_proxies: trusted_proxies(env)?,
            cors_origins: api::cors_origins(env)?,
            api_nonce: api::nonce_required(env)?,
            sandbox_wanted: providers.is_empty() && base_url.loopback,
            sandbox_addr: address(env, "SANDBOX_ADDR", "127.0.0.1:3010")?,
            sandbox_smtp_addr: address(env, "SANDBOX_SMTP_ADDR", "127.0.0.1:3025")?,
            mail: mail::parse(env)?,
            email_requirement: mail::email_requirement(env, providers.is_empty() && base_url.loopback)?,
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
    /// Parses the public origin.
    ///
    /// # Errors
    /// When it is no URL, has a path, query or credentials, or is plain http on anything but loopback: session
    /// cookies over plain http could be read on the way.
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
            return Err(wrong("must not hold a user name or password"));
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

    /// Whether the host is this machine: only then do the development settings work.
    pub const fn is_loopback(&self) -> bool {
        self.loopback
    }
}

/// What the names of a provider's variables begin with: `GOOGLE` for `google`, `OIDC_WORK` for a generic `work`.
pub fn variables_of(slug: &str) -> String {
    providers::variables_of(slug)
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
    env.get("TRUSTED_PROXIES")
        .unwrap_or_default()
        .split([',', ' '])
        .filter(|part| !part.is_empty())
        .map(|part| part.parse::<IpNet>().or_else(|_| part.parse::<IpAddr>().map(IpNet::from)))
        .collect::<Result<_, _>>()
        .map_err(|_| {
            ConfigError::new("TRUSTED_PROXIES", "must be a list of networks or addresses, for instance 10.0.0.0/8,::1")
        })
}

/// Compared byte for byte by whoever verifies a token: no white space that nobody sees.
fn token_audience(env: &Environment) -> Result<Option<String>, ConfigError> {
    const LONGEST: usize = 255;
    match env.get("TOKEN_AUDIENCE") {
        None => Ok(None),
        Some(text) if text.len() <= LONGEST && text.bytes().all(|byte| byte.is_ascii_graphic()) => {
            Ok(Some(text.to_owned()))
        }
        Some(_) => Err(ConfigError::new(
            "TOKEN_AUDIENCE",
            "must be one name of printable characters without spaces, for instance https://api.example",
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

/// `cargo leptos watch` says where its live reload listens; anything else has none.
fn reload_port(env: &Environment) -> Option<u16> {
    env.get("LEPTOS_WATCH")?;
    env.get("LEPTOS_RELOAD_PORT").and_then(|port| port.parse().ok())
}
