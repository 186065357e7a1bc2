//! Partial responses: `fields=nextPageToken,files(id,owners/displayName)`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::ApiError;

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

    /// The selection inside a member; everything if there is none.
    pub fn inside(&self, name: &str) -> Self {
        self.0.get(name).cloned().unwrap_or_default()
    }

    /// Checks the names at this level.
    ///
    /// # Errors
    /// 400 with the first unknown name.
    pub fn known(&self, names: &[&[&str]]) -> Result<(), ApiError> {
        let is_known = |name: &&String| *name == "*" || names.iter().any(|names| names.contains(&name.as_str()));
        self.0.keys().find(|name| !is_known(name)).map_or(Ok(()), |name| Err(invalid(name)))
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
        assert!(Mask::read("files(id),kind").unwrap().known(&[&["files", "kind"]]).is_ok());
        assert!(Mask::read("files(id),kine").unwrap().known(&[&["files", "kind"]]).is_err());
    }
}
