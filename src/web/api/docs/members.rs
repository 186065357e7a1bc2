//! The members of a schema, as the rows of a table.

use serde_json::Value;

use super::{entries, list, resolved, text};
use crate::ui::view::{ApiMemberView, ApiMembersView};

/// More values than these are not listed as the type.
const LISTED: usize = 4;

/// One table for each alternative of a schema.
pub fn tables(document: &Value, schema: &Value) -> Vec<ApiMembersView> {
    let target = resolved(document, schema);
    if let Some(alternatives) = target["oneOf"].as_array() {
        let tables = alternatives.iter().flat_map(|alternative| {
            let note = text(&resolved(document, alternative)["description"]);
            tables(document, alternative).into_iter().map(move |table| ApiMembersView { note: note.clone(), ..table })
        });
        return tables.collect();
    }
    let mut members = Vec::new();
    rows(document, target, "", &mut members);
    if members.is_empty() {
        return Vec::new();
    }
    vec![ApiMembersView { title: "Members".to_owned(), note: String::new(), members }]
}

/// The table of an operation's parameters, if it has some.
pub fn path_parameters(document: &Value, operation: &Value) -> Option<ApiMembersView> {
    let members = list(&operation["parameters"]).map(|parameter| ApiMemberView {
        name: text(&parameter["name"]),
        kind: kind(document, &parameter["schema"]),
        required: parameter["required"] == true,
        description: text(&parameter["description"]),
    });
    let members: Vec<_> = members.collect();
    (!members.is_empty()).then(|| ApiMembersView { title: "Path".to_owned(), note: String::new(), members })
}

/// Adds the members of an object; those of objects inside follow their owner, with its name before theirs.
fn rows(document: &Value, schema: &Value, before: &str, into: &mut Vec<ApiMemberView>) {
    // utoipa puts the object's own members last.
    for part in list(&schema["allOf"]).collect::<Vec<_>>().into_iter().rev() {
        rows(document, resolved(document, part), before, into);
    }
    let required: Vec<_> = list(&schema["required"]).filter_map(Value::as_str).collect();
    let mut members: Vec<_> = entries(&schema["properties"]).collect();
    // Required members keep the order of their declaration; the others go by their names.
    members.sort_by_key(|(name, _)| (required.iter().position(|other| other == name).unwrap_or(required.len()), *name));
    for (name, member) in members {
        let path = format!("{before}{name}");
        into.push(ApiMemberView {
            name: path.clone(),
            kind: kind(document, member),
            required: required.contains(&name),
            description: description(document, member),
        });
        let target = resolved(document, member);
        match target["type"].as_str() {
            Some("array") => rows(document, resolved(document, &target["items"]), &format!("{path}[]."), into),
            _ => rows(document, target, &format!("{path}."), into),
        }
    }
}

/// The type in words.
fn kind(document: &Value, schema: &Value) -> String {
    let schema = resolved(document, schema);
    if let Some(values) = schema["enum"].as_array().filter(|values| values.len() <= LISTED) {
        return values.iter().map(Value::to_string).collect::<Vec<_>>().join(" or ");
    }
    if let Some(alternatives) = schema["oneOf"].as_array() {
        let (nulls, others): (Vec<_>, Vec<_>) =
            alternatives.iter().map(|part| kind(document, part)).partition(|kind| kind == "null");
        return [others, nulls].concat().join(" or ");
    }
    match (&schema["type"], schema["format"].as_str()) {
        (Value::String(name), _) if name == "array" => format!("array of {}s", kind(document, &schema["items"])),
        (Value::String(name), Some("date-time")) => format!("{name} (RFC 3339)"),
        (Value::String(name), _) => name.clone(),
        (Value::Array(names), _) => names.iter().map(text).collect::<Vec<_>>().join(" or "),
        _ => "object".to_owned(),
    }
}

/// The first paragraph of what describes a member, or else its type.
fn description(document: &Value, member: &Value) -> String {
    let alternatives = list(&member["oneOf"]);
    let own = std::iter::once(member).chain(alternatives).find_map(|schema| schema["description"].as_str());
    let described = own.or_else(|| resolved(document, member)["description"].as_str()).unwrap_or_default();
    described.split("\n\n").next().unwrap_or_default().replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document() -> Value {
        json!({ "components": { "schemas": {
            "User": { "type": "object", "description": "A user.", "required": ["id"], "properties": {
                "id": { "type": "string" }, "email": { "type": ["string", "null"] } } },
            "Mode": { "type": "string", "enum": ["a", "b"], "description": "Of the type." },
            "Answer": { "allOf": [
                { "type": "object", "properties": {
                    "mode": { "oneOf": [{ "type": "null" }, { "$ref": "#/components/schemas/Mode", "description": "How." }] },
                    "at": { "type": "string", "format": "date-time" } } },
                { "type": "object", "required": ["users"], "properties": {
                    "users": { "type": "array", "items": { "$ref": "#/components/schemas/User" } } } },
            ] },
            "Either": { "oneOf": [{ "$ref": "#/components/schemas/User" }, { "$ref": "#/components/schemas/Mode" }] },
        } } })
    }

    fn reference(name: &str) -> Value {
        json!({ "$ref": format!("#/components/schemas/{name}") })
    }

    #[test]
    fn members_of_objects_inside_follow_their_owner() {
        let tables = tables(&document(), &reference("Answer"));
        let rows: Vec<_> =
            tables[0].members.iter().map(|row| (row.name.as_str(), row.kind.as_str(), row.required)).collect();
        let expected = [
            ("users", "array of objects", true),
            ("users[].id", "string", true),
            ("users[].email", "string or null", false),
            ("at", "string (RFC 3339)", false),
            ("mode", r#""a" or "b" or null"#, false),
        ];
        assert_eq!(rows, expected);
        assert_eq!(tables[0].members[4].description, "How.");
    }

    #[test]
    fn each_alternative_has_a_table() {
        let tables = tables(&document(), &reference("Either"));
        assert_eq!(tables.len(), 1, "a schema without members has none");
        assert_eq!((tables[0].note.as_str(), tables[0].members.len()), ("A user.", 2));
    }

    #[test]
    fn a_parameter_without_a_schema_has_no_table() {
        assert!(tables(&document(), &Value::Null).is_empty());
        assert!(path_parameters(&document(), &json!({})).is_none());
        let operation = json!({ "parameters": [{ "name": "id", "required": true, "schema": { "type": "string" } }] });
        assert_eq!(path_parameters(&document(), &operation).unwrap().members[0].name, "id");
    }
}
