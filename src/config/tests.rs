use rstest::rstest;

use super::*;

const KEY: &str = "bGV0IHRoaXMgYmUgYSBrZXkgb2YgMzIgYnl0ZXMgb3IgbW9yZQ==";

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
fn the_production_settings_are_enough() {
    let config = with(&[]).unwrap();
    assert_eq!(config.base_url.origin(), "https://app.example");
    assert_eq!(config.providers.len(), 1);
    assert!(config.rate_limits && !config.sandbox_wanted);
}

#[test]
fn on_loopback_without_a_provider_the_sandbox_is_wanted() {
    let env = [("SECRET_KEY", KEY)].into_iter().collect();
    let config = Config::parse(&env).unwrap();
    assert!(config.sandbox_wanted);
    assert_eq!(config.base_url.origin(), "http://localhost:3000");
}

#[test]
fn a_generic_provider_needs_issuer_id_and_secret() {
    let config = with(&[
        ("OIDC_WORK_ISSUER", "https://id.example"),
        ("OIDC_WORK_CLIENT_ID", "a"),
        ("OIDC_WORK_CLIENT_SECRET", "b"),
        ("OIDC_WORK_LABEL", "Work"),
    ])
    .unwrap();
    assert_eq!(config.providers[1].slug.as_str(), "work");
    assert_eq!(config.providers[1].label, "Work");
}

#[test]
fn lists_of_keys_and_networks_are_read() {
    let list = format!("{KEY},AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    let keys = SecretKeys::parse(&list).unwrap();
    assert_eq!(keys.iter().count(), 2);
    let config = with(&[("TRUSTED_PROXIES", "10.0.0.0/8, ::1")]).unwrap();
    assert_eq!(config.trusted_proxies.len(), 2);
}

#[rstest]
#[case::not_a_url("BASE_URL", "our.own.host")]
#[case::plain_http("BASE_URL", "http://app.example")]
#[case::path("BASE_URL", "https://app.example/login")]
#[case::credentials("BASE_URL", "https://me@app.example")]
#[case::scheme("BASE_URL", "ftp://localhost")]
#[case::listen("LISTEN_ADDR", "3000")]
#[case::database("DATABASE_URL", "mysql://x")]
#[case::short_key("SECRET_KEY", "c2hvcnQ=")]
#[case::no_key("SECRET_KEY", "")]
#[case::not_base64("SECRET_KEY", "change-me-change-me-change-me-change-me")]
#[case::guessable("SECRET_KEY", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
#[case::half_google("GOOGLE_CLIENT_SECRET", "")]
#[case::stand_in("GOOGLE_ISSUER", "http://localhost:9/google")]
#[case::rate_limits_off("RATE_LIMITS", "off")]
#[case::rate_limits_odd("RATE_LIMITS", "maybe")]
#[case::proxies("TRUSTED_PROXIES", "everyone")]
#[case::mode("SESSION_MODE", "magic")]
#[case::log_format("LOG_FORMAT", "fancy")]
#[case::oidc_issuer("OIDC_WORK_CLIENT_ID", "a")]
fn a_wrong_setting_is_named(#[case] variable: &'static str, #[case] value: &'static str) {
    let error = with(&[(variable, value)]).unwrap_err();
    let family = variable.split('_').next().unwrap();
    assert!(error.variable.starts_with(family), "{error}");
    assert!(!error.to_string().contains(value) || value.is_empty() || value.len() < 6, "{error} repeats the value");
}

#[test]
fn a_generic_provider_may_not_take_a_built_in_name() {
    let error = with(&[
        ("OIDC_GOOGLE_ISSUER", "https://id.example"),
        ("OIDC_GOOGLE_CLIENT_ID", "a"),
        ("OIDC_GOOGLE_CLIENT_SECRET", "b"),
    ])
    .unwrap_err();
    assert_eq!(error.variable, "OIDC_GOOGLE_ISSUER");
}

#[test]
fn nobody_could_sign_in_without_a_provider_in_production() {
    let env = [("BASE_URL", "https://app.example"), ("SECRET_KEY", KEY)].into_iter().collect();
    assert_eq!(Config::parse(&env).unwrap_err().variable, "GOOGLE_CLIENT_ID");
}

#[test]
fn a_providers_variables_are_found_by_its_slug() {
    assert_eq!(variables_of("google"), "GOOGLE");
    assert_eq!(variables_of("work"), "OIDC_WORK");
}

#[test]
fn an_inspection_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data/secret.key");
    let keys = |missing| secret_key::from_file(&path, missing).unwrap();
    assert_eq!(keys(MissingFile::LeaveMissing).source(), &KeySource::FileToBeMade(path.clone()));
    assert!(!path.exists());
    let made = keys(MissingFile::Make);
    assert_eq!(made.source(), &KeySource::File(path.clone()));
    assert!(made.iter().eq(keys(MissingFile::LeaveMissing).iter()), "the file's key");
}

#[test]
fn the_configuration_prints_no_secret() {
    let printed = format!("{:?}", with(&[("DATABASE_URL", "postgres://u:p4ssw0rd@db/x")]).unwrap());
    assert!(!printed.contains("hush") && !printed.contains("p4ssw0rd") && !printed.contains(KEY));
}
