//! JSON parsing that notices what programs read differently, so that it can be an error where it matters, and only there.

use std::{collections::HashSet, fmt, sync::Arc};

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value, value::RawValue};

use super::json_defects::{DefectKind, Defects};

/// Deepest accepted nesting. Each level reads the text of those below it once more, which this bounds.
const MAX_DEPTH: usize = 64;
/// The name of a member whose own name is no text, in the path of its defect.
const UNREADABLE_NAME: &str = "\u{fffd}";

/// Parses any JSON value. Values with a defect are left out and listed; in an array, `null` holds their place. `None` for
/// invalid JSON, and for too many defects.
pub(super) fn read(bytes: &[u8]) -> Option<(Value, Defects)> {
    let document = serde_json::from_slice::<&RawValue>(bytes).ok()?;
    let mut reader = Reader::default();
    let value = reader.value(document).unwrap_or_default();
    (!reader.defects.are_too_many()).then_some((value, reader.defects))
}

/// Reads the parts of a text that is known to be JSON.
#[derive(Default)]
struct Reader {
    path: Vec<Arc<str>>,
    defects: Defects,
}

impl Reader {
    /// `None` after a defect of the value itself.
    fn value(&mut self, text: &RawValue) -> Option<Value> {
        let value = match text.get().as_bytes().first() {
            Some(b'{' | b'[') if self.path.len() >= MAX_DEPTH => None,
            Some(b'{') => serde_json::from_str(text.get()).ok().map(|Members(members)| self.object(&members)),
            Some(b'[') => serde_json::from_str::<Vec<&RawValue>>(text.get()).ok().map(|elements| self.array(&elements)),
            _ => serde_json::from_str(text.get()).ok(),
        };
        if value.is_none() {
            self.add_defect(DefectKind::Unrepresentable);
        }
        value
    }

    fn array(&mut self, elements: &[&RawValue]) -> Value {
        let element = |(index, text): (usize, &&RawValue)| {
            self.below(index.to_string().into(), |reader| reader.value(text)).unwrap_or_default()
        };
        elements.iter().enumerate().map(element).collect()
    }

    fn object(&mut self, members: &[(&RawValue, &RawValue)]) -> Value {
        let (mut object, mut names) = (Map::new(), HashSet::new());
        for (name, text) in members {
            let Ok(name) = serde_json::from_str::<String>(name.get()) else {
                self.below(UNREADABLE_NAME.into(), |reader| reader.add_defect(DefectKind::Unrepresentable));
                continue;
            };
            let shared: Arc<str> = name.as_str().into();
            let value = self.below(Arc::clone(&shared), |reader| reader.value(text));
            let is_first = names.insert(Arc::clone(&shared));
            match value {
                Some(value) if is_first => drop(object.insert(name, value)),
                _ if is_first => {}
                _ => {
                    object.remove(&name);
                    self.below(shared, |reader| reader.add_defect(DefectKind::Repeated));
                }
            }
        }
        Value::Object(object)
    }

    fn add_defect(&mut self, kind: DefectKind) {
        self.defects.add(&self.path, kind);
    }

    fn below<T>(&mut self, name: Arc<str>, read: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(name);
        let outcome = read(self);
        self.path.pop();
        outcome
    }
}

/// The members of an object in their order, unread.
struct Members<'a>(Vec<(&'a RawValue, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor).map(Self)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Vec<(&'de RawValue, &'de RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = object.next_entry()? {
            members.push(member);
        }
        Ok(members)
    }
}
