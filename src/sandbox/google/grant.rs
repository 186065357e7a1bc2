//! The authorization response: a code bound to everything that the token request must prove, or an error.

use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, LOCATION};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};
use url::Url;

use super::issuer;
use super::request::AuthorizationRequest;
use crate::sandbox::faults::{Endpoint, Fault};
use crate::sandbox::ledger::{Code, Scopes, random_text};
use crate::sandbox::persons::Person;
use crate::sandbox::stencil::Stencil;
use crate::sandbox::world::World;

/// How long a code lives, in seconds.
const CODE_LIFETIME: i64 = 60;

/// What the person agreed to.
pub struct Consent {
    /// The scopes.
    pub granted: Scopes,
    /// Whether the consent screen was shown: no refresh token without it.
    pub shown: bool,
}

/// Makes a code and sends it to the client.
pub fn allow(world: &World, request: &AuthorizationRequest, person: &Person, consent: Consent) -> Response {
    let mut granted = consent.granted;
    if granted.is_empty() {
        return deny(world, request, "access_denied", Some(&person.id));
    }
    let code = format!("4/0A{}", random_text());
    {
        let mut state = world.state();
        let expires_at = state.now() + CODE_LIFETIME;
        let ledger = &mut state.google.ledger;
        if request.include_granted {
            granted.extend(ledger.consent(&person.id, &request.client_id));
        }
        ledger.remember(&person.id, &request.client_id, &granted);
        let bound = Code {
            client_id: request.client_id.clone(),
            redirect_uri: request.redirect_uri.clone(),
            person: person.id.clone(),
            scopes: granted.clone(),
            nonce: request.nonce.clone(),
            challenge: request.challenge.clone(),
            with_refresh: request.offline && consent.shown,
            offline: request.offline,
            expires_at,
            spent: false,
        };
        ledger.codes.insert(code.clone(), bound);
    }
    let scope = granted.into_iter().collect::<Vec<_>>().join(" ");
    let mut parameters = vec![("code", code), ("scope", scope), ("authuser", "0".to_owned())];
    parameters.extend(person.hd.clone().map(|hd| ("hd", hd)));
    parameters.push(("prompt", if consent.shown { "consent" } else { "none" }.to_owned()));
    answer(world, &request.redirect_uri, request.state.as_deref(), parameters, Some(&person.id))
}

/// Sends an error to the client.
pub fn deny(world: &World, request: &AuthorizationRequest, code: &str, person: Option<&str>) -> Response {
    answer(world, &request.redirect_uri, request.state.as_deref(), vec![("error", code.to_owned())], person)
}

/// The redirect to the client, with `state` and `iss` (RFC 9207), bent by a fault if one is armed.
pub fn answer(
    world: &World,
    redirect_uri: &str,
    state: Option<&str>,
    parameters: Vec<(&str, String)>,
    person: Option<&str>,
) -> Response {
    let mut pairs: Vec<(String, String)> = Vec::new();
    pairs.extend(state.map(|state| ("state".to_owned(), state.to_owned())));
    pairs.push(("iss".to_owned(), issuer(world.origin())));
    pairs.extend(parameters.into_iter().map(|(name, value)| (name.to_owned(), value)));
    let here = |rule: &crate::sandbox::faults::EndpointFault| rule.endpoint == Endpoint::AuthorizationResponse;
    let armed = world.state().google.faults.take(person, here);
    if let Some(Fault::Patch { set, remove }) = armed.map(|rule| rule.fault) {
        pairs = bent(pairs, &set, &remove, &Stencil::new(world.origin(), 0));
    }
    let Ok(mut location) = Url::parse(redirect_uri) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    location.query_pairs_mut().extend_pairs(pairs);
    (StatusCode::SEE_OTHER, [(LOCATION, location.to_string()), (CACHE_CONTROL, "no-store".to_owned())]).into_response()
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
