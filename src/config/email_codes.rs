//! Whether users can sign in by a code from an email (`EMAIL_CODES`).

use super::{ConfigError, Environment};

pub(super) fn enabled(env: &Environment) -> Result<bool, ConfigError> {
    match env.get("EMAIL_CODES") {
        None | Some("on") => Ok(true),
        Some("off") => Ok(false),
        Some(_) => Err(ConfigError::new("EMAIL_CODES", "must be `on` or `off`")),
    }
}
