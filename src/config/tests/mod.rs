mod api;
mod mail;
mod providers;

use rstest::rstest;

use crate::config::*;

const KEY: &str = "bGV0IHRoaXMgYmUgYSBrZXkgb2YgMzIgYnl0ZXMgb3IgbW9yZQ==";

fn production() -> [(&'static str, &'static str); 2] {
    [("BASE_URL", "https://app.example"), ("SECRET_KEY", KEY)]
}

fn valid() -> Vec<(&'static str, &'static str)> {
    vec![
        ("BASE_URL", "https://app.example"),
        ("SECRET_KEY", KEY),
        ("GOOGLE_CLIENT_ID", "id.apps.googleusercontent.com"),
        ("GOOGLE_CLIENT_SECRET", "hush"),
    ]
}

fn with(changes: &[(&'static str, &'static str)]) -> Result<Config, ConfigError> {
    Config::parse(&valid().into_iter().chain(changes.iter().copied()).collect())
}

#[test]
fn production_needs_four_settings() {
    let config = with(&[]).unwrap();
    assert_eq!(config.base_url.origin(), "https://app.example");
    assert_eq!(config.providers.len(), 1);
    assert!(config.rate_limits && !config.sandbox_wanted);
}

#[test]
fn on_loopback_without_a_provider_the_sandbox_starts() {
    let env = [("SECRET_KEY", KEY)].into_iter().collect();
    let config = Config::parse(&env).unwrap();
    assert!(config.sandbox_wanted);
    assert_eq!(config.base_url.origin(), "http://localhost:3000");
}

#[test]
fn lists_of_keys_and_networks_are_read() {
    let list = format!("{KEY},AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    let keys = SecretKeys::parse(&list).unwrap();
    assert_eq!(keys.iter().count(), 2);
    let config = with(&[("TRUSTED_PROXIES", "10.0.0.0/8, ::1")]).unwrap();
    assert_eq!(config.trusted_proxies.len(), 2);
    assert_eq!(config.client_ip_header, "x-forwarded-for");
    let config = with(&[("CLIENT_IP_HEADER", "CF-Connecting-IP")]).unwrap();
    assert_eq!(config.client_ip_header, "cf-connecting-ip");
}

/// What switches on every built-in provider: the required variables of each row of the table.
#[rstest]
#[case(&[], None)]
#[case(&[("DATABASE_POOL", "1")], Some(1))]
#[case(&[("DATABASE_POOL", "500")], Some(500))]
fn the_pool_has_a_limit(#[case] settings: &[(&'static str, &'static str)], #[case] connections: Option<u32>) {
    assert_eq!(with(settings).unwrap().database_pool, connections);
}

#[rstest]
#[case::not_a_url("BASE_URL", "our.own.host")]
#[case::plain_http("BASE_URL", "http://app.example")]
#[case::path("BASE_URL", "https://app.example/login")]
#[case::credentials("BASE_URL", "https://me@app.example")]
#[case::scheme("BASE_URL", "ftp://localhost")]
#[case::listen("LISTEN_ADDR", "3000")]
#[case::database("DATABASE_URL", "mysql://x")]
#[case::no_connections("DATABASE_POOL", "0")]
#[case::too_many_connections("DATABASE_POOL", "501")]
#[case::connections("DATABASE_POOL", "many")]
#[case::private_networks("PRIVATE_NETWORKS", "10.0.0.0/8,corp")]
#[case::proxy("OUTBOUND_PROXY", "socks5://proxy.example")]
#[case::short_key("SECRET_KEY", "c2hvcnQ=")]
#[case::no_key("SECRET_KEY", "")]
#[case::not_base64("SECRET_KEY", "change-me-change-me-change-me-change-me")]
#[case::guessable("SECRET_KEY", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
#[case::half_google("GOOGLE_CLIENT_SECRET", "")]
#[case::endpoint_override("GOOGLE_ISSUER", "http://localhost:9/google")]
#[case::rate_limits_off("RATE_LIMITS", "off")]
#[case::rate_limits_odd("RATE_LIMITS", "maybe")]
#[case::proxies("TRUSTED_PROXIES", "everyone")]
#[case::no_header_name("CLIENT_IP_HEADER", "X Forwarded For")]
#[case::a_clients_header("CLIENT_IP_HEADER", "User-Agent")]
#[case::passkeys("PASSKEYS", "maybe")]
#[case::short_passwords("PASSWORD_MIN_LENGTH", "7")]
#[case::long_passwords("PASSWORD_MIN_LENGTH", "65")]
#[case::password_length("PASSWORD_MIN_LENGTH", "eight")]
#[case::breaches("BREACHED_PASSWORDS", "maybe")]
#[case::email_codes("EMAIL_CODES", "sometimes")]
#[case::breaches_without_slash("BREACHED_PASSWORDS", "https://ranges.example/range")]
#[case::mode("SESSION_MODE", "magic")]
#[case::mode_in_capitals("SESSION_MODE", "JWT")]
#[case::audience("TOKEN_AUDIENCE", "two audiences")]
#[case::audience_of_another_script("TOKEN_AUDIENCE", "https://аpi.example")]
#[case::log_format("LOG_FORMAT", "fancy")]
#[case::sandbox_mail("SANDBOX_SMTP_ADDR", "localhost")]
#[case::oidc_issuer("OIDC_WORK_CLIENT_ID", "a")]
fn a_wrong_setting_is_named_and_its_value_is_not_repeated(#[case] variable: &'static str, #[case] value: &'static str) {
    let error = with(&[(variable, value)]).unwrap_err();
    let prefix = variable.split('_').next().unwrap();
    assert!(error.variable.starts_with(prefix), "{error}");
    assert!(!error.to_string().contains(value) || value.is_empty() || value.len() < 6, "{error} repeats the value");
}

#[test]
fn inspect_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data/secret.key");
    let keys = |missing| secret_key::from_file(&path, missing).unwrap();
    assert_eq!(keys(MissingFile::Leave).source(), &KeySource::NewFile(path.clone()));
    assert!(!path.exists());
    let made = keys(MissingFile::Create);
    assert_eq!(made.source(), &KeySource::File(path.clone()));
    assert!(made.iter().eq(keys(MissingFile::Leave).iter()), "the file's key");
}

#[test]
fn debug_output_has_no_secret() {
    let printed = format!("{:?}", with(&[("DATABASE_URL", "postgres://u:p4ssw0rd@db/x")]).unwrap());
    assert!(!printed.contains("hush") && !printed.contains("p4ssw0rd") && !printed.contains(KEY));
}

#[test]
fn forward_auth_accepts_cookies_and_tokens_by_default() {
    use crate::sessions::AcceptedCredentials::{Bearer, Both, Cookie};
    assert_eq!(with(&[]).unwrap().forward_auth_credentials, Both);
    for (value, expected) in [("both", Both), ("cookie", Cookie), ("bearer", Bearer)] {
        assert_eq!(with(&[("FORWARD_AUTH_CREDENTIALS", value)]).unwrap().forward_auth_credentials, expected);
    }
    let error = with(&[("FORWARD_AUTH_CREDENTIALS", "basic")]).unwrap_err();
    assert_eq!(error.variable, "FORWARD_AUTH_CREDENTIALS");
}
