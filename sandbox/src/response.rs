//! The redirect that carries an authorization response to the client, bent by a fault if one is armed.

use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, LOCATION};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};
use url::Url;

use super::faults::{Endpoint, EndpointFault, Fault};
use super::iss;
use super::stencil::Stencil;
use super::world::{Provider, World};

/// Sends the parameters back to the client's redirect URI, in its query.
pub fn sent_back(
    world: &World,
    provider: Provider,
    redirect_uri: &str,
    pairs: Vec<(String, String)>,
    person: Option<&str>,
) -> Response {
    let Ok(mut location) = Url::parse(redirect_uri) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    location.query_pairs_mut().extend_pairs(armed(world, provider, pairs, person));
    (StatusCode::SEE_OTHER, [(LOCATION, location.to_string()), (CACHE_CONTROL, "no-store".to_owned())]).into_response()
}

/// The parameters as an armed `iss` and an armed fault change them, however they travel.
pub fn armed(
    world: &World,
    provider: Provider,
    pairs: Vec<(String, String)>,
    person: Option<&str>,
) -> Vec<(String, String)> {
    let pairs = iss::named(world, provider, pairs, person);
    let here = |rule: &EndpointFault| rule.endpoint == Endpoint::AuthorizationResponse;
    let rule = world.state().house(provider).faults.take(person, here);
    match rule.map(|rule| rule.fault) {
        Some(Fault::Patch { set, remove }) => bent(pairs, &set, &remove, &Stencil::new(world.origin(), 0)),
        _ => pairs,
    }
}

fn bent(
    pairs: Vec<(String, String)>,
    set: &Map<String, Value>,
    remove: &[String],
    stencil: &Stencil<'_>,
) -> Vec<(String, String)> {
    let honest =
        |name: &str| pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()).unwrap_or_default();
    let mut bent: Vec<_> =
        pairs.iter().filter(|(name, _)| !remove.contains(name) && !set.contains_key(name)).cloned().collect();
    for (name, value) in set {
        let values = value.as_array().map_or_else(|| vec![value], |values| values.iter().collect());
        for value in values {
            let text = value.as_str().map_or_else(|| value.to_string(), |text| stencil.text(text));
            bent.push((name.clone(), text.replace("{value}", &honest(name))));
        }
    }
    bent
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_patch_can_replace_repeat_and_remove_parameters() {
        let pairs =
            [("state", "s"), ("iss", "i"), ("code", "c")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        let set = json!({"code": ["{value}", "second"], "iss": "{origin}/evil"});
        let bent = bent(pairs.to_vec(), set.as_object().unwrap(), &["state".to_owned()], &Stencil::new("http://o", 0));
        let shown: Vec<_> = bent.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(shown, ["code=c", "code=second", "iss=http://o/evil"]);
    }
}
