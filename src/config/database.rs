//! The database.

use secrecy::SecretString;

use super::{ConfigError, Environment};

pub(super) fn database_url(env: &Environment) -> Result<SecretString, ConfigError> {
    let text = env.get("DATABASE_URL").unwrap_or("sqlite://data/latchkey.db");
    if !text.contains("://") && ["host=", "dbname=", "user="].iter().any(|keyword| text.contains(keyword)) {
        return Err(ConfigError::new(
            "DATABASE_URL",
            "is in the keyword form (host=… user=…); write it as a URL: postgres://user:password@host:5432/name",
        ));
    }
    let known = ["sqlite:", "postgres://", "postgresql://"];
    if !known.iter().any(|scheme| text.starts_with(scheme)) {
        return Err(ConfigError::new(
            "DATABASE_URL",
            "must begin with sqlite:// or postgres://, for instance sqlite://data/latchkey.db",
        ));
    }
    Ok(SecretString::from(text.to_owned()))
}

pub(super) fn database_pool(env: &Environment) -> Result<Option<u32>, ConfigError> {
    /// More would wait inside the database, where they cost memory.
    const MOST: u32 = 500;
    let Some(text) = env.get("DATABASE_POOL") else { return Ok(None) };
    match text.parse() {
        Ok(connections @ 1..=MOST) => Ok(Some(connections)),
        _ => Err(ConfigError::new("DATABASE_POOL", format!("must be a number of connections from 1 to {MOST}"))),
    }
}
