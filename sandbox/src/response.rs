//! Redirects the authorization response to the client, after armed faults.

use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, LOCATION};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};
use url::Url;

use super::faults::{Endpoint, EndpointFault, Fault};
use super::iss;
use super::state::{Provider, SharedState};
use super::template::Template;

/// Redirects to the client with the parameters in the query.
pub fn redirect_back(
    shared: &SharedState,
    provider: Provider,
    redirect_uri: &str,
    pairs: Vec<(String, String)>,
    person: Option<&str>,
) -> Response {
    let Ok(mut location) = Url::parse(redirect_uri) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    location.query_pairs_mut().extend_pairs(apply_faults(shared, provider, pairs, person));
    (StatusCode::SEE_OTHER, [(LOCATION, location.to_string()), (CACHE_CONTROL, "no-store".to_owned())]).into_response()
}

/// Applies an armed `iss` rule and an armed fault to the response parameters.
pub fn apply_faults(
    shared: &SharedState,
    provider: Provider,
    pairs: Vec<(String, String)>,
    person: Option<&str>,
) -> Vec<(String, String)> {
    let pairs = iss::apply_iss(shared, provider, pairs, person);
    let here = |rule: &EndpointFault| rule.endpoint == Endpoint::AuthorizationResponse;
    let rule = shared.lock().provider(provider).faults.take(person, here);
    match rule.map(|rule| rule.fault) {
        Some(Fault::Patch { set, remove }) => patched(pairs, &set, &remove, &Template::new(shared.origin(), 0)),
        _ => pairs,
    }
}

fn patched(
    pairs: Vec<(String, String)>,
    set: &Map<String, Value>,
    remove: &[String],
    template: &Template<'_>,
) -> Vec<(String, String)> {
    let original =
        |name: &str| pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()).unwrap_or_default();
    let mut patched: Vec<_> =
        pairs.iter().filter(|(name, _)| !remove.contains(name) && !set.contains_key(name)).cloned().collect();
    for (name, value) in set {
        let values = value.as_array().map_or_else(|| vec![value], |values| values.iter().collect());
        for value in values {
            let text = value.as_str().map_or_else(|| value.to_string(), |text| template.text(text));
            patched.push((name.clone(), text.replace("{value}", &original(name))));
        }
    }
    patched
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn patch_replaces_repeats_and_removes_parameters() {
        let pairs =
            [("state", "s"), ("iss", "i"), ("code", "c")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        let set = json!({"code": ["{value}", "second"], "iss": "{origin}/evil"});
        let patched =
            patched(pairs.to_vec(), set.as_object().unwrap(), &["state".to_owned()], &Template::new("http://o", 0));
        let shown: Vec<_> = patched.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(shown, ["code=c", "code=second", "iss=http://o/evil"]);
    }
}
