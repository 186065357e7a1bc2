//! The built-in providers, from the variables that each one's row of the table declares.

use super::{BaseUrl, ConfigError, Environment, endpoint_overrides};
use crate::providers::{BuiltIn, Provider, Settings, VariableKind};

/// The provider, if it is switched on.
pub(super) fn parse(env: &Environment, base_url: &BaseUrl, row: &BuiltIn) -> Result<Option<Provider>, ConfigError> {
    let variable = |name: &str| format!("{}_{name}", row.prefix());
    let mut settings: Vec<(&'static str, String)> = Vec::new();
    for name in row.required {
        settings.extend(env.get(&variable(name)).map(|value| (*name, value.to_owned())));
    }
    for optional in row.optional {
        let value = checked(env, base_url, &variable(optional.name), optional.kind)?;
        settings.extend(value.map(|value| (optional.name, value.to_owned())));
    }
    let Some((set, _)) = settings.first() else { return Ok(None) };
    let missing = row.required.iter().find(|name| settings.iter().all(|(known, _)| known != *name));
    if let Some(missing) = missing {
        let rule = match row.required {
            [_, _] => "set both, or neither".to_owned(),
            names => format!(
                "set all of {}, or none",
                names.iter().map(|name| variable(name)).collect::<Vec<_>>().join(", ")
            ),
        };
        return Err(ConfigError::new(variable(missing), format!("is missing while {} is set: {rule}", variable(set))));
    }
    let settings: Settings = settings.into_iter().collect();
    (row.provider)(&settings).map(Some).map_err(|error| ConfigError::new(variable(error.name), error.problem))
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
