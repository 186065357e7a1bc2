//! The authorization response: a code bound to everything that the token request must prove, or an error.

use axum::response::Response;

use super::refusal::{Refusal, random_uuid};
use super::request::{AuthorizationRequest, WayBack};
use crate::form_post::posted_back;
use crate::ledger::{Code, random_text};
use crate::persons::Person;
use crate::response::sent_back;
use crate::world::{Provider, World};

/// How long a code lives, in seconds.
const CODE_LIFETIME: i64 = 60;

/// Makes a code and sends it to the client.
pub fn allow(world: &World, request: &AuthorizationRequest, person: &Person) -> Response {
    let code = format!("1.A{}", random_text());
    {
        let mut state = world.state();
        let expires_at = state.now() + CODE_LIFETIME;
        let offline = request.scopes.contains("offline_access");
        let bound = Code {
            client_id: request.client_id.clone(),
            redirect_uri: request.way_back.redirect_uri.clone(),
            person: person.id.clone(),
            scopes: request.scopes.clone(),
            nonce: request.nonce.clone(),
            auth_time: None,
            challenge: request.challenge.clone(),
            with_refresh: offline,
            offline,
            expires_at,
            spent: false,
        };
        let ledger = &mut state.houses[Provider::Microsoft].ledger;
        ledger.remember(&person.id, &request.client_id, &request.scopes);
        ledger.codes.insert(code.clone(), bound);
    }
    let parameters = vec![("code", code), ("session_state", random_uuid().to_string())];
    answer(world, &request.way_back, parameters, Some(&person.id))
}

/// The person has said no.
pub fn deny(world: &World, request: &AuthorizationRequest, person: Option<&str>) -> Response {
    let why = Refusal::new("access_denied", 65_004, "User declined to consent to access the app.");
    let parameters = vec![
        ("error", why.0.to_owned()),
        ("error_subcode", "cancel".to_owned()),
        ("error_description", why.description()),
    ];
    answer(world, &request.way_back, parameters, person)
}

/// Sends an error to the client.
pub fn refuse(world: &World, way_back: &WayBack, why: &Refusal, person: Option<&str>) -> Response {
    let parameters = vec![("error", why.0.to_owned()), ("error_description", why.description())];
    answer(world, way_back, parameters, person)
}

fn answer(world: &World, way_back: &WayBack, parameters: Vec<(&str, String)>, person: Option<&str>) -> Response {
    let state = way_back.state.clone().map(|state| ("state", state));
    let pairs = parameters.into_iter().chain(state).map(|(name, value)| (name.to_owned(), value)).collect();
    let send = if way_back.by_form { posted_back } else { sent_back };
    send(world, Provider::Microsoft, &way_back.redirect_uri, pairs, person)
}
