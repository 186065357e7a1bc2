//! What the world sends: the variants of one member of a valid JSON document, for the tests of the rule "refuse what is
//! dangerous, ignore what this step does not use".

use serde_json::{Value, json};

/// A document with one member changed.
#[derive(Clone, Debug)]
pub(crate) struct Variant {
    /// What was changed, for messages.
    pub(crate) label: String,
    pub(crate) kind: VariantKind,
    /// The JSON text.
    pub(crate) text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum VariantKind {
    Absent,
    Null,
    Empty,
    OtherType,
    Twice,
    /// JSON, but no value of a type here: an unpaired surrogate, a number beyond `f64`, too much nesting.
    Unrepresentable,
}

impl VariantKind {
    /// Whether a step that reads the member must fail, whatever type it expects.
    pub(crate) const fn is_defect(self) -> bool {
        matches!(self, Self::Twice | Self::Unrepresentable)
    }
}

/// The member absent, null, empty, of other types, twice, and unrepresentable. `parent` is the JSON pointer of the object that has it, or is to
/// have it.
pub(crate) fn variants(document: &Value, parent: &str, member: &str) -> Vec<Variant> {
    let own = document.pointer(parent).and_then(|object| object.get(member)).cloned();
    let mut variants = vec![Variant {
        label: format!("{parent}/{member} absent"),
        kind: VariantKind::Absent,
        text: replaced(document, parent, member, None),
    }];
    let mut add = |kind, values: &[&str]| {
        let pairs: Vec<String> = values.iter().map(|value| format!("\"{member}\":{value}")).collect();
        variants.push(Variant {
            label: format!("{parent}/{member} {kind:?}: {}", values.join(" and ")),
            kind,
            text: replaced(document, parent, member, Some(&pairs.join(","))),
        });
    };
    add(VariantKind::Null, &["null"]);
    for empty in ["\"\"", "[]", "{}"] {
        add(VariantKind::Empty, &[empty]);
    }
    let others = ["7", "0", "-1", "1.5", "true", "false", "\"text\"", "[\"text\",7,null]", r#"{"a":{"a":[1]}}"#];
    let is_other = |text: &&&str| {
        let value: Value = serde_json::from_str(text).expect("JSON");
        own.as_ref().is_none_or(|own| std::mem::discriminant(own) != std::mem::discriminant(&value))
    };
    for other in others.iter().filter(is_other) {
        add(VariantKind::OtherType, &[other]);
    }
    let own = own.unwrap_or_else(|| json!("text")).to_string();
    add(VariantKind::Twice, &[&own, &own]);
    add(VariantKind::Twice, &[&own, "\"another\""]);
    add(VariantKind::Twice, &["null", &own]);
    add(VariantKind::Twice, &[r#"{"a":1,"a":2}"#]);
    let (huge, deep) = ("9".repeat(400), format!("{}{}", "[".repeat(200), "]".repeat(200)));
    for value in
        [r#""\ud800""#, r#""x\udc00\ud800""#, "1e400", "-1e400", &huge, r#"["a",1e400]"#, r#"{"\ud800":1}"#, &deep]
    {
        add(VariantKind::Unrepresentable, &[value]);
    }
    variants
}

/// The variants of several members of one object.
pub(crate) fn variants_of(document: &Value, parent: &str, members: &[&str]) -> Vec<Variant> {
    members.iter().flat_map(|member| variants(document, parent, member)).collect()
}

/// The document's text without the member, and with other text in its place.
fn replaced(document: &Value, parent: &str, member: &str, pairs: Option<&str>) -> String {
    const MARK: &str = "\u{1}variant";
    let mut document = document.clone();
    let object = document.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object at the pointer");
    object.remove(member);
    let Some(pairs) = pairs else { return document.to_string() };
    object.insert(MARK.to_owned(), Value::Null);
    document.to_string().replace(&format!("{}:null", json!(MARK)), pairs)
}

#[test]
fn variants_are_json_and_change_one_member() {
    let document = json!({"a": {"b": 1, "c": "x"}});
    let all = variants(&document, "/a", "b");
    for variant in all.iter().filter(|variant| variant.kind != VariantKind::Unrepresentable) {
        let value: Value = serde_json::from_str(&variant.text).unwrap_or_else(|error| panic!("{variant:?}: {error}"));
        assert_eq!(value["a"]["c"], "x", "{variant:?}");
    }
    for kind in [
        VariantKind::Absent,
        VariantKind::Null,
        VariantKind::Empty,
        VariantKind::OtherType,
        VariantKind::Twice,
        VariantKind::Unrepresentable,
    ] {
        assert!(all.iter().any(|variant| variant.kind == kind), "{kind:?}");
    }
    for variant in all.iter().filter(|variant| variant.kind == VariantKind::Unrepresentable) {
        assert!(serde_json::from_str::<&serde_json::value::RawValue>(&variant.text).is_ok(), "{variant:?}");
        assert!(serde_json::from_str::<Value>(&variant.text).is_err(), "{variant:?}");
    }
    assert!(
        all.iter().any(|variant| variant.text == r#"{"a":{"c":"x","b":1,"b":1}}"#
            || variant.text == r#"{"a":{"b":1,"b":1,"c":"x"}}"#)
    );
}
