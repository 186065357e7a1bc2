//! The names of Google's responses and parameters, from its discovery documents (`schema.json` names them; `make interop`
//! compares it with the package).

use std::sync::LazyLock;

use serde_json::Value;

use super::ApiError;
use crate::fields::Fields;

static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("schema.json")).unwrap_or_default());

/// What is known of a value: the names of its members.
#[derive(Clone, Copy)]
pub struct Schema {
    /// `drive` or `calendar`.
    api: &'static str,
    inside: &'static Value,
}

impl Schema {
    /// For example `File` of `drive`.
    pub fn of(api: &'static str, name: &str) -> Self {
        Self { api, inside: &DOCUMENT[api]["schemas"][name] }
    }

    /// `None` for an unknown name.
    pub fn member(self, name: &str) -> Option<Self> {
        let members = self.inside.as_object()?;
        let inside = members.get(name).or_else(|| members.get("*"))?;
        Some(inside.as_str().map_or(Self { inside, ..self }, |schema| Self::of(self.api, schema)))
    }
}

/// Checks the names of a query.
///
/// # Errors
/// 400 for a name that the method does not have. Google ignores some of them; a client that misspells one should hear of it.
pub fn known_parameters(api: &'static str, method: &str, query: &Fields) -> Result<(), ApiError> {
    let has = |list: &Value, name: &str| list.as_array().is_some_and(|names| names.iter().any(|known| known == name));
    let of_method = &DOCUMENT[api]["methods"][method];
    let is_known = |name: &&str| has(of_method, name) || has(&DOCUMENT[api]["parameters"], name);
    match query.names().find(|name| !is_known(name)) {
        Some(name) => Err(ApiError::unknown_parameter(name)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_names_are_known() {
        let owners = Schema::of("drive", "FileList").member("files").and_then(|files| files.member("owners"));
        let owners = owners.expect("a reference to User");
        assert!(owners.member("displayName").is_some() && owners.member("name").is_none());
        let event = Schema::of("calendar", "Event");
        assert!(event.member("attendees").is_some_and(|attendees| attendees.member("responseStatus").is_some()));
        assert!(event.member("summary").is_some_and(|plain| plain.member("text").is_none()));
        let any = event.member("extendedProperties").and_then(|properties| properties.member("private"));
        assert!(any.is_some_and(|any| any.member("whatever").is_some()));
    }

    #[test]
    fn parameters_are_known_by_method() {
        let check = |api, method, query: &str| known_parameters(api, method, &Fields::parse(query)).is_ok();
        assert!(check("drive", "files.list", "q=x&fields=*&alt=json"));
        assert!(check("calendar", "events.list", "eventTypes=default&eventTypes=birthday"));
        assert!(!check("drive", "files.list", "query=x") && !check("drive", "files.get", "q=x"));
    }
}
