//! The authorization response: a code, or an error.

use axum::response::Response;

use super::error::{OAuthError, random_uuid};
use super::request::{AuthorizationRequest, ResponseTarget};
use crate::form_post::form_post_back;
use crate::persons::Person;
use crate::response::redirect_back;
use crate::state::{Provider, SharedState};
use crate::token_store::{Code, random_text};

/// Seconds.
const CODE_LIFETIME: i64 = 60;

/// Issues a code and returns it to the client.
pub fn allow(shared: &SharedState, request: &AuthorizationRequest, person: &Person) -> Response {
    let code = format!("1.A{}", random_text());
    {
        let mut state = shared.lock();
        let expires_at = state.now() + CODE_LIFETIME;
        let offline = request.scopes.contains("offline_access");
        let bound = Code {
            client_id: request.client_id.clone(),
            redirect_uri: request.target.redirect_uri.clone(),
            person: person.id.clone(),
            scopes: request.scopes.clone(),
            nonce: request.nonce.clone(),
            auth_time: None,
            amr: false,
            challenge: request.challenge.clone(),
            with_refresh: offline,
            offline,
            expires_at,
            spent: false,
        };
        let tokens = &mut state.providers[Provider::Microsoft].tokens;
        tokens.add_consent(&person.id, &request.client_id, &request.scopes);
        tokens.codes.insert(code.clone(), bound);
    }
    let parameters = vec![("code", code), ("session_state", random_uuid().to_string())];
    respond(shared, &request.target, parameters, Some(&person.id))
}

pub fn deny(shared: &SharedState, request: &AuthorizationRequest, person: Option<&str>) -> Response {
    let why = OAuthError::new("access_denied", 65_004, "User declined to consent to access the app.");
    let parameters = vec![
        ("error", why.0.to_owned()),
        ("error_subcode", "cancel".to_owned()),
        ("error_description", why.description()),
    ];
    respond(shared, &request.target, parameters, person)
}

pub fn send_error(shared: &SharedState, target: &ResponseTarget, why: &OAuthError, person: Option<&str>) -> Response {
    let parameters = vec![("error", why.0.to_owned()), ("error_description", why.description())];
    respond(shared, target, parameters, person)
}

fn respond(
    shared: &SharedState,
    target: &ResponseTarget,
    parameters: Vec<(&str, String)>,
    person: Option<&str>,
) -> Response {
    let state = target.state.clone().map(|state| ("state", state));
    let pairs = parameters.into_iter().chain(state).map(|(name, value)| (name.to_owned(), value)).collect();
    let send = if target.by_form { form_post_back } else { redirect_back };
    send(shared, Provider::Microsoft, &target.redirect_uri, pairs, person)
}
