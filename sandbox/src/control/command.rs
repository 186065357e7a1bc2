//! Commands for one provider.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::presets;
use crate::faults::{Endpoint, EndpointFault, Fault};
use crate::id_token::ArmedPatch;
use crate::iss::IssRule;
use crate::keys::SigningKey;
use crate::rules::Rule;
use crate::state::{Provider, SharedState};
use crate::token_store::AutoConsent;

#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    #[error("unknown command {0:?}")]
    Unknown(String),
    #[error("invalid body: {0}")]
    Body(#[from] serde_json::Error),
    #[error("unknown person {0:?}")]
    Person(String),
    #[error("unknown preset {0:?}")]
    Preset(String),
    #[error("authorization_response supports only the fault kind `patch`")]
    ResponseFault,
    #[error("the message was not accepted: {0}")]
    Message(String),
    #[error("could not generate a key")]
    Key,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct PersonFilter {
    person: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Preset {
    preset: String,
    #[serde(default)]
    person: Option<String>,
    #[serde(default)]
    times: Option<u32>,
}

#[derive(Deserialize)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
enum KeyCommand {
    Rotate,
    RotateBeforeSigning,
    WithdrawOld,
    /// A signing key of one application.
    ForApp {
        client_id: String,
    },
}

/// Executes a provider command; the crate documentation lists them.
pub async fn execute(shared: &SharedState, provider: Provider, name: &str, body: Value) -> Result<(), CommandError> {
    match name {
        "auto_consent" if body.get("person").is_none_or(Value::is_null) => {
            shared.lock().provider(provider).tokens.auto = None
        }
        "auto_consent" => {
            let auto: AutoConsent = read(body)?;
            known(shared, Some(&auto.person))?;
            shared.lock().provider(provider).tokens.auto = (auto.times != Some(0)).then_some(auto);
        }
        "id_token" => arm_patch(shared, provider, read(body)?)?,
        "iss" => {
            let rule: Rule<IssRule> = read(body)?;
            known(shared, rule.person.as_deref())?;
            shared.lock().provider(provider).iss.arm(rule);
        }
        "faults" => arm_fault(shared, provider, read(body)?)?,
        "presets" => preset(shared, provider, read(body)?)?,
        "behave" => {
            let PersonFilter { person } = read(body)?;
            let mut state = shared.lock();
            let mock = state.provider(provider);
            mock.patches.disarm(person.as_deref());
            mock.faults.disarm(person.as_deref());
            mock.iss.disarm(person.as_deref());
        }
        "forget_consent" => {
            let PersonFilter { person } = read(body)?;
            shared.lock().provider(provider).tokens.forget_consent(person.as_deref());
        }
        "configure" if provider == Provider::Oidc => shared.lock().oidc = read(body)?,
        "keys" => keys(shared, provider, read(body)?).await?,
        other => return Err(CommandError::Unknown(other.to_owned())),
    }
    Ok(())
}

fn read<T: DeserializeOwned>(body: Value) -> Result<T, CommandError> {
    Ok(serde_json::from_value(body)?)
}

fn known(shared: &SharedState, person: Option<&str>) -> Result<(), CommandError> {
    match person {
        Some(id) if shared.lock().persons.by_id(id).is_none() => Err(CommandError::Person(id.to_owned())),
        _ => Ok(()),
    }
}

fn arm_patch(shared: &SharedState, provider: Provider, rule: Rule<ArmedPatch>) -> Result<(), CommandError> {
    known(shared, rule.person.as_deref())?;
    shared.lock().provider(provider).patches.arm(rule);
    Ok(())
}

fn arm_fault(shared: &SharedState, provider: Provider, rule: Rule<EndpointFault>) -> Result<(), CommandError> {
    known(shared, rule.person.as_deref())?;
    if rule.what.endpoint == Endpoint::AuthorizationResponse && !matches!(rule.what.fault, Fault::Patch { .. }) {
        return Err(CommandError::ResponseFault);
    }
    shared.lock().provider(provider).faults.arm(rule);
    Ok(())
}

fn preset(shared: &SharedState, provider: Provider, command: Preset) -> Result<(), CommandError> {
    let Preset { preset, person, times } = command;
    let named = presets::by_name(&preset).ok_or(CommandError::Preset(preset))?;
    if let Some(patch) = named.patch {
        arm_patch(shared, provider, Rule { person: person.clone(), times, what: ArmedPatch { patch } })?;
    }
    for what in named.faults {
        arm_fault(shared, provider, Rule { person: person.clone(), times, what })?;
    }
    Ok(())
}

async fn keys(shared: &SharedState, provider: Provider, command: KeyCommand) -> Result<(), CommandError> {
    if let KeyCommand::WithdrawOld = command {
        shared.lock().provider(provider).keys.withdraw_old();
        return Ok(());
    }
    let key = SigningKey::generate().await.ok_or(CommandError::Key)?;
    let mut state = shared.lock();
    let mock = state.provider(provider);
    match command {
        KeyCommand::ForApp { client_id } => mock.app_keys.insert(client_id, key),
        KeyCommand::Rotate => mock.keys.rotate(key),
        _ => mock.keys.rotate_before_signing(key),
    }
    Ok(())
}
