//! Whether the authorization response names its issuer (RFC 9207): a provider may begin to at any time.

use serde::{Deserialize, Serialize};

use super::Desk;
use crate::sandbox::rules::Rules;
use crate::sandbox::world::World;

/// Armed rules of a provider; without one the answer has no `iss`.
pub type IssRules = Rules<IssRule>;

/// The body of an `iss` order.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct IssRule {
    /// What is sent.
    pub iss: Iss,
}

/// What is sent as `iss`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Iss {
    /// Nothing.
    Off,
    /// The provider's own issuer.
    Right,
    /// Another issuer: a mix-up.
    Wrong,
}

/// The `iss` for an answer about this person, as the rules say.
pub fn issuer(world: &World, desk: &Desk, person: Option<&str>) -> Option<String> {
    let rule = world.state().house(desk.provider).iss.take(person, |_| true)?;
    match rule.iss {
        Iss::Off => None,
        Iss::Right => Some(format!("{}{}", world.origin(), desk.issuer)),
        Iss::Wrong => Some("https://evil.example".to_owned()),
    }
}
