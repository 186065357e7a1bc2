//! An order to one provider: read, checked, carried out.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::presets;
use crate::faults::{Endpoint, EndpointFault, Fault};
use crate::id_token::Bend;
use crate::iss::IssRule;
use crate::keys::SigningKey;
use crate::ledger::AutoConsent;
use crate::rules::Rule;
use crate::world::{Provider, World};

/// Why an order is refused.
#[derive(Debug, thiserror::Error)]
pub enum OrderError {
    /// No order of that name.
    #[error("there is no order {0:?}")]
    Unknown(String),
    /// The JSON does not fit.
    #[error("the body does not fit: {0}")]
    Body(#[from] serde_json::Error),
    /// Nobody of that id.
    #[error("there is no person {0:?}")]
    Person(String),
    /// No preset of that name.
    #[error("there is no preset {0:?}")]
    Preset(String),
    /// Only parameters can be bent there.
    #[error("at authorization_response only the fault kind `patch` works")]
    ResponseFault,
    /// No key could be made.
    #[error("no key could be made")]
    Key,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Whom {
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
enum KeyOrder {
    Rotate,
    RotateBeforeSigning,
    WithdrawOld,
}

/// Carries out the order called `name`; the room's documentation lists them.
pub async fn carry_out(world: &World, provider: Provider, name: &str, body: Value) -> Result<(), OrderError> {
    match name {
        "auto_consent" if body.get("person").is_none_or(Value::is_null) => {
            world.state().house(provider).ledger.auto = None
        }
        "auto_consent" => {
            let auto: AutoConsent = read(body)?;
            known(world, Some(&auto.person))?;
            world.state().house(provider).ledger.auto = (auto.times != Some(0)).then_some(auto);
        }
        "id_token" => bend(world, provider, read(body)?)?,
        "iss" => {
            let rule: Rule<IssRule> = read(body)?;
            known(world, rule.person.as_deref())?;
            world.state().house(provider).iss.arm(rule);
        }
        "faults" => arm(world, provider, read(body)?)?,
        "presets" => preset(world, provider, read(body)?)?,
        "behave" => {
            let Whom { person } = read(body)?;
            let mut state = world.state();
            let house = state.house(provider);
            house.patches.disarm(person.as_deref());
            house.faults.disarm(person.as_deref());
            house.iss.disarm(person.as_deref());
        }
        "forget_consent" => {
            let Whom { person } = read(body)?;
            world.state().house(provider).ledger.forget(person.as_deref());
        }
        "keys" => keys(world, provider, read(body)?).await?,
        other => return Err(OrderError::Unknown(other.to_owned())),
    }
    Ok(())
}

fn read<T: DeserializeOwned>(body: Value) -> Result<T, OrderError> {
    Ok(serde_json::from_value(body)?)
}

fn known(world: &World, person: Option<&str>) -> Result<(), OrderError> {
    match person {
        Some(id) if world.state().persons.by_id(id).is_none() => Err(OrderError::Person(id.to_owned())),
        _ => Ok(()),
    }
}

fn bend(world: &World, provider: Provider, rule: Rule<Bend>) -> Result<(), OrderError> {
    known(world, rule.person.as_deref())?;
    world.state().house(provider).patches.arm(rule);
    Ok(())
}

fn arm(world: &World, provider: Provider, rule: Rule<EndpointFault>) -> Result<(), OrderError> {
    known(world, rule.person.as_deref())?;
    if rule.what.endpoint == Endpoint::AuthorizationResponse && !matches!(rule.what.fault, Fault::Patch { .. }) {
        return Err(OrderError::ResponseFault);
    }
    world.state().house(provider).faults.arm(rule);
    Ok(())
}

fn preset(world: &World, provider: Provider, order: Preset) -> Result<(), OrderError> {
    let Preset { preset, person, times } = order;
    let named = presets::by_name(&preset).ok_or(OrderError::Preset(preset))?;
    if let Some(patch) = named.patch {
        bend(world, provider, Rule { person: person.clone(), times, what: Bend { patch } })?;
    }
    for what in named.faults {
        arm(world, provider, Rule { person: person.clone(), times, what })?;
    }
    Ok(())
}

async fn keys(world: &World, provider: Provider, order: KeyOrder) -> Result<(), OrderError> {
    if let KeyOrder::WithdrawOld = order {
        world.state().house(provider).keys.withdraw_old();
        return Ok(());
    }
    let key = SigningKey::generate().await.ok_or(OrderError::Key)?;
    let mut state = world.state();
    let keys = &mut state.house(provider).keys;
    match order {
        KeyOrder::Rotate => keys.rotate(key),
        _ => keys.rotate_before_signing(key),
    }
    Ok(())
}
