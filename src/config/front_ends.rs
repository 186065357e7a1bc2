//! Our other clients at a provider: apps and pages that sign users in themselves and hand us the token.

use super::{ConfigError, Environment, providers::missing};
use crate::providers::{IdentitySource, Provider};

pub(super) const SUFFIX: &str = "_API_CLIENT_IDS";
const MAX_CLIENTS: usize = 20;
/// Maximum length of a client id, in bytes.
const MAX_LENGTH: usize = 255;

/// The provider with the further clients of `<PREFIX>_API_CLIENT_IDS`.
pub(super) fn added(
    env: &Environment,
    prefix: &str,
    provider: Option<Provider>,
) -> Result<Option<Provider>, ConfigError> {
    let variable = format!("{prefix}{SUFFIX}");
    let Some(list) = env.get(&variable) else { return Ok(provider) };
    let Some(mut provider) = provider else {
        return Err(missing(&format!("{prefix}_CLIENT_ID"), &variable));
    };
    if let IdentitySource::Api(_) = provider.spec.identity {
        return Err(ConfigError::new(
            variable,
            format!("has no effect: {} can confirm the tokens of {prefix}_CLIENT_ID only; remove it", provider.label),
        ));
    }
    provider.further_client_ids = ids(list).ok_or_else(|| {
        ConfigError::new(variable, format!("must be client ids, separated by commas, {MAX_CLIENTS} at most"))
    })?;
    Ok(Some(provider))
}

fn ids(list: &str) -> Option<Vec<String>> {
    let ids: Vec<String> = list.split(',').map(|id| id.trim().to_owned()).collect();
    let usable = |id: &String| (1..=MAX_LENGTH).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
    (ids.len() <= MAX_CLIENTS && ids.iter().all(usable)).then_some(ids)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::config::Config;

    const GOOGLE: [(&str, &str); 2] = [("GOOGLE_CLIENT_ID", "web"), ("GOOGLE_CLIENT_SECRET", "hush")];
    const GITHUB: [(&str, &str); 2] = [("GITHUB_CLIENT_ID", "web"), ("GITHUB_CLIENT_SECRET", "hush")];
    const WORK: [(&str, &str); 3] =
        [("OIDC_WORK_ISSUER", "https://id.example"), ("OIDC_WORK_CLIENT_ID", "web"), ("OIDC_WORK_CLIENT_SECRET", "s")];

    const KEY: (&str, &str) = ("SECRET_KEY", "bGV0IHRoaXMgYmUgYSBrZXkgb2YgMzIgYnl0ZXMgb3IgbW9yZQ==");

    fn parsed(
        set: &[(&'static str, &'static str)],
        more: &[(&'static str, &'static str)],
    ) -> Result<Config, ConfigError> {
        Config::parse(&set.iter().chain(more).chain([&KEY]).copied().collect())
    }

    #[rstest]
    #[case("app", &["web", "app"])]
    #[case(" app , web-2.apps.example,", &[])]
    #[case(" app , web-2.apps.example ", &["web", "app", "web-2.apps.example"])]
    #[case("two words", &[])]
    #[case("a,,b", &[])]
    #[case("ä", &[])]
    fn a_list_of_client_ids_is_read(#[case] list: &'static str, #[case] all: &[&str]) {
        match parsed(&GOOGLE, &[("GOOGLE_API_CLIENT_IDS", list)]) {
            Ok(config) => assert_eq!(config.providers[0].client_ids(), all),
            Err(error) => assert_eq!((error.variable.as_str(), all), ("GOOGLE_API_CLIENT_IDS", &[][..])),
        }
    }

    #[test]
    fn without_the_variable_there_is_one_client() {
        assert_eq!(parsed(&GOOGLE, &[]).unwrap().providers[0].client_ids(), ["web"]);
        assert_eq!(parsed(&GOOGLE, &[("GOOGLE_API_CLIENT_IDS", " ")]).unwrap().providers[0].client_ids(), ["web"]);
    }

    #[test]
    fn a_generic_provider_may_have_further_clients() {
        let config = parsed(&WORK, &[("OIDC_WORK_API_CLIENT_IDS", "app")]).unwrap();
        assert_eq!(config.providers[0].client_ids(), ["web", "app"]);
    }

    #[test]
    fn further_clients_need_a_first_one_and_id_tokens() {
        let variable = |outcome: Result<Config, ConfigError>| outcome.err().map(|error| error.variable);
        let alone = [("GOOGLE_API_CLIENT_IDS", "app")];
        assert_eq!(variable(parsed(&[], &alone)).as_deref(), Some("GOOGLE_CLIENT_ID"));
        assert_eq!(variable(parsed(&GOOGLE, &alone)), None);
        let alone = [("OIDC_WORK_API_CLIENT_IDS", "app")];
        assert_eq!(variable(parsed(&[], &alone)).as_deref(), Some("OIDC_WORK_CLIENT_ID"));
        let at_github = [("GITHUB_API_CLIENT_IDS", "app")];
        assert_eq!(variable(parsed(&GITHUB, &at_github)).as_deref(), Some("GITHUB_API_CLIENT_IDS"));
        assert_eq!(variable(parsed(&GITHUB, &[])), None);
    }
}
