//! The named misbehaviours in `presets.json`.

use serde::{Deserialize, Serialize};

use crate::faults::EndpointFault;
use crate::id_token::Patch;

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    pub name: String,
    pub group: String,
    pub what: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patch: Option<Patch>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<EndpointFault>,
}

pub fn all() -> Vec<Preset> {
    serde_json::from_str(include_str!("presets.json")).unwrap_or_default()
}

pub fn by_name(name: &str) -> Option<Preset> {
    all().into_iter().find(|preset| preset.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_parse_with_unique_names_and_have_an_effect() {
        let presets: Vec<Preset> = serde_json::from_str(include_str!("presets.json")).unwrap();
        let names: std::collections::HashSet<_> = presets.iter().map(|preset| preset.name.as_str()).collect();
        assert_eq!(names.len(), presets.len());
        assert!(presets.iter().all(|preset| preset.patch.is_some() || !preset.faults.is_empty()));
        assert!(by_name("wrong_nonce").is_some() && by_name("no such").is_none());
    }
}
