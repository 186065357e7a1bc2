//! The built-in providers and their options.

use std::{collections::BTreeSet, sync::OnceLock};

use rstest::rstest;

use super::{KEY, production, valid, with};
use crate::{
    config::*,
    providers::{BUILT_IN, BuiltIn, VariableKind, for_tests::required_value},
};

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
    let example = include_str!("../../../.env.example");
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

#[rstest]
#[case("on", Some(true))]
#[case("off", Some(false))]
#[case("yes", None)]
fn google_session_claims_are_on_or_off(#[case] text: &'static str, #[case] asked: Option<bool>) {
    let outcome = with(&[("GOOGLE_SESSION_CLAIMS", text)]);
    match outcome {
        Ok(config) => assert_eq!(Some(config.providers[0].session_claims), asked),
        Err(error) => assert!(error.variable == "GOOGLE_SESSION_CLAIMS" && asked.is_none()),
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
