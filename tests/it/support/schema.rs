//! Validates values against the part of JSON Schema that our OpenAPI document uses. An unknown keyword is an error.

use serde_json::Value;

/// The violations of a schema; empty for a valid value. References are resolved in `document`.
pub fn errors(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut errors = Vec::new();
    check(document, schema, value, "$", &mut errors);
    errors
}

fn check(document: &Value, schema: &Value, value: &Value, at: &str, errors: &mut Vec<String>) {
    let Some(keywords) = schema.as_object() else { return errors.push(format!("{at}: no schema")) };
    for (keyword, rule) in keywords {
        match keyword.as_str() {
            "title" | "description" | "examples" | "example" | "default" | "format" => {}
            "$ref" => check(document, resolved(document, rule), value, at, errors),
            "type" if !is_of(rule, value) => errors.push(format!("{at}: {value} is not of type {rule}")),
            "enum" if !list(rule).contains(value) => errors.push(format!("{at}: {value} is not one of {rule}")),
            "const" if rule != value => errors.push(format!("{at}: {value} is not {rule}")),
            "type" | "enum" | "const" => {}
            "not" if self::errors(document, rule, value).is_empty() => {
                errors.push(format!("{at}: {value} fits {rule}"))
            }
            "not" => {}
            "allOf" => list(rule).iter().for_each(|part| check(document, part, value, at, errors)),
            "oneOf" | "anyOf" => {
                let fitting = list(rule).iter().filter(|part| self::errors(document, part, value).is_empty()).count();
                if fitting == 0 || (keyword == "oneOf" && fitting > 1) {
                    errors.push(format!("{at}: {value} fits {fitting} of {rule}"));
                }
            }
            "required" => {
                let missing = list(rule).iter().filter(|name| value.get(name.as_str().unwrap_or_default()).is_none());
                errors.extend(missing.map(|name| format!("{at}: {name} is missing")));
            }
            "properties" => {
                for (name, rule) in rule.as_object().into_iter().flatten() {
                    if let Some(member) = value.get(name) {
                        check(document, rule, member, &format!("{at}.{name}"), errors);
                    }
                }
            }
            "items" => {
                for (number, element) in value.as_array().into_iter().flatten().enumerate() {
                    check(document, rule, element, &format!("{at}[{number}]"), errors);
                }
            }
            unknown => errors.push(format!("{at}: the checker does not know {unknown}")),
        }
    }
}

/// The target of a reference, or the schema itself.
pub fn resolved<'a>(document: &'a Value, reference: &Value) -> &'a Value {
    let pointer = reference.as_str().and_then(|text| text.strip_prefix('#')).unwrap_or("/nowhere");
    document.pointer(pointer).unwrap_or(&Value::Null)
}

fn is_of(kinds: &Value, value: &Value) -> bool {
    let is = |kind: &Value| match kind.as_str() {
        Some("null") => value.is_null(),
        Some("boolean") => value.is_boolean(),
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        _ => false,
    };
    if kinds.is_array() { list(kinds).iter().any(is) } else { is(kinds) }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn violations_of_a_schema_are_named() {
        let document = json!({ "a": { "type": "object", "required": ["x"], "properties": {
            "x": { "type": ["string", "null"] }, "y": { "type": "array", "items": { "enum": [1, 2] } } } } });
        let schema = json!({ "$ref": "#/a" });
        for good in [json!({ "x": "t" }), json!({ "x": null, "y": [1, 2], "z": 0 })] {
            assert!(errors(&document, &schema, &good).is_empty(), "{good}");
        }
        for bad in [json!({}), json!([]), json!({ "x": 1 }), json!({ "x": "", "y": [3] }), json!({ "x": "", "y": 1 })] {
            assert!(!errors(&document, &schema, &bad).is_empty(), "{bad}");
        }
        let (constant, without) = (json!({ "const": true }), json!({ "not": { "required": ["x"] } }));
        assert!(
            errors(&document, &constant, &json!(true)).is_empty()
                && !errors(&document, &constant, &json!(1)).is_empty()
        );
        assert!(errors(&document, &without, &json!({})).is_empty());
        assert!(!errors(&document, &without, &json!({ "x": 1 })).is_empty());
        assert!(!errors(&document, &json!({ "pattern": "x" }), &json!("x")).is_empty());
        assert!(!errors(&document, &json!({ "oneOf": [{ "type": "string" }, {}] }), &json!("x")).is_empty());
    }
}
