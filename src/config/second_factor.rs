//! Whether users have a second factor (`SECOND_FACTOR`).

use super::{ConfigError, Environment};
use crate::accounts::SecondFactorPolicy;

pub(super) fn policy(env: &Environment) -> Result<SecondFactorPolicy, ConfigError> {
    let Some(text) = env.get("SECOND_FACTOR") else { return Ok(SecondFactorPolicy::default()) };
    SecondFactorPolicy::from_code(text)
        .ok_or_else(|| ConfigError::new("SECOND_FACTOR", "must be `optional`, `required` or `off`"))
}
