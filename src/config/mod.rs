//! The only reader of the environment. Everything is parsed into types once, at the start; a wrong setting stops the start with
//! one sentence that names the variable and says what to put there.

mod admins;
mod api;
mod base_url;
mod built_in;
mod database;
mod email_codes;
mod endpoint_overrides;
mod environment;
mod error;
mod front_ends;
mod inspect;
mod mail;
mod network;
mod outbound;
mod passkeys;
mod passwords;
mod providers;
mod second_factor;
mod secret_key;
mod security_txt;
mod sessions;
mod sign_up;
#[cfg(test)]
mod tests;
mod token_auth;

pub use base_url::BaseUrl;
pub(crate) use base_url::is_loopback;
pub use environment::Environment;
pub use error::ConfigError;
pub use mail::MailConfig;
pub use providers::parse as parse_providers;
pub use secret_key::{KeySource, SecretKeys};
pub use security_txt::SecurityTxt;
pub use sessions::SessionMode;

use std::net::SocketAddr;

use http::HeaderName;
use ipnet::IpNet;
use secrecy::SecretString;
use url::Url;

use crate::{
    accounts::{Admins, EmailRequirement, PasswordRules, SecondFactorPolicy, SignUp},
    providers::Provider,
    relying_party::Outbound,
    sessions::AcceptedCredentials,
    webauthn::Rp,
};
use secret_key::MissingFile;

#[derive(Debug)]
pub struct Config {
    /// The public origin; redirect URIs are built from it, never from a request.
    pub base_url: BaseUrl,
    pub listen_addr: SocketAddr,
    /// `sqlite://…` or `postgres://…`; secret, since it may contain a password.
    pub database_url: SecretString,
    /// Where `/metrics` is served (`METRICS_ADDR`); without it, nowhere.
    pub metrics_addr: Option<SocketAddr>,
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
    /// The content of `/.well-known/security.txt`; without it there is none.
    pub security_txt: Option<SecurityTxt>,
    /// The rules for new passwords (`PASSWORD_MIN_LENGTH`).
    pub password_rules: PasswordRules,
    /// The range service that knows breached passwords (`BREACHED_PASSWORDS`).
    pub breached_passwords: Option<Url>,
    /// Whether users need an email address (`EMAIL_ADDRESS`).
    pub email_requirement: EmailRequirement,
    /// Whether users can sign in by a code from an email (`EMAIL_CODES`).
    pub email_codes: bool,
    /// Who may create an account (`SIGN_UP`).
    pub sign_up: SignUp,
    /// Users with the role of an administrator (`ADMINS`).
    pub admins: Admins,
    /// Origins whose pages may call the JSON API (`CORS_ORIGINS`).
    pub cors_origins: Vec<String>,
    /// Whether an id_token from a front end must have a nonce that this server issued (`API_NONCE`).
    pub api_nonce: bool,
    /// Whether pages of yours use Google's own button (`GOOGLE_BUTTON`).
    pub google_button: bool,
    /// Which credentials `/auth/verify` accepts (`FORWARD_AUTH_CREDENTIALS`).
    pub forward_auth_credentials: AcceptedCredentials,
    /// The audience of our access tokens, if it is not us (`TOKEN_AUDIENCE`).
    pub token_audience: Option<String>,
    pub session_mode: SessionMode,
    /// Whether flows are recorded for `/inspect` (`INSPECT`).
    pub inspect: bool,
    /// This site, as browsers know it for passkeys; `None` where there are none (`PASSKEYS`).
    pub passkey_rp: Option<Rp>,
    /// Whether users have a second factor (`SECOND_FACTOR`).
    pub second_factor: SecondFactorPolicy,
    /// Networks whose forwarding headers are trusted.
    pub trusted_proxies: Vec<IpNet>,
    /// The header in which they tell the client's address (`CLIENT_IP_HEADER`).
    pub client_ip_header: HeaderName,
    /// Port of the live reload, under `cargo leptos watch` only.
    pub reload_port: Option<u16>,
    /// One JSON object per line (`LOG_FORMAT=json`).
    pub log_json: bool,
    /// `EnvFilter` of tracing-subscriber (`RUST_LOG`).
    pub log_filter: String,
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
        if providers.is_empty() && !base_url.is_loopback() {
            return Err(ConfigError::new(
                "GOOGLE_CLIENT_ID",
                "is not set, and no other provider is configured, so no one could sign in; set GOOGLE_CLIENT_ID and \
                 GOOGLE_CLIENT_SECRET, or those of another provider, or OIDC_<NAME>_ISSUER, OIDC_<NAME>_CLIENT_ID and OIDC_<NAME>_CLIENT_SECRET",
            ));
        }
        Ok(Self {
            listen_addr: network::address(env, "LISTEN_ADDR", "127.0.0.1:3000")?,
            metrics_addr: network::metrics_address(env)?,
            database_url: database::database_url(env)?,
            database_pool: database::database_pool(env)?,
            outbound: outbound::parse(env, &base_url)?,
            rate_limits: network::rate_limits(env, &base_url)?,
            password_rules: passwords::rules(env)?,
            breached_passwords: passwords::breached(env, &base_url)?,
            trusted_proxies: network::trusted_proxies(env)?,
            client_ip_header: network::client_ip_header(env)?,
            cors_origins: api::cors_origins(env)?,
            api_nonce: api::nonce_required(env)?,
            google_button: api::google_button(env, &providers)?,
            sandbox_wanted: providers.is_empty() && base_url.is_loopback(),
            sandbox_addr: network::address(env, "SANDBOX_ADDR", "127.0.0.1:3010")?,
            sandbox_smtp_addr: network::address(env, "SANDBOX_SMTP_ADDR", "127.0.0.1:3025")?,
            mail: mail::parse(env)?,
            email_requirement: mail::email_requirement(env, providers.is_empty() && base_url.is_loopback())?,
            security_txt: security_txt::parse(env)?,
            email_codes: email_codes::enabled(env)?,
            sign_up: sign_up::parse(env)?,
            admins: admins::parse(env)?,
            forward_auth_credentials: sessions::forward_auth_credentials(env)?,
            session_mode: sessions::session_mode(env)?,
            inspect: inspect::parse(env, &base_url)?,
            passkey_rp: passkeys::relying_party(env, &base_url)?,
            second_factor: second_factor::policy(env)?,
            token_audience: sessions::token_audience(env)?,
            reload_port: reload_port(env),
            log_json: log_json(env)?,
            log_filter: env.get("RUST_LOG").unwrap_or("info").to_owned(),
            secret_keys: SecretKeys::from_environment(env, &base_url, missing_file)?,
            providers,
            base_url,
        })
    }
}

/// The prefix of a provider's variables: `GOOGLE` for `google`, `OIDC_WORK` for a generic `work`.
pub fn variables_of(slug: &str) -> String {
    crate::providers::variables_of(slug)
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
