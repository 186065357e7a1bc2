//! The environment as a value, so that parsing it can be tested without touching the process.

use std::{collections::BTreeMap, path::Path};

use super::{ConfigError, providers::is_provider_variable};

/// Variables by name. An empty value is the same as none, as in a copied `.env.example`. No `Debug`: secrets are among the
/// values.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// The process's environment, with the defaults of `.env` in the working directory. Parent directories are not searched:
    /// whoever can write there could point us at their own provider.
    ///
    /// # Errors
    /// When `.env` exists and cannot be read or parsed, or a variable of the process is not UTF-8.
    pub fn of_process() -> Result<Self, ConfigError> {
        let mut variables = in_file(Path::new(".env"))?;
        for (name, value) in std::env::vars_os() {
            let Ok(name) = name.into_string() else { continue };
            match value.into_string() {
                Ok(value) => variables.insert(name, value),
                // Variables of other programs do not matter; ignoring one of ours would go unnoticed.
                Err(_) if is_ours(&name) => return Err(ConfigError::new(name, "is not UTF-8 text")),
                Err(_) => continue,
            };
        }
        Ok(Self(variables))
    }

    /// A variable's value without surrounding white space; `None` when unset or empty.
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

fn in_file(path: &Path) -> Result<BTreeMap<String, String>, ConfigError> {
    if !path.exists() {
        return Ok(BTreeMap::new());
    }
    let lines = dotenvy::from_path_iter(path).map_err(|_| ConfigError::new(".env", "exists but cannot be read"))?;
    lines
        .collect::<Result<_, _>>()
        // The line may contain a secret, so the error does not repeat it.
        .map_err(|_| ConfigError::new(".env", "has a line that is not NAME=value"))
}

fn is_ours(name: &str) -> bool {
    const PREFIXES: [&str; 20] = [
        "ADMINS",
        "LANDLOCK",
        "API_",
        "CORS_",
        "BASE_",
        "LISTEN_",
        "DATABASE_",
        "SECRET_",
        "SECURITY_",
        "SESSION_",
        "RATE_",
        "TRUSTED_",
        "SMTP_",
        "MAIL_",
        "METRICS_",
        "EMAIL_",
        "SANDBOX_",
        "PRIVATE_",
        "OUTBOUND_",
        "SIGN_UP",
    ];
    PREFIXES.iter().any(|prefix| name.starts_with(prefix)) || is_provider_variable(name)
}
