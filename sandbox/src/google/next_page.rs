//! After the account is known: the consent screen, the code, or an error for `prompt=none`.

use axum::http::header::LOCATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::AUTHORIZE;
use super::grant::{Consent, allow, deny};
use super::request::AuthorizationRequest;
use crate::browser;
use crate::persons::Person;
use crate::state::{Provider, SharedState};

/// `prompt=none` (OpenID Connect Core §3.1.2.1): a response without showing a page.
pub fn without_interaction(
    shared: &SharedState,
    request: &AuthorizationRequest,
    headers: &HeaderMap,
    signed_in: &[String],
    hinted: Option<Person>,
) -> Response {
    let person = match (signed_in, &request.login_hint) {
        ([], _) => None,
        (known, Some(_)) => hinted.filter(|person| known.contains(&person.id)),
        ([only], None) => shared.lock().persons.by_id(only).cloned(),
        // Several users are signed in and none is hinted: only the chooser could decide.
        (_, None) => return deny(shared, request, "interaction_required", None),
    };
    let Some(person) = person else {
        return deny(shared, request, "login_required", None);
    };
    if needs_consent(shared, request, &person) {
        return deny(shared, request, "consent_required", Some(&person.id));
    }
    proceed(shared, request, headers, &person)
}

/// Shows the consent screen if needed, otherwise issues the code.
pub fn proceed(shared: &SharedState, request: &AuthorizationRequest, headers: &HeaderMap, person: &Person) -> Response {
    let response = if needs_consent(shared, request, person) {
        redirect(format!("/google/{AUTHORIZE}/consent?{}&person={}", request.query, person.id))
    } else {
        allow(shared, request, person, Consent { granted: request.scopes.clone(), shown: false })
    };
    with_session(shared, headers, person, response)
}

/// New scopes, or `prompt=consent`.
pub fn needs_consent(shared: &SharedState, request: &AuthorizationRequest, person: &Person) -> bool {
    let known = shared.lock().providers[Provider::Google].tokens.consent(&person.id, &request.client_id);
    request.prompt.consent || !request.scopes.is_subset(&known)
}

/// Signs the user in to the browser that receives this response.
pub fn with_session(shared: &SharedState, headers: &HeaderMap, person: &Person, response: Response) -> Response {
    browser::with_session(shared, Provider::Google, headers, &person.id, response)
}

pub fn redirect(location: String) -> Response {
    (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()
}
