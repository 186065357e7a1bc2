//! The environment as a value, so that parsing it can be tested without touching the process.

use std::collections::BTreeMap;

use super::ConfigError;

/// Variables by name. An empty value counts as not set, as in a copied `.env.example`.
///
/// There is no `Debug`: the values include secrets.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// The process's own, with `.env` of the working folder beneath it when there is one.
    ///
    /// # Errors
    /// When `.env` exists and cannot be read or parsed.
    pub fn of_process() -> Result<Self, ConfigError> {
        match dotenvy::dotenv() {
            Ok(_) => {}
            Err(error) if error.not_found() => {}
            Err(dotenvy::Error::LineParse(_, column)) => {
                // The line itself may hold a secret: it is not repeated.
                return Err(ConfigError::new(
                    ".env",
                    format!("has a line that is not NAME=value (at column {column})"),
                ));
            }
            Err(_) => return Err(ConfigError::new(".env", "is there but cannot be read")),
        }
        Ok(std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect())
    }

    /// A variable's value without surrounding blanks; `None` when unset or empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// The names of all variables that have a value.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|(_, value)| !value.trim().is_empty()).map(|(name, _)| name.as_str())
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}
