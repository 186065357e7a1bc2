use std::{collections::BTreeSet, sync::OnceLock};

use rstest::rstest;

use super::*;
use crate::providers::{BUILT_IN, BuiltIn, VariableKind, for_tests::required_value};

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

/// What switches on every built-in provider: the required variables of each row of the table.
#[rstest]
#[case(&[], None)]
#[case(&[("DATABASE_POOL", "1")], Some(1))]
#[case(&[("DATABASE_POOL", "500")], Some(500))]
fn the_pool_has_a_limit(#[case] settings: &[(&'static str, &'static str)], #[case] connections: Option<u32>) {
    assert_eq!(with(settings).unwrap().database_pool, connections);
}

fn every_provider() -> Vec<(&'static str, &'static str)> {
    static SETTINGS: OnceLock<Vec<(String, String)>> = OnceLock::new();
    let settings = SETTINGS.get_or_init(|| {
        let of = |row: &'static BuiltIn| row.required.iter().map(|name| (variable(row, name), required_value(name)));
        BUILT_IN.into_iter().flat_map(of).collect()
    });
    settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

fn variable(row: &BuiltIn, name: &str) -> String {
    format!("{}_{name}", row.prefix())
}

/// The variables of every provider that are of this kind.
fn optional(kinds: &[VariableKind]) -> Vec<&'static str> {
    let of =
        |row: &'static BuiltIn| row.optional.iter().map(move |optional| (variable(row, optional.name), optional.kind));
    let variables = BUILT_IN.into_iter().flat_map(of).filter(|(_, kind)| kinds.contains(kind));
    variables.map(|(name, _)| &*name.leak()).collect()
}

const OVERRIDES: [VariableKind; 2] = [VariableKind::IssuerOverride, VariableKind::UrlOverride];

/// The same with one value changed.
fn every_provider_with(name: &'static str, value: &'static str) -> Vec<(&'static str, &'static str)> {
    every_provider().into_iter().chain([(name, value)]).collect()
}

fn slugs(config: &Config) -> Vec<&str> {
    config.providers.iter().map(|provider| provider.slug.as_str()).collect()
}

#[test]
fn every_provider_is_on_the_login_page_in_the_order_of_the_table() {
    let config = with(&every_provider()).unwrap();
    assert_eq!(slugs(&config), BUILT_IN.map(|row| row.slug));
    let issuers: BTreeSet<_> = config.providers.iter().map(|provider| provider.metadata.issuer()).collect();
    assert_eq!(issuers.len(), BUILT_IN.len(), "{issuers:?}");
}

#[test]
fn a_half_configured_provider_names_the_missing_variable() {
    for row in BUILT_IN {
        for name in row.required {
            let missing = variable(row, name);
            let rest = every_provider().into_iter().filter(|(name, _)| *name != missing);
            let error = Config::parse(&production().into_iter().chain(rest).collect()).unwrap_err();
            assert_eq!(error.variable, missing);
            assert!(error.problem.starts_with("is missing while "), "{error}");
        }
    }
}

#[test]
fn the_example_file_has_every_required_variable_and_option() {
    let example = include_str!("../../.env.example");
    let has = |name: &str| example.contains(&format!("\n#{name}="));
    for row in BUILT_IN {
        for name in row.required {
            assert!(has(&variable(row, name)), "{}", variable(row, name));
        }
    }
    for name in optional(&[VariableKind::Instance, VariableKind::Text]) {
        assert!(has(name), "{name}");
    }
}

#[test]
fn apples_private_key_may_be_on_one_line() {
    let one_line = required_value("PRIVATE_KEY").replace('\n', "\\n").leak();
    let key = "APPLE_PRIVATE_KEY";
    assert!(slugs(&with(&every_provider_with(key, one_line)).unwrap()).contains(&"apple"));
    for wrong in ["-----BEGIN PRIVATE KEY-----", "hush", "AuthKey_KEY1234567.p8"] {
        let error = with(&every_provider_with(key, wrong)).unwrap_err();
        assert_eq!(error.variable, key);
        assert!(wrong.starts_with("-----") || !error.to_string().contains(wrong), "{error}");
    }
}

#[rstest]
#[case("common", true)]
#[case("consumers", true)]
#[case("d7c1f2aa-58d9-4f6e-9a1e-0c1f6d5f7a11", true)]
#[case("example.com", false)]
#[case("Common", false)]
#[case("../x", false)]
fn a_microsoft_tenant_is_a_word_or_a_uuid(#[case] tenant: &'static str, #[case] accepted: bool) {
    let outcome = with(&every_provider_with("MICROSOFT_TENANT", tenant));
    assert_eq!(outcome.is_ok(), accepted);
    assert!(accepted || outcome.unwrap_err().variable == "MICROSOFT_TENANT");
}

#[rstest]
#[case("navy.example", true)]
#[case("Navy.example", false)]
#[case("navy", false)]
#[case("@navy.example", false)]
#[case("a.example,b.example", false)]
fn google_hd_is_one_domain_in_lower_case(#[case] domain: &'static str, #[case] accepted: bool) {
    let outcome = with(&[("GOOGLE_HD", domain)]);
    assert_eq!(outcome.is_ok(), accepted);
    match outcome {
        Ok(config) => assert_eq!(config.providers[0].hosted_domain.as_deref(), Some(domain)),
        Err(error) => assert_eq!(error.variable, "GOOGLE_HD"),
    }
}

#[test]
fn an_endpoint_override_is_a_plain_url_on_loopback() {
    for variable in optional(&OVERRIDES) {
        let at = |base_url, address| {
            let settings: Vec<_> =
                every_provider().into_iter().chain([("BASE_URL", base_url), (variable, address)]).collect();
            with(&settings)
        };
        assert!(at("http://localhost:3000", "http://localhost:3010/it").is_ok(), "{variable}");
        assert!(at("http://localhost:3000", "https://it.example").is_ok(), "{variable}");
        let refused = [
            ("https://app.example", "http://localhost:3010/it"),
            ("https://app.example", "https://it.example"),
            ("http://localhost:3000", "http://it.example"),
            ("http://localhost:3000", "http://localhost:3010/it?a=b"),
            ("http://localhost:3000", "http://localhost:3010/it#a"),
            ("http://localhost:3000", "http://a:b@localhost:3010/it"),
            ("http://localhost:3000", "javascript:alert(1)"),
            ("http://localhost:3000", "localhost"),
        ];
        for (base_url, address) in refused {
            assert_eq!(at(base_url, address).unwrap_err().variable, variable, "{address}");
        }
        assert!(variable.ends_with("_ISSUER") || at("http://localhost:3000", "http://localhost:3010/it/").is_err());
    }
}

/// Outside loopback, too: `GITLAB_URL` is not only for mocks.
#[rstest]
#[case("https://app.example", "https://git.example", true)]
#[case("https://app.example", "https://git.example/gitlab", true)]
#[case("http://localhost:3000", "http://localhost:3010/gitlab", true)]
#[case("https://app.example", "http://git.example", false)]
#[case("https://app.example", "http://localhost:3010/gitlab", false)]
#[case("https://app.example", "https://git.example/", false)]
#[case("https://app.example", "https://git.example?a=b", false)]
#[case("https://app.example", "git.example", false)]
fn gitlab_may_be_self_hosted(#[case] base_url: &'static str, #[case] url: &'static str, #[case] accepted: bool) {
    let settings = [every_provider(), vec![("BASE_URL", base_url), ("GITLAB_URL", url)]].concat();
    match with(&settings) {
        Ok(config) => {
            assert!(accepted, "{url}");
            let gitlab = config.providers.iter().find(|provider| provider.slug.as_str() == "gitlab").unwrap();
            assert_eq!(gitlab.metadata.issuer(), url);
        }
        Err(error) => assert!(!accepted && error.variable == "GITLAB_URL", "{error}"),
    }
}

#[test]
fn an_option_without_its_client_names_the_client_id() {
    let loopback = [("BASE_URL", "http://localhost:3000"), ("SECRET_KEY", KEY)];
    let others = [VariableKind::Instance, VariableKind::Text];
    for variable in optional(&OVERRIDES).into_iter().chain(optional(&others)) {
        let value = "http://localhost:3010/it";
        let error = Config::parse(&loopback.into_iter().chain([(variable, value)]).collect()).unwrap_err();
        let prefix = variable.split('_').next().unwrap();
        assert_eq!(error.variable, format!("{prefix}_CLIENT_ID"));
    }
}

#[test]
fn mail_needs_a_server_and_a_sender() {
    let server = ("SMTP_URL", "smtps://me:hush@mail.example:465");
    let sender = ("MAIL_FROM", "Latchkey <no-reply@app.example>");
    assert!(with(&[]).unwrap().mail.is_none());
    let mail = with(&[server, sender]).unwrap().mail.unwrap();
    assert_eq!(mail.mail_from, sender.1);
    assert_eq!(with(&[server]).unwrap_err().variable, "MAIL_FROM");
    assert_eq!(with(&[sender]).unwrap_err().variable, "SMTP_URL");
}

#[rstest]
#[case("smtps://me:hush@mail.example", true)]
#[case("smtp://me:hush@mail.example:587", true)]
#[case("smtp://localhost:3025", true)]
#[case("mail.example", false)]
#[case("https://me:hush@mail.example", false)]
#[case("smtp://me:hush@mail.example?tls=none", false)]
fn a_mail_server_is_an_smtp_url(#[case] url: &'static str, #[case] accepted: bool) {
    let outcome = with(&[("SMTP_URL", url), ("MAIL_FROM", "no-reply@app.example")]);
    assert_eq!(outcome.is_ok(), accepted);
    match outcome {
        Ok(config) => assert!(!format!("{config:?}").contains("hush")),
        Err(error) => {
            assert!(error.variable == "SMTP_URL" && !error.to_string().contains("hush"), "{error}");
            assert!(error.problem.contains("smtps://user:password@host:465"), "{error}");
        }
    }
}

#[rstest]
#[case("no-reply@app.example", true)]
#[case("Latchkey <no-reply@localhost>", true)]
#[case("Latchkey", false)]
#[case("a@app.example, b@app.example", false)]
fn a_sender_is_a_mailbox(#[case] sender: &'static str, #[case] accepted: bool) {
    let outcome = with(&[("SMTP_URL", "smtp://localhost:3025"), ("MAIL_FROM", sender)]);
    assert_eq!(outcome.is_ok(), accepted, "{outcome:?}");
    assert!(accepted || outcome.unwrap_err().variable == "MAIL_FROM");
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
fn a_generic_provider_may_not_take_a_reserved_name() {
    let named = |name: &str| {
        let values = [("ISSUER", "https://id.example"), ("CLIENT_ID", "a"), ("CLIENT_SECRET", "b")];
        let settings = values.map(|(suffix, value)| (format!("OIDC_{name}_{suffix}"), value.to_owned()));
        let valid = valid().into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
        Config::parse(&valid.chain(settings).collect())
    };
    let all = with(&every_provider()).unwrap();
    let words = ["callback", "logout", "password", "email-link", "link", "reauthenticate", "email", "undo", "verify"];
    for name in slugs(&all).into_iter().chain(words) {
        let name = name.to_ascii_uppercase();
        assert_eq!(named(&name).unwrap_err().variable, format!("OIDC_{name}_ISSUER"));
    }
    assert!(named("WORK").is_ok());
}

#[test]
fn production_needs_a_provider() {
    let env = [("BASE_URL", "https://app.example"), ("SECRET_KEY", KEY)].into_iter().collect();
    assert_eq!(Config::parse(&env).unwrap_err().variable, "GOOGLE_CLIENT_ID");
}

#[test]
fn variables_of_gives_the_prefix() {
    assert_eq!(variables_of("google"), "GOOGLE");
    assert_eq!(variables_of("work"), "OIDC_WORK");
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

#[rstest]
#[case(&[], Some(EmailRequirement::Ask))]
#[case(&[("EMAIL_ADDRESS", "off")], Some(EmailRequirement::Off))]
#[case(&[("EMAIL_ADDRESS", "required")], None)]
#[case(&[("EMAIL_ADDRESS", "required"), ("SMTP_URL", "smtps://a:b@mail.example"), ("MAIL_FROM", "a@app.example")], Some(EmailRequirement::Require))]
#[case(&[("EMAIL_ADDRESS", "yes")], None)]
fn email_address_is_ask_required_or_off(#[case] settings: &[(&str, &str)], #[case] expected: Option<EmailRequirement>) {
    let environment: Environment = valid().into_iter().chain(settings.iter().copied()).collect();
    match (Config::parse(&environment), expected) {
        (Ok(config), Some(expected)) => assert_eq!(config.email_requirement, expected),
        (Err(error), None) => assert_eq!(error.variable, "EMAIL_ADDRESS"),
        (outcome, expected) => panic!("{expected:?}: {outcome:?}"),
    }
}

#[test]
fn cors_origins_are_a_list() {
    let config =
        with(&[("CORS_ORIGINS", "https://spa.example, http://localhost:3020 https://b.example:8443")]).unwrap();
    assert_eq!(config.cors_origins, ["https://spa.example", "http://localhost:3020", "https://b.example:8443"]);
    assert!(with(&[]).unwrap().cors_origins.is_empty());
}

#[rstest]
#[case::any("*")]
#[case::pattern("https://*.example")]
#[case::null("null")]
#[case::name("spa.example")]
#[case::path("https://spa.example/app")]
#[case::slash("https://spa.example/")]
#[case::upper_case("https://SPA.example")]
#[case::usual_port("https://spa.example:443")]
#[case::plain_http("http://spa.example")]
#[case::other_scheme("ftp://spa.example")]
#[case::one_of_two("https://spa.example,https://*.example")]
fn a_wrong_cors_origin_is_rejected(#[case] origins: &'static str) {
    let error = with(&[("CORS_ORIGINS", origins)]).unwrap_err();
    assert_eq!(error.variable, "CORS_ORIGINS");
    assert!(error.problem.contains("https://spa.example"), "{error}");
}

#[test]
fn api_nonce_is_required_by_default() {
    assert!(with(&[]).unwrap().api_nonce && with(&[("API_NONCE", "required")]).unwrap().api_nonce);
    assert!(!with(&[("API_NONCE", "off")]).unwrap().api_nonce);
    assert_eq!(with(&[("API_NONCE", "no")]).unwrap_err().variable, "API_NONCE");
}

#[test]
fn token_audience_is_optional() {
    assert_eq!(with(&[]).unwrap().token_audience, None);
    let named = with(&[("TOKEN_AUDIENCE", "https://api.example")]).unwrap();
    assert_eq!(named.token_audience.as_deref(), Some("https://api.example"));
}

#[test]
fn session_mode_is_server_by_default() {
    let mode = |value: &'static str| with(&[("SESSION_MODE", value)]).unwrap().session_mode;
    assert_eq!(with(&[]).unwrap().session_mode, SessionMode::Server);
    assert_eq!((mode("server"), mode("jwt")), (SessionMode::Server, SessionMode::Jwt));
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
