//! `INSPECT`: whether flows are recorded in memory, for `/inspect` and `latchkey explain-flow`.

use super::{BaseUrl, ConfigError, Environment};
use crate::inspect::RecordingMode;

/// On in development, off elsewhere. With `on-demand`, an administrator switches it on for a short time.
pub(super) fn parse(env: &Environment, base_url: &BaseUrl) -> Result<Option<RecordingMode>, ConfigError> {
    match env.get("INSPECT") {
        None => Ok(base_url.is_loopback().then_some(RecordingMode::Always)),
        Some("on") => Ok(Some(RecordingMode::Always)),
        Some("on-demand") => Ok(Some(RecordingMode::OnDemand)),
        Some("off") => Ok(None),
        Some(_) => Err(ConfigError::new("INSPECT", "must be `on`, `on-demand` or `off`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flows_are_recorded_in_development_unless_it_says_otherwise() {
        const ALWAYS: Option<RecordingMode> = Some(RecordingMode::Always);
        let recorded = |url: &str, setting: Option<&str>| {
            let env: Environment = setting.map(|value| ("INSPECT", value)).into_iter().collect();
            parse(&env, &BaseUrl::parse(url).unwrap()).map_err(|error| error.variable)
        };
        for (url, default) in [("http://localhost:3000", ALWAYS), ("https://app.example", None)] {
            assert_eq!(recorded(url, None), Ok(default));
            assert_eq!(recorded(url, Some("on")), Ok(ALWAYS));
            assert_eq!(recorded(url, Some("on-demand")), Ok(Some(RecordingMode::OnDemand)));
            assert_eq!(recorded(url, Some("off")), Ok(None));
            assert_eq!(recorded(url, Some("yes")), Err("INSPECT".to_owned()));
        }
    }
}
