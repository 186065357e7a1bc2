//! What follows once it is clear who the person is: the consent screen, the code, or for `prompt=none` an error.

use axum::http::header::LOCATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::AUTHORIZE;
use super::grant::{Consent, allow, deny};
use super::request::AuthorizationRequest;
use crate::browser;
use crate::persons::Person;
use crate::world::{Provider, World};

/// `prompt=none` (OpenID Connect Core §3.1.2.1): an answer without a page, or an error.
pub fn silently(
    world: &World,
    request: &AuthorizationRequest,
    headers: &HeaderMap,
    signed_in: &[String],
    hinted: Option<Person>,
) -> Response {
    let person = match (signed_in, &request.login_hint) {
        ([], _) => None,
        (known, Some(_)) => hinted.filter(|person| known.contains(&person.id)),
        ([only], None) => world.state().persons.by_id(only).cloned(),
        // Several are signed in and none is named: only a chooser could tell.
        (_, None) => return deny(world, request, "interaction_required", None),
    };
    let Some(person) = person else {
        return deny(world, request, "login_required", None);
    };
    if needs_consent(world, request, &person) {
        return deny(world, request, "consent_required", Some(&person.id));
    }
    proceed(world, request, headers, &person)
}

/// The person is clear: the consent screen if something new is asked or it is demanded, else the code.
pub fn proceed(world: &World, request: &AuthorizationRequest, headers: &HeaderMap, person: &Person) -> Response {
    let response = if needs_consent(world, request, person) {
        see(format!("/google/{AUTHORIZE}/consent?{}&person={}", request.query, person.id))
    } else {
        allow(world, request, person, Consent { granted: request.scopes.clone(), shown: false })
    };
    signed(world, headers, person, response)
}

/// Whether something new is asked, or the consent screen is demanded.
pub fn needs_consent(world: &World, request: &AuthorizationRequest, person: &Person) -> bool {
    let known = world.state().houses[Provider::Google].ledger.consent(&person.id, &request.client_id);
    request.prompt.consent || !request.scopes.is_subset(&known)
}

/// Signs the person in to the browser that gets this response.
pub fn signed(world: &World, headers: &HeaderMap, person: &Person, response: Response) -> Response {
    browser::signed(world, Provider::Google, headers, &person.id, response)
}

/// 303 to another page of the provider.
pub fn see(location: String) -> Response {
    (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()
}
