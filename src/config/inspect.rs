//! `INSPECT`: whether flows are recorded in memory, for `/inspect` and `latchkey explain-flow`.

use super::{BaseUrl, ConfigError, Environment};

/// On in development, off elsewhere.
pub(super) fn parse(env: &Environment, base_url: &BaseUrl) -> Result<bool, ConfigError> {
    match env.get("INSPECT") {
        None => Ok(base_url.is_loopback()),
        Some("on") => Ok(true),
        Some("off") => Ok(false),
        Some(_) => Err(ConfigError::new("INSPECT", "must be `on` or `off`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flows_are_recorded_in_development_unless_it_says_otherwise() {
        let recorded = |url: &str, setting: Option<&str>| {
            let env: Environment = setting.map(|value| ("INSPECT", value)).into_iter().collect();
            parse(&env, &BaseUrl::parse(url).unwrap()).map_err(|error| error.variable)
        };
        for (url, default) in [("http://localhost:3000", true), ("https://app.example", false)] {
            assert_eq!(recorded(url, None), Ok(default));
            assert_eq!(recorded(url, Some("on")), Ok(true));
            assert_eq!(recorded(url, Some("off")), Ok(false));
            assert_eq!(recorded(url, Some("yes")), Err("INSPECT".to_owned()));
        }
    }
}
