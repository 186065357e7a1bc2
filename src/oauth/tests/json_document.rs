//! Threats PA12, ID21.

use rstest::rstest;

use super::DocumentError::*;
use super::*;

fn parse(json: &str) -> Result<JsonDocument, DocumentError> {
    JsonDocument::parse(json.as_bytes())
}

#[rstest]
#[case::empty("{}")]
#[case::the_same_name_at_other_depths(r#"{"a":{"a":[{"a":1},{"a":2}]}}"#)]
#[case::numbers(r#"{"a":-1,"b":1.5,"c":18446744073709551615,"d":1e300}"#)]
#[case::spaces(" \n{\"a\" : null} ")]
fn object_with_unique_members_is_parsed(#[case] json: &str) {
    let expected: serde_json::Value = serde_json::from_str(json).unwrap();
    let document = parse(json).unwrap();
    for name in document.names() {
        assert_eq!(document.get(name), expected.get(name));
    }
}

#[test]
fn parse_json_accepts_any_value_with_unique_members() {
    assert_eq!(parse_json(br#"[{"a":1},{"a":2}]"#).unwrap(), serde_json::json!([{"a": 1}, {"a": 2}]));
    assert_eq!(parse_json(b"null").unwrap(), serde_json::Value::Null);
    for invalid in ["", "[", "[1,]", r#"[{"a":1,"a":1}]"#, "<html>", "[] []"] {
        assert_eq!(parse_json(invalid.as_bytes()), Err(NotJson), "{invalid}");
    }
}

#[rstest]
#[case::nothing("")]
#[case::array("[]")]
#[case::number("1")]
#[case::twice(r#"{"a":1,"a":1}"#)]
#[case::twice_by_an_escape(r#"{"a":1,"\u0061":1}"#)]
#[case::twice_below(r#"{"x":[{"a":1,"a":2}]}"#)]
#[case::number_too_large(r#"{"exp":1e400}"#)]
#[case::comment(r#"{"a":1/**/}"#)]
#[case::trailing_comma(r#"{"a":1,}"#)]
#[case::trailing_object("{}{}")]
#[case::byte_order_mark("\u{feff}{}")]
#[case::lone_surrogate(r#"{"a":"\ud800"}"#)]
fn invalid_document_is_rejected(#[case] json: &str) {
    assert_eq!(parse(json), Err(NotAnObject));
}

#[test]
fn deep_nesting_is_rejected() {
    let nested = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse(&nested(50)).is_ok());
    assert_eq!(parse(&nested(100_000)), Err(NotAnObject));
}

#[test]
fn wrong_type_never_counts_as_absent() {
    let document = parse(r#"{"s":"x","b":true,"n":7,"l":["x"],"z":null,"f":1.0,"m":["x",1]}"#).unwrap();
    assert_eq!(document.optional_str("s"), Ok(Some("x")));
    assert_eq!(document.optional_str("none"), Ok(None));
    assert_eq!(document.required_str("none"), Err(Missing("none")));
    assert_eq!(document.optional_str("z"), Err(WrongType("z")));
    assert_eq!(document.optional_bool("b"), Ok(Some(true)));
    assert_eq!(document.optional_bool("s"), Err(WrongType("s")));
    assert_eq!(document.optional_u64("n"), Ok(Some(7)));
    assert_eq!(document.optional_u64("f"), Err(WrongType("f")));
    assert_eq!(document.optional_strs("l"), Ok(Some(vec!["x"])));
    assert_eq!(document.optional_strs("m"), Err(WrongType("m")));
    assert_eq!(document.optional_strs("s"), Err(WrongType("s")));
}

fn received(json: &str) -> Result<JsonDocument, DocumentError> {
    JsonDocument::parse_received(json.as_bytes())
}

#[test]
fn received_document_ignores_repetitions_that_nobody_reads() {
    let document = received(r#"{"a":"x","b":1,"b":2,"c":{"d":[{"e":1,"e":1}]},"f":{"e":1},"z":null}"#).unwrap();
    assert_eq!(document.required_str("a"), Ok("x"));
    assert_eq!(document.read("b"), Err(Repeated("b")));
    assert_eq!(document.read("c"), Err(Repeated("c")));
    assert!(document.read("f").unwrap().is_some());
    assert_eq!(document.required_str("z"), Err(Missing("z")));
    assert!(document.contains("b") && document.contains("c") && !document.contains("z") && !document.contains("e"));
    assert_eq!(document.get("b"), None);
    assert_eq!(document.to_value(), serde_json::json!({"a": "x", "c": {"d": [{}]}, "f": {"e": 1}}));
}

#[rstest]
#[case("a", false)]
#[case("b", true)]
#[case("b.x", true)]
#[case("c", true)]
#[case("c.d", true)]
#[case("c.d.e", true)]
#[case("c.d.x", false)]
#[case("c.x", false)]
#[case("l.*.n", true)]
#[case("l.0.n", false)]
#[case("l.1.n", true)]
#[case("l.*.m", false)]
#[case("none", false)]
fn path_is_ambiguous_if_anything_on_it_is_repeated(#[case] path: &'static str, #[case] ambiguous: bool) {
    let json = r#"{"a":1,"b":1,"b":2,"c":{"d":{"e":1,"e":2,"x":1},"x":1},"l":[{"n":1,"m":1},{"n":1,"n":1,"m":1}]}"#;
    assert_eq!(received(json).unwrap().check_once(&[path]).is_err(), ambiguous);
    assert_eq!(parse_received_json(json.as_bytes(), &[path]).is_err(), ambiguous);
}

#[test]
fn element_of_an_array_is_a_document_of_its_own() {
    let document = received(r#"{"keys":[{"a":1,"a":2,"b":"x"},7,{"a":"y","b":null}]}"#).unwrap();
    let elements = document.required_documents("keys").unwrap();
    assert_eq!(elements.len(), 2);
    assert_eq!((elements[0].read("a"), elements[0].required_str("b")), (Err(Repeated("a")), Ok("x")));
    assert_eq!((elements[1].required_str("a"), elements[1].contains("b")), (Ok("y"), false));
    let twice = received(r#"{"keys":[],"keys":[]}"#).unwrap();
    assert_eq!(twice.required_documents("keys"), Err(Repeated("keys")));
    assert_eq!(received(r#"{"keys":{}}"#).unwrap().required_documents("keys"), Err(WrongType("keys")));
    assert_eq!(received("{}").unwrap().required_documents("keys"), Err(Missing("keys")));
}

#[test]
fn received_document_with_too_many_defects_is_rejected() {
    let repeated = |count: usize| format!("{{{}\"a\":1}}", "\"a\":1,".repeat(count));
    assert!(received(&repeated(256)).is_ok());
    assert_eq!(received(&repeated(257)), Err(NotAnObject));
    let infinite = |count: usize| format!("{{\"a\":[{}0]}}", "1e400,".repeat(count));
    assert!(received(&infinite(256)).is_ok());
    assert_eq!(received(&infinite(257)), Err(NotAnObject));
    let names = |count: usize| (0..count).map(|index| format!("n{index}=&n{index}=&")).collect::<String>();
    assert!(JsonDocument::parse_urlencoded(names(256).as_bytes()).is_ok());
    assert_eq!(JsonDocument::parse_urlencoded(names(257).as_bytes()), Err(NotAnObject));
}

#[rstest]
#[case::nothing(b"")]
#[case::array(b"[]")]
#[case::cut_off(b"{")]
#[case::two(b"{}{}")]
#[case::trailing_comma(br#"{"a":1,}"#)]
#[case::not_utf8(b"{\"a\":\"\xff\"}")]
#[case::surrogate_as_bytes(b"{\"a\":\"\xed\xa0\x80\"}")]
#[case::name_not_utf8(b"{\"\xff\":1}")]
#[case::half_an_escape(br#"{"a":"\ud80"}"#)]
#[case::control_character(b"{\"a\":\"\x01\"}")]
#[case::number_with_nothing_after_its_exponent(br#"{"a":1e}"#)]
#[case::leading_zero(br#"{"a":01}"#)]
#[case::infinity(br#"{"a":Infinity}"#)]
#[case::not_a_number(br#"{"a":NaN}"#)]
#[case::unclosed_nesting(br#"{"a":[[[[}"#)]
fn what_is_no_json_fails_even_if_nobody_reads_it(#[case] body: &[u8]) {
    assert_eq!(JsonDocument::parse_received(body), Err(NotAnObject));
}

#[rstest]
#[case::lone_surrogate(r#""\ud800""#)]
#[case::lone_surrogate_after_text(r#""ada\udfff""#)]
#[case::reversed_pair(r#""\udc00\ud800""#)]
#[case::beyond_f64("1e400")]
#[case::beyond_f64_below_zero("-1e400")]
#[case::in_an_array(r#"["x",1e400]"#)]
#[case::below(r#"{"c":{"d":"\ud800"}}"#)]
#[case::name(r#"{"\ud800":1}"#)]
fn unrepresentable_value_is_an_error_only_where_it_is_read(#[case] value: &str) {
    let text = format!(r#"{{"a":"x","b":{value},"z":{{"y":1}}}}"#);
    let document = received(&text).unwrap();
    assert_eq!(document.required_str("a"), Ok("x"));
    assert_eq!(document.read("b").err(), Some(WrongType("b")));
    assert_eq!((document.check_once(&["b"]).is_err(), document.check_once(&["z.y"])), (true, Ok(())));
    assert!(document.contains("b"), "not the same as absent");
    assert_eq!(parse_received_json(text.as_bytes(), &["a"]).map(|json| json["a"] == "x"), Ok(true));
    assert_eq!(parse_received_json(text.as_bytes(), &["b"]), Err(WrongType("b")));
    assert_eq!(parse(&text), Err(NotAnObject), "what a client sends has to be right everywhere");
    assert_eq!(parse_json(text.as_bytes()), Err(NotJson));
}

#[rstest]
#[case::pair(r#""\ud83d\ude00""#)]
#[case::not_a_character(r#""\uffff""#)]
#[case::smallest(r#"1e-400"#)]
#[case::largest("1.7976931348623157e308")]
#[case::beyond_64_bits("99999999999999999999")]
fn unusual_value_is_read(#[case] value: &str) {
    let document = parse(&format!(r#"{{"b":{value}}}"#)).unwrap();
    assert!(document.read("b").unwrap().is_some());
    assert_eq!(document.optional_u64("b"), Err(WrongType("b")));
}

#[test]
fn unreadable_name_at_the_top_is_ignored() {
    let document = received(r#"{"\ud800":1,"\ud800":2,"a":"x"}"#).unwrap();
    assert_eq!(document.required_str("a"), Ok("x"));
    assert_eq!(parse(r#"{"\ud800":1,"a":"x"}"#), Err(NotAnObject));
}

#[test]
fn unrepresentable_value_hides_no_repetition() {
    for pairs in [r#""a":"\ud800","a":"x""#, r#""a":"x","a":1e400"#, r#""a":1e400,"a":1e400"#] {
        let document = received(&format!("{{{pairs}}}")).unwrap();
        assert!(document.optional_str("a").is_err() && document.contains("a"), "{pairs}");
        assert_eq!(document.get("a"), None, "{pairs}");
    }
}

#[test]
fn unrepresentable_element_keeps_its_place() {
    let json = parse_received_json(br#"[{"a":1},"\ud800",{"a":2}]"#, &[]).unwrap();
    assert_eq!(json, serde_json::json!([{"a": 1}, null, {"a": 2}]));
    let document = received(r#"{"keys":[{"a":"x","b":1e400},"\ud800",{"a":"y"}]}"#).unwrap();
    let elements = document.required_documents("keys").unwrap();
    assert_eq!(elements.iter().map(|element| element.required_str("a")).collect::<Vec<_>>(), [Ok("x"), Ok("y")]);
    assert_eq!(elements[0].read("b"), Err(WrongType("b")));
}

#[test]
fn deep_nesting_fails_only_the_member_that_has_it() {
    let nested = |depth: usize| format!(r#"{{"a":"x","b":{}{}}}"#, "[".repeat(depth), "]".repeat(depth));
    let deepest = received(&nested(63)).unwrap();
    assert!(deepest.read("b").unwrap().is_some());
    for depth in [64, 1_000, 100_000] {
        let document = received(&nested(depth)).unwrap();
        assert_eq!((document.required_str("a"), document.read("b").err()), (Ok("x"), Some(WrongType("b"))), "{depth}");
    }
    let closed_too_early = nested(100_000).replacen(']', "", 1);
    assert_eq!(received(&closed_too_early), Err(NotAnObject));
}

#[test]
fn debug_output_hides_values() {
    let document = parse(r#"{"token":"sekret"}"#).unwrap();
    assert_eq!(format!("{document:?}"), r#"JsonDocument{"token"}"#);
}
