//! Partial responses: `fields=nextPageToken,files(id,owners/displayName)`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{ApiError, Schema};

/// The selected members; empty selects all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mask(BTreeMap<String, Mask>);

impl Mask {
    /// Parses `fields`.
    ///
    /// # Errors
    /// 400 if it is not a field selection.
    pub fn read(text: &str) -> Result<Self, ApiError> {
        let compact: String = text.chars().filter(|character| !character.is_whitespace()).collect();
        let mut rest = compact.as_str();
        match Self::list(&mut rest, 0) {
            Some(mask) if rest.is_empty() => Ok(mask),
            _ => Err(invalid(text)),
        }
    }

    /// Removes the members that are not selected.
    pub fn keep(&self, value: &mut Value) {
        if self.0.is_empty() || self.0.contains_key("*") {
            return;
        }
        match value {
            Value::Array(values) => values.iter_mut().for_each(|value| self.keep(value)),
            Value::Object(members) => {
                members.retain(|name, _| self.0.contains_key(name));
                members.iter_mut().for_each(|(name, value)| self.0[name].keep(value));
            }
            _ => {}
        }
    }

    /// Checks the names at every level.
    ///
    /// # Errors
    /// 400 with an unknown name, for the whole response as at Google.
    pub fn known(&self, schema: Schema) -> Result<(), ApiError> {
        for (name, inside) in self.0.iter().filter(|(name, _)| *name != "*") {
            inside.known(schema.member(name).ok_or_else(|| invalid(name))?)?;
        }
        Ok(())
    }

    fn list(rest: &mut &str, depth: usize) -> Option<Self> {
        let mut members = BTreeMap::new();
        loop {
            let (name, mask) = Self::member(rest, depth)?;
            join(&mut members, name, mask);
            match rest.strip_prefix(',') {
                Some(more) => *rest = more,
                None => return Some(Self(members)),
            }
        }
    }

    fn member(rest: &mut &str, depth: usize) -> Option<(String, Self)> {
        let end = rest.find(|character: char| !(character.is_ascii_alphanumeric() || "*_".contains(character)));
        let (name, more) = rest.split_at(end.unwrap_or(rest.len()));
        // Bounds the recursion.
        if name.is_empty() || depth > 10 {
            return None;
        }
        *rest = more;
        if let Some(more) = rest.strip_prefix('/') {
            *rest = more;
            let (inner, mask) = Self::member(rest, depth + 1)?;
            return Some((name.to_owned(), Self(BTreeMap::from([(inner, mask)]))));
        }
        let Some(more) = rest.strip_prefix('(') else { return Some((name.to_owned(), Self::default())) };
        *rest = more;
        let mask = Self::list(rest, depth + 1)?;
        *rest = rest.strip_prefix(')')?;
        Some((name.to_owned(), mask))
    }
}

/// `files/id,files/name` selects both; a plain `files` beside them selects everything.
fn join(members: &mut BTreeMap<String, Mask>, name: String, mask: Mask) {
    match members.get_mut(&name) {
        Some(known) if known.0.is_empty() || mask.0.is_empty() => *known = Mask::default(),
        Some(known) => known.0.extend(mask.0),
        None => drop(members.insert(name, mask)),
    }
}

fn invalid(what: &str) -> ApiError {
    let shown: String = what.chars().take(100).collect();
    ApiError::parameter("fields", "invalidParameter", format!("Invalid field selection {shown}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn mask_keeps_selected_members_only() {
        let answer =
            json!({"kind": "k", "next": "n", "files": [{"id": 1, "name": "a", "owners": [{"me": true, "x": 1}]}]});
        let kept = |fields: &str| {
            let mut answer = answer.clone();
            Mask::read(fields).unwrap().keep(&mut answer);
            answer
        };
        assert_eq!(
            kept("next, files(id, owners/me)"),
            json!({"next": "n", "files": [{"id": 1, "owners": [{"me": true}]}]})
        );
        assert_eq!(kept("files/name"), json!({"files": [{"name": "a"}]}));
        assert_eq!(kept("files/name,files/id"), json!({"files": [{"id": 1, "name": "a"}]}));
        assert_eq!(kept("files(*)"), json!({"files": answer["files"]}));
        assert_eq!(kept("*"), answer);
    }

    #[test]
    fn malformed_selection_is_rejected() {
        for text in ["files(", "files(id", "files)", ",id", "id,", "files()", "a b(", "files/", &"a(".repeat(5_000)] {
            assert!(Mask::read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn unknown_name_is_rejected_at_every_level() {
        let known = |text: &str| Mask::read(text).unwrap().known(Schema::of("drive", "FileList")).is_ok();
        for text in ["*", "kind,files", "files(*)", "files(id,owners(me,displayName),shortcutDetails/targetId)"] {
            assert!(known(text), "{text}");
        }
        for text in ["kine", "files(nam)", "files/owners/name", "files(id,shortcutDetails(target))", "files(id(x))"] {
            assert!(!known(text), "{text}");
        }
    }
}
