//! The authorization response: a code, or an error.

use axum::response::Response;

use super::issuer;
use super::request::AuthorizationRequest;
use crate::persons::Person;
use crate::response::redirect_back;
use crate::state::{Provider, SharedState};
use crate::token_store::{Code, Scopes, random_text};

/// Seconds.
const CODE_LIFETIME: i64 = 60;

pub struct Consent {
    pub granted: Scopes,
    /// Google issues a refresh token only after the consent screen.
    pub shown: bool,
}

/// Issues a code and returns it to the client.
pub fn allow(shared: &SharedState, request: &AuthorizationRequest, person: &Person, consent: Consent) -> Response {
    let mut granted = consent.granted;
    if granted.is_empty() {
        return deny(shared, request, "access_denied", Some(&person.id));
    }
    let code = format!("4/0A{}", random_text());
    {
        let mut state = shared.lock();
        let expires_at = state.now() + CODE_LIFETIME;
        let tokens = &mut state.providers[Provider::Google].tokens;
        if request.include_granted {
            granted.extend(tokens.consent(&person.id, &request.client_id));
        }
        tokens.add_consent(&person.id, &request.client_id, &granted);
        let bound = Code {
            client_id: request.client_id.clone(),
            redirect_uri: request.redirect_uri.clone(),
            person: person.id.clone(),
            scopes: granted.clone(),
            nonce: request.nonce.clone(),
            // Choosing an account counts as signing in.
            auth_time: request.auth_time.then_some(expires_at - CODE_LIFETIME),
            amr: request.amr,
            challenge: request.challenge.clone(),
            with_refresh: request.offline && consent.shown,
            offline: request.offline,
            expires_at,
            spent: false,
        };
        tokens.codes.insert(code.clone(), bound);
    }
    let scope = granted.into_iter().collect::<Vec<_>>().join(" ");
    let mut parameters = vec![("code", code), ("scope", scope), ("authuser", "0".to_owned())];
    parameters.extend(person.hd.clone().map(|hd| ("hd", hd)));
    parameters.push(("prompt", if consent.shown { "consent" } else { "none" }.to_owned()));
    respond(shared, &request.redirect_uri, request.state.as_deref(), parameters, Some(&person.id))
}

pub fn deny(shared: &SharedState, request: &AuthorizationRequest, code: &str, person: Option<&str>) -> Response {
    respond(shared, &request.redirect_uri, request.state.as_deref(), vec![("error", code.to_owned())], person)
}

/// Redirects to the client with `state` and `iss` (RFC 9207).
pub fn respond(
    shared: &SharedState,
    redirect_uri: &str,
    state: Option<&str>,
    parameters: Vec<(&str, String)>,
    person: Option<&str>,
) -> Response {
    let mut pairs: Vec<(String, String)> = Vec::new();
    pairs.extend(state.map(|state| ("state".to_owned(), state.to_owned())));
    pairs.push(("iss".to_owned(), issuer(shared.origin())));
    pairs.extend(parameters.into_iter().map(|(name, value)| (name.to_owned(), value)));
    redirect_back(shared, Provider::Google, redirect_uri, pairs, person)
}
