//! The built-in providers, from the variables that each one's row of the table declares.

use super::{BaseUrl, ConfigError, Environment, endpoint_overrides};
use crate::providers::{BuiltIn, Provider, Settings, VariableKind};

/// The provider, if it is switched on.
pub(super) fn parse(env: &Environment, base_url: &BaseUrl, row: &BuiltIn) -> Result<Option<Provider>, ConfigError> {
    let variable = |name: &str| format!("{}_{name}", row.prefix());
    let mut settings: Vec<(&'static str, String)> = Vec::new();
    let required = required(env, row)?;
    for name in &required {
        settings.extend(env.get(&variable(name)).map(|value| (*name, value.to_owned())));
    }
    for optional in row.optional {
        let value = checked(env, base_url, &variable(optional.name), optional.kind)?;
        settings.extend(value.map(|value| (optional.name, value.to_owned())));
    }
    let Some((set, _)) = settings.first() else { return Ok(None) };
    let missing = required.iter().find(|name| settings.iter().all(|(known, _)| known != *name));
    if let Some(missing) = missing {
        let rule = match required[..] {
            [_, _] => "set both, or neither".to_owned(),
            _ => format!(
                "set all of {}, or none",
                required.iter().map(|name| variable(name)).collect::<Vec<_>>().join(", ")
            ),
        };
        return Err(ConfigError::new(variable(missing), format!("is missing while {} is set: {rule}", variable(set))));
    }
    let settings: Settings = settings.into_iter().collect();
    (row.provider)(&settings).map(Some).map_err(|error| ConfigError::new(variable(error.name), error.problem))
}

/// The variables that switch it on: with a client secret, or with what replaces it.
fn required(env: &Environment, row: &BuiltIn) -> Result<Vec<&'static str>, ConfigError> {
    const SECRET: &str = "CLIENT_SECRET";
    let variable = |name: &str| format!("{}_{name}", row.prefix());
    let is_set = |name: &&&str| env.get(&variable(name)).is_some();
    let Some(replacement) = row.instead_of_secret.iter().find(is_set) else { return Ok(row.required.to_vec()) };
    if is_set(&&SECRET) {
        let beside = variable(replacement);
        return Err(ConfigError::new(variable(SECRET), format!("is set beside {beside}: remove one of them")));
    }
    let others = row.required.iter().filter(|name| **name != SECRET);
    Ok(others.chain(row.instead_of_secret).copied().collect())
}

fn checked<'a>(
    env: &'a Environment,
    base_url: &BaseUrl,
    variable: &str,
    kind: VariableKind,
) -> Result<Option<&'a str>, ConfigError> {
    let Some(value) = env.get(variable) else { return Ok(None) };
    match kind {
        VariableKind::IssuerOverride => {
            endpoint_overrides::check_loopback(variable, base_url)?;
            endpoint_overrides::check_issuer(variable, value, base_url)?;
        }
        VariableKind::UrlOverride => {
            endpoint_overrides::check_loopback(variable, base_url)?;
            endpoint_overrides::check_url(variable, value, base_url)?;
        }
        VariableKind::Instance => endpoint_overrides::check_url(variable, value, base_url)?,
        VariableKind::Text => {}
    }
    Ok(Some(value))
}
