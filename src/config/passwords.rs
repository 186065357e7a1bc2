//! Which passwords are acceptable (`PASSWORD_MIN_LENGTH`, `BREACHED_PASSWORDS`).

use url::Url;

use super::{BaseUrl, ConfigError, Environment};
use crate::accounts::PasswordRules;

const MIN_LENGTH: &str = "PASSWORD_MIN_LENGTH";
const BREACHED: &str = "BREACHED_PASSWORDS";
/// Of Have I Been Pwned.
const PWNED_PASSWORDS: &str = "https://api.pwnedpasswords.com/range/";

pub(super) fn rules(env: &Environment) -> Result<PasswordRules, ConfigError> {
    let Some(text) = env.get(MIN_LENGTH) else { return Ok(PasswordRules::default()) };
    let rules = text.parse().ok().and_then(PasswordRules::with_min_length);
    rules.ok_or_else(|| ConfigError::new(MIN_LENGTH, "must be a number of characters from 8 to 64"))
}

/// The service that knows breached passwords.
pub(super) fn breached(env: &Environment, base_url: &BaseUrl) -> Result<Option<Url>, ConfigError> {
    let text = match env.get(BREACHED) {
        None | Some("off") => return Ok(None),
        Some("on") => PWNED_PASSWORDS,
        Some(text) => text,
    };
    let url = Url::parse(text).ok().filter(|url| {
        let is_secure = url.scheme() == "https" || (url.scheme() == "http" && base_url.is_loopback());
        is_secure && url.path().ends_with('/') && url.query().is_none() && url.fragment().is_none()
    });
    url.map(Some).ok_or_else(|| {
        ConfigError::new(
            BREACHED,
            "must be `off`, `on` (Pwned Passwords), or the https URL of a range service like it, which ends with a slash",
        )
    })
}
