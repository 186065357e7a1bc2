//! The names that Google's APIs know, for tests of requests: an unknown one inside `fields` costs the whole response.

use std::sync::LazyLock;

use serde_json::Value;
use url::form_urlencoded;

/// From Google's discovery documents; `origin` in it says which.
static NAMES: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../sandbox/src/google/api/schema.json")).expect("JSON"));

/// The names in a request that the method of this API does not have: parameters, and members of `fields` at every depth.
pub fn unknown_names(api: &str, method: &str, schema: &str, path_and_query: &str) -> Vec<String> {
    let (_, query) = path_and_query.split_once('?').unwrap_or_default();
    let known = [&NAMES[api]["methods"][method], &NAMES[api]["parameters"]];
    let is_known =
        |name: &str| known.iter().any(|list| list.as_array().expect("a list").iter().any(|known| known == name));
    let mut unknown = Vec::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if !is_known(&name) {
            unknown.push(name.clone().into_owned());
        }
        if name == "fields" {
            unknown_members(api, &NAMES[api]["schemas"][schema], &mut value.as_ref(), &mut unknown);
        }
    }
    unknown
}

/// Reads `a,b(c,d)` up to its end or a closing parenthesis.
fn unknown_members(api: &str, schema: &Value, rest: &mut &str, unknown: &mut Vec<String>) {
    loop {
        let end = rest.find([',', '(', ')']).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let inside = schema.get(name.trim());
        if inside.is_none() {
            unknown.push(name.to_owned());
        }
        *rest = after;
        if let Some(more) = rest.strip_prefix('(') {
            *rest = more;
            let inside = inside.unwrap_or(&Value::Null);
            let inside = inside.as_str().map_or(inside, |schema| &NAMES[api]["schemas"][schema]);
            unknown_members(api, inside, rest, unknown);
            *rest = rest.strip_prefix(')').expect("a closing parenthesis");
        }
        match rest.strip_prefix(',') {
            Some(more) => *rest = more,
            None => return,
        }
    }
}

#[test]
fn unknown_names_are_found() {
    let unknown = |query: &str| unknown_names("drive", "files.list", "FileList", &format!("/x?{query}"));
    assert_eq!(unknown("q=a&fields=nextPageToken,files(id,owners(me,displayName),size)&pageSize=1"), [""; 0]);
    assert_eq!(
        unknown("qq=a&fields=nextPage,files(id,owners(me,name),sizes),kind(x)"),
        ["qq", "nextPage", "name", "sizes", "x"]
    );
}
