//! Whether the authorization response names its issuer (RFC 9207): a provider may begin to at any time.

use serde::{Deserialize, Serialize};

use super::rules::Rules;
use super::state::{Provider, SharedState};

/// Armed rules of a provider; without one the answer is as the provider's manners are.
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

/// The parameters of an answer about this person, with the `iss` that the rules say.
pub fn apply_iss(
    shared: &SharedState,
    provider: Provider,
    mut pairs: Vec<(String, String)>,
    person: Option<&str>,
) -> Vec<(String, String)> {
    let Some(rule) = shared.lock().providers[provider].iss.take(person, |_| true) else { return pairs };
    pairs.retain(|(name, _)| name != "iss");
    let iss = match rule.iss {
        Iss::Off => None,
        Iss::Right => Some(format!("{}{}", shared.origin(), provider.facts().issuer)),
        Iss::Wrong => Some("https://evil.example".to_owned()),
    };
    pairs.extend(iss.map(|iss| ("iss".to_owned(), iss)));
    pairs
}
