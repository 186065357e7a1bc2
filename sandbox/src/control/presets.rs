//! The named misbehaviours, read from `presets.json`.

use serde::{Deserialize, Serialize};

use crate::faults::EndpointFault;
use crate::id_token::Patch;

/// A misbehaviour with a name: a change of the id_token, faults of endpoints, or both.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    /// For control calls.
    pub name: String,
    /// Where it shows: the heading on the control page.
    pub group: String,
    /// For people.
    pub what: String,
    /// The change of the id_token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patch: Option<Patch>,
    /// The faults.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<EndpointFault>,
}

/// Every preset, in the file's order. A test holds the file to its form.
pub fn all() -> Vec<Preset> {
    serde_json::from_str(include_str!("presets.json")).unwrap_or_default()
}

/// One of them.
pub fn by_name(name: &str) -> Option<Preset> {
    all().into_iter().find(|preset| preset.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_reads_and_its_names_are_unique_and_each_does_something() {
        let presets: Vec<Preset> = serde_json::from_str(include_str!("presets.json")).unwrap();
        let names: std::collections::HashSet<_> = presets.iter().map(|preset| preset.name.as_str()).collect();
        assert_eq!(names.len(), presets.len());
        assert!(presets.iter().all(|preset| preset.patch.is_some() || !preset.faults.is_empty()));
        assert!(by_name("wrong_nonce").is_some() && by_name("no such").is_none());
    }
}
