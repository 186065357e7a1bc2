//! JSON of a provider's API: what a page does not use, or what is odd in it, must not cost the page.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Parses a response. Unlike a token or a profile it decides nothing, so a duplicate member is not an error: no parser's choice
/// between the two is better than another's, and the member becomes `null`, which readers take as absent. `serde_json` bounds
/// the depth (128). `None` if it is not JSON.
pub fn parse(body: &[u8]) -> Option<Value> {
    serde_json::from_slice(body).ok().map(|Lenient(value)| value)
}

struct Lenient(Value);

impl<'de> Deserialize<'de> for Lenient {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LenientVisitor).map(Self)
    }
}

struct LenientVisitor;

impl<'de> Visitor<'de> for LenientVisitor {
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

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(Lenient(element)) = elements.next_element()? {
            array.push(element);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some((name, Lenient(value))) = members.next_entry::<String, _>()? {
            let value = if object.contains_key(&name) { Value::Null } else { value };
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[rstest]
    #[case(r#"{"a":1,"b":[{"c":null,"d":"x"}],"e":-1.5,"f":true}"#, json!({"a": 1, "b": [{"c": null, "d": "x"}], "e": -1.5, "f": true}))]
    #[case(r#"{"a":1,"a":2}"#, json!({"a": null}))]
    #[case(r#"{"a":1,"\u0061":1,"a":1,"b":2}"#, json!({"a": null, "b": 2}))]
    #[case(r#"{"x":[{"a":1,"a":2,"b":3}]}"#, json!({"x": [{"a": null, "b": 3}]}))]
    #[case("[]", json!([]))]
    fn a_duplicate_member_counts_as_absent(#[case] body: &str, #[case] value: Value) {
        assert_eq!(parse(body.as_bytes()), Some(value));
    }

    #[rstest]
    #[case("")]
    #[case("<!doctype html>")]
    #[case(r#"{"a":1"#)]
    #[case(r#"{"a":1}{}"#)]
    fn anything_but_json_is_rejected(#[case] body: &str) {
        assert_eq!(parse(body.as_bytes()), None);
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(nested(100).as_bytes()).is_some());
        assert_eq!(parse(nested(100_000).as_bytes()), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_parsed_or_rejected(body in any::<Vec<u8>>()) {
            let _ = parse(&body);
        }
    }
}
