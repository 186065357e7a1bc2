//! JSON parsing that notices what programs read differently, so that it can be an error where it matters, and only there.

use std::{collections::HashSet, fmt, sync::Arc};

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value, value::RawValue};

use super::json_defects::{DefectKind, Defects};

/// Deepest accepted nesting. Each level reads the text of those below it once more, which this bounds.
const MAX_DEPTH: usize = 64;
/// The name of a member whose own name is no text, in the path of its defect.
const UNREADABLE_NAME: &str = "\u{fffd}";

/// Parses any JSON value. Values with a defect are left out and listed; in an array, `null` holds their place. `None` for
/// invalid JSON, and for too many defects.
pub(super) fn read(bytes: &[u8]) -> Option<(Value, Defects)> {
    match sound(bytes) {
        Some(value) => Some((value, Defects::default())),
        None => read_with_defects(bytes),
    }
}

/// A document without a defect, as nearly all are: in one pass. `None` for any other, which is then read part by part.
fn sound(bytes: &[u8]) -> Option<Value> {
    let mut text = serde_json::Deserializer::from_slice(bytes);
    let value = Sound { levels: MAX_DEPTH }.deserialize(&mut text).ok()?;
    text.end().is_ok().then_some(value)
}

fn read_with_defects(bytes: &[u8]) -> Option<(Value, Defects)> {
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

/// Builds a value, and fails at its first defect. `Value`'s own implementation takes the last of repeated names, and gives names
/// that `serde_json` uses itself another meaning.
struct Sound {
    /// Of nesting that are left.
    levels: usize,
}

impl Sound {
    fn below<E: Error>(&self) -> Result<Self, E> {
        let levels = self.levels.checked_sub(1).ok_or_else(|| E::custom("nested too deeply"))?;
        Ok(Self { levels })
    }
}

impl<'de> DeserializeSeed<'de> for Sound {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Sound {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value with unique names")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("not finite"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Value, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = array.next_element_seed(self.below()?)? {
            elements.push(element);
        }
        Ok(Value::Array(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = object.next_key::<String>()? {
            let value = object.next_value_seed(self.below()?)?;
            if members.insert(name, value).is_some() {
                return Err(A::Error::custom("a repeated name"));
            }
        }
        // An empty object counts as a level, too.
        self.below::<A::Error>()?;
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Both readers, which have to agree wherever there is no defect.
    fn both(text: &str) -> (Option<Value>, Option<Value>) {
        let with_defects = read_with_defects(text.as_bytes());
        (sound(text.as_bytes()), with_defects.filter(|(_, defects)| defects.is_empty()).map(|(value, _)| value))
    }

    #[test]
    fn a_document_without_a_defect_is_read_alike_in_one_pass() {
        let nested = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        let objects = |levels: usize| "{\"a\":".repeat(levels - 1) + "{}" + &"}".repeat(levels - 1);
        for text in [
            "{}",
            "[]",
            " null ",
            "-0",
            "-1",
            "18446744073709551615",
            "18446744073709551616",
            "1.5e3",
            r#"{"a": [1, {"b": "\u00e9\n"}, true], "": null}"#,
            r#"{"a": {"a": {}}, "b": {"a": 1}}"#,
            &nested(MAX_DEPTH),
            &objects(MAX_DEPTH),
        ] {
            let (sound, slow) = both(text);
            assert!(sound.is_some() && sound == slow, "{text}");
        }
        for text in [
            "",
            "{",
            "{} {}",
            "nul",
            "[1,]",
            r#"{"a": 1, "a": 1}"#,
            r#"{"a": {"b": 1, "\u0062": 2}}"#,
            r#"["\ud800"]"#,
            r#"{"\ud800": 1}"#,
            "1e400",
            "[1e400]",
            &nested(MAX_DEPTH + 1),
            &objects(MAX_DEPTH + 1),
        ] {
            assert_eq!(both(text), (None, None), "{text}");
        }
    }

    fn json() -> impl Strategy<Value = Value> {
        let scalar = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            ".{0,8}".prop_map(Value::from),
        ];
        scalar.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::btree_map("[ab$]{0,2}", inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_document_is_read_alike_in_one_pass(value in json()) {
            let (sound, slow) = both(&value.to_string());
            prop_assert!(sound.is_some() && sound == slow);
        }
    }
}
