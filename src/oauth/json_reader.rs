//! JSON parsing that notices repeated member names, about which parsers disagree: some take the first value, some the
//! last.

use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Most repetitions in an accepted document, which bounds the memory for their paths.
const MAX_REPETITIONS: usize = 64;

/// Parses any JSON value. Members whose name is repeated in their object are left out of the value and listed.
/// `serde_json` bounds the depth (128). `None` for invalid JSON and for more than 64 repetitions.
pub(super) fn read(bytes: &[u8]) -> Option<(Value, Repetitions)> {
    let mut repetitions = Repetitions::default();
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let reader = Reader { path: &mut Vec::new(), repetitions: &mut repetitions };
    let value = reader.deserialize(&mut deserializer).ok()?;
    deserializer.end().ok()?;
    Some((value, repetitions))
}

/// The paths of repeated members: names, and positions in arrays.
#[derive(Clone, Default, PartialEq)]
pub(super) struct Repetitions(Vec<Vec<String>>);

impl Repetitions {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn add_member(&mut self, name: String) {
        self.0.push(vec![name]);
    }

    /// Whether the member of the outermost object, or anything below it, is repeated.
    pub(super) fn affect_member(&self, name: &str) -> bool {
        self.0.iter().any(|path| path.first().is_some_and(|first| first == name))
    }

    /// Whether the member of the outermost object itself is repeated.
    pub(super) fn contain_member(&self, name: &str) -> bool {
        self.0.iter().any(|path| path.len() == 1 && path[0] == name)
    }

    /// Whether the value at a path is ambiguous: it, something above it or something below it is repeated. Names are
    /// separated by dots; `*` stands for any position of an array.
    pub(super) fn affect_path(&self, path: &str) -> bool {
        let fits =
            |repeated: &Vec<String>| repeated.iter().zip(path.split('.')).all(|(own, name)| name == "*" || own == name);
        self.0.iter().any(fits)
    }

    /// The repetitions inside an element of a member that is an array.
    pub(super) fn below_element(&self, member: &str, index: usize) -> Self {
        let index = index.to_string();
        let below = |path: &Vec<String>| match path.as_slice() {
            [first, second, rest @ ..] if first == member && *second == index => Some(rest.to_vec()),
            _ => None,
        };
        Self(self.0.iter().filter_map(below).collect())
    }
}

struct Reader<'a> {
    path: &'a mut Vec<String>,
    repetitions: &'a mut Repetitions,
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E: de::Error>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let Reader { path, repetitions } = self;
        let mut array = Vec::new();
        loop {
            path.push(array.len().to_string());
            let element = elements.next_element_seed(Reader { path: &mut *path, repetitions: &mut *repetitions })?;
            path.pop();
            match element {
                Some(element) => array.push(element),
                None => return Ok(Value::Array(array)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let Reader { path, repetitions } = self;
        let (mut object, mut repeated) = (Map::new(), Vec::new());
        while let Some(name) = members.next_key::<String>()? {
            path.push(name.clone());
            let value = members.next_value_seed(Reader { path: &mut *path, repetitions: &mut *repetitions })?;
            if object.insert(name.clone(), value).is_some() {
                repetitions.0.push(path.clone());
                repeated.push(name);
            }
            path.pop();
            if repetitions.0.len() > MAX_REPETITIONS {
                return Err(de::Error::custom("too many repeated member names"));
            }
        }
        for name in repeated {
            object.remove(&name);
        }
        Ok(Value::Object(object))
    }
}
