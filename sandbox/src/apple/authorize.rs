//! The authorization endpoint: chooser, consent page, response.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};

use super::grant::{Choice, allow, deny};
use super::request::{self, AuthorizationRequest};
use super::{AUTHORIZE, pages};
use crate::fields::Fields;
use crate::state::{Provider, SharedState};
use crate::token_store::Decision;

/// `GET /auth/authorize`: always shows the chooser.
pub async fn authorize(State(shared): State<SharedState>, RawQuery(query): RawQuery) -> Response {
    let request = match read(&shared, query) {
        Ok(request) => request,
        Err(response) => return *response,
    };
    let auto = shared.lock().providers[Provider::Apple].tokens.take_auto();
    let person = auto.as_ref().and_then(|auto| shared.lock().persons.by_id(&auto.person).cloned());
    match (auto.map(|auto| auto.decision), person) {
        (Some(Decision::Allow), Some(person)) => allow(&shared, &request, &person, Choice::default()),
        (Some(Decision::Deny), Some(person)) => deny(&shared, &request, Some(&person.id)),
        _ => pages::chooser(&shared, &request).into_response(),
    }
}

/// `POST /auth/authorize/person`: the user picked an account or entered a new one.
pub async fn choose_account(State(shared): State<SharedState>, RawQuery(query): RawQuery, body: String) -> Response {
    let request = match read(&shared, query) {
        Ok(request) => request,
        Err(response) => return *response,
    };
    let picked = shared.lock().persons.pick(&Fields::parse(&body));
    match picked {
        Some(person) => redirect(format!("/apple/{AUTHORIZE}/consent?{}&person={}", request.query, person.id)),
        None => restart(&request),
    }
}

/// `GET /auth/authorize/consent`: the consent page for the person in the query.
pub async fn consent(State(shared): State<SharedState>, RawQuery(query): RawQuery) -> Response {
    let person = Fields::parse(query.as_deref().unwrap_or_default()).get("person").map(str::to_owned);
    let request = match read(&shared, query) {
        Ok(request) => request,
        Err(response) => return *response,
    };
    let person = person.and_then(|id| shared.lock().persons.by_id(&id).cloned());
    match person {
        Some(person) => pages::consent(&shared, &request, &person).into_response(),
        None => restart(&request),
    }
}

/// `POST /auth/authorize/consent`: Continue or Cancel.
pub async fn decide(State(shared): State<SharedState>, RawQuery(query): RawQuery, body: String) -> Response {
    let request = match read(&shared, query) {
        Ok(request) => request,
        Err(response) => return *response,
    };
    let form = Fields::parse(&body);
    if form.get("decision") != Some("allow") {
        return deny(&shared, &request, form.get("person"));
    }
    let person = form.get("person").and_then(|id| shared.lock().persons.by_id(id).cloned());
    match person {
        Some(person) => allow(&shared, &request, &person, Choice::of(&form)),
        None => restart(&request),
    }
}

fn read(shared: &SharedState, query: Option<String>) -> Result<AuthorizationRequest, Box<Response>> {
    request::read(query.as_deref().unwrap_or_default(), &shared.clients().apple.id)
        .map_err(|invalid_request| Box::new(pages::invalid_request(&invalid_request).into_response()))
}

fn restart(request: &AuthorizationRequest) -> Response {
    redirect(format!("/apple/{AUTHORIZE}?{}", request.query))
}

fn redirect(location: String) -> Response {
    (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()
}
