//! The authorization endpoint: from the request, by the chooser and the consent page, to the answer.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};

use super::grant::{Choice, allow, deny};
use super::request::{self, AuthorizationRequest};
use super::{AUTHORIZE, pages};
use crate::fields::Fields;
use crate::ledger::Decision;
use crate::world::{Provider, World};

/// `GET /auth/authorize`: the chooser, always.
pub async fn ask(State(world): State<World>, RawQuery(query): RawQuery) -> Response {
    let request = match read(&world, query) {
        Ok(request) => request,
        Err(response) => return *response,
    };
    let auto = world.state().houses[Provider::Apple].ledger.take_auto();
    let person = auto.as_ref().and_then(|auto| world.state().persons.by_id(&auto.person).cloned());
    match (auto.map(|auto| auto.decision), person) {
        (Some(Decision::Allow), Some(person)) => allow(&world, &request, &person, Choice::default()),
        (Some(Decision::Deny), Some(person)) => deny(&world, &request, Some(&person.id)),
        _ => pages::chooser(&world, &request).into_response(),
    }
}

/// `POST /auth/authorize/person`: somebody was picked or typed in.
pub async fn choose(State(world): State<World>, RawQuery(query): RawQuery, body: String) -> Response {
    let request = match read(&world, query) {
        Ok(request) => request,
        Err(response) => return *response,
    };
    let picked = world.state().persons.pick(&Fields::parse(&body));
    match picked {
        Some(person) => see(format!("/apple/{AUTHORIZE}/consent?{}&person={}", request.query, person.id)),
        None => start_again(&request),
    }
}

/// `GET /auth/authorize/consent`: the consent page for the person in the query.
pub async fn consent(State(world): State<World>, RawQuery(query): RawQuery) -> Response {
    let person = Fields::parse(query.as_deref().unwrap_or_default()).get("person").map(str::to_owned);
    let request = match read(&world, query) {
        Ok(request) => request,
        Err(response) => return *response,
    };
    let person = person.and_then(|id| world.state().persons.by_id(&id).cloned());
    match person {
        Some(person) => pages::consent(&world, &request, &person).into_response(),
        None => start_again(&request),
    }
}

/// `POST /auth/authorize/consent`: Continue or Cancel.
pub async fn decide(State(world): State<World>, RawQuery(query): RawQuery, body: String) -> Response {
    let request = match read(&world, query) {
        Ok(request) => request,
        Err(response) => return *response,
    };
    let form = Fields::parse(&body);
    if form.get("decision") != Some("allow") {
        return deny(&world, &request, form.get("person"));
    }
    let person = form.get("person").and_then(|id| world.state().persons.by_id(id).cloned());
    match person {
        Some(person) => allow(&world, &request, &person, Choice::of(&form)),
        None => start_again(&request),
    }
}

fn read(world: &World, query: Option<String>) -> Result<AuthorizationRequest, Box<Response>> {
    request::read(query.as_deref().unwrap_or_default(), &world.clients().apple.id)
        .map_err(|unfit| Box::new(pages::unfit(&unfit).into_response()))
}

fn start_again(request: &AuthorizationRequest) -> Response {
    see(format!("/apple/{AUTHORIZE}?{}", request.query))
}

fn see(location: String) -> Response {
    (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()
}
