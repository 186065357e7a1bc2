//! `iss` in the authorization response (RFC 9207), on, off or wrong.

use serde::{Deserialize, Serialize};

use super::rules::Rules;
use super::state::{Provider, SharedState};

/// Without a rule, the provider's usual behaviour applies.
pub type IssRules = Rules<IssRule>;

/// The body of the `iss` command.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct IssRule {
    pub iss: Iss,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Iss {
    Off,
    Right,
    /// Another issuer (mix-up attack).
    Wrong,
}

/// Applies an armed `iss` rule to the response parameters.
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
