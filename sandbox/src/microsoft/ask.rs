//! The authorization endpoint: from the request, by the chooser and the consent screen, to the answer.

use axum::extract::{Path, RawQuery, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::account::Account;
use super::grant::{allow, deny, refuse};
use super::pages;
use super::refusal::Refusal;
use super::request::{self, AuthorizationRequest, Prompt, Unfit};
use crate::browser::{signed, signed_in};
use crate::fields::Fields;
use crate::ledger::Decision;
use crate::persons::Person;
use crate::world::{Provider, World};

/// `GET /{tenant}/oauth2/v2.0/authorize`: the chooser, or whatever comes next when the person is clear.
pub async fn ask(
    State(world): State<World>,
    Path(tenant): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let request = match read(&world, &tenant, query) {
        Ok(request) => request,
        Err(response) => return *response,
    };
    if let Some(response) = answer_in_advance(&world, &request, &headers) {
        return response;
    }
    let here = signed_in(&world.state().houses[Provider::Microsoft].ledger, Provider::Microsoft, &headers);
    let hinted = request.login_hint.as_deref().and_then(|hint| world.state().persons.by_hint(hint).cloned());
    match (request.prompt, hinted) {
        (Some(Prompt::None), hinted) => silently(&world, &request, &headers, &here, hinted),
        (None | Some(Prompt::Consent), Some(person)) if here.contains(&person.id) => {
            proceed(&world, &request, &headers, &person)
        }
        _ => pages::chooser(&world, &request, &here).into_response(),
    }
}

/// `POST …/authorize/person`: somebody was picked or typed in.
pub async fn choose(
    State(world): State<World>,
    Path(tenant): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: String,
) -> Response {
    let request = match read(&world, &tenant, query) {
        Ok(request) => request,
        Err(response) => return *response,
    };
    let picked = world.state().persons.pick(&Fields::parse(&body));
    match picked {
        Some(person) => proceed(&world, &request, &headers, &person),
        None => start_again(&request),
    }
}

/// `GET …/authorize/consent`: the consent screen for the person in the query.
pub async fn consent(State(world): State<World>, Path(tenant): Path<String>, RawQuery(query): RawQuery) -> Response {
    let person = Fields::parse(query.as_deref().unwrap_or_default()).get("person").map(str::to_owned);
    let request = match read(&world, &tenant, query) {
        Ok(request) => request,
        Err(response) => return *response,
    };
    match person.and_then(|id| world.state().persons.by_id(&id).cloned()) {
        Some(person) => pages::consent(&request, &person).into_response(),
        None => start_again(&request),
    }
}

/// `POST …/authorize/consent`: Continue or Cancel.
pub async fn decide(
    State(world): State<World>,
    Path(tenant): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: String,
) -> Response {
    let request = match read(&world, &tenant, query) {
        Ok(request) => request,
        Err(response) => return *response,
    };
    let form = Fields::parse(&body);
    if form.get("decision") != Some("allow") {
        return deny(&world, &request, form.get("person"));
    }
    let person = form.get("person").and_then(|id| world.state().persons.by_id(id).cloned());
    match person {
        Some(person) => admitted(&world, &request, &headers, &person),
        None => start_again(&request),
    }
}

fn read(world: &World, tenant: &str, query: Option<String>) -> Result<AuthorizationRequest, Box<Response>> {
    let unfit =
        match request::read(tenant, query.as_deref().unwrap_or_default(), world.clients().of(Provider::Microsoft)) {
            Ok(request) => return Ok(request),
            Err(unfit) => unfit,
        };
    Err(Box::new(match unfit {
        Unfit::Page(why) => pages::unfit(&why).into_response(),
        Unfit::Back(why, way_back) => refuse(world, &way_back, &why, None),
    }))
}

/// The answer that control has given for the next requests, if it has.
fn answer_in_advance(world: &World, request: &AuthorizationRequest, headers: &HeaderMap) -> Option<Response> {
    let auto = world.state().houses[Provider::Microsoft].ledger.take_auto()?;
    let person = world.state().persons.by_id(&auto.person).cloned()?;
    Some(match auto.decision {
        Decision::Deny => deny(world, request, Some(&person.id)),
        Decision::Allow => admitted(world, request, headers, &person),
    })
}

/// `prompt=none` (OpenID Connect Core §3.1.2.1): an answer without a page, or an error.
fn silently(
    world: &World,
    request: &AuthorizationRequest,
    headers: &HeaderMap,
    here: &[String],
    hinted: Option<Person>,
) -> Response {
    let no = |error, number, why| refuse(world, &request.way_back, &Refusal::new(error, number, why), None);
    let person = match (here, &request.login_hint) {
        ([], _) => None,
        (known, Some(_)) => hinted.filter(|person| known.contains(&person.id)),
        ([only], None) => world.state().persons.by_id(only).cloned(),
        (_, None) => {
            let why = "Either multiple user identities are available for the current request or selected account is not supported for the scenario.";
            return no("interaction_required", 16_000, why);
        }
    };
    let Some(person) = person else {
        return no("login_required", 50_058, "A silent sign-in request was sent but no user is signed in.");
    };
    if !request.tenant.admits(&Account::of(&person, &request.client_id).tid) {
        return no("interaction_required", 50_020, "The signed-in user account does not exist in this tenant.");
    }
    if needs_consent(world, request, &person) {
        let why = "The user or administrator has not consented to use the application.";
        return no("consent_required", 65_001, why);
    }
    admitted(world, request, headers, &person)
}

/// The person is clear: turned away, asked for consent, or let in.
fn proceed(world: &World, request: &AuthorizationRequest, headers: &HeaderMap, person: &Person) -> Response {
    let tid = Account::of(person, &request.client_id).tid;
    if request.tenant.admits(&tid) && needs_consent(world, request, person) {
        let to = see(format!("{}/consent?{}&person={}", request.path, request.query, person.id));
        return signed(world, Provider::Microsoft, headers, &person.id, to);
    }
    admitted(world, request, headers, person)
}

/// The code for somebody of this tenant, a page for others.
fn admitted(world: &World, request: &AuthorizationRequest, headers: &HeaderMap, person: &Person) -> Response {
    if !request.tenant.admits(&Account::of(person, &request.client_id).tid) {
        return pages::outsider(request, person).into_response();
    }
    let response = allow(world, request, person);
    signed(world, Provider::Microsoft, headers, &person.id, response)
}

fn needs_consent(world: &World, request: &AuthorizationRequest, person: &Person) -> bool {
    let known = world.state().houses[Provider::Microsoft].ledger.consent(&person.id, &request.client_id);
    request.prompt == Some(Prompt::Consent) || !request.scopes.is_subset(&known)
}

fn start_again(request: &AuthorizationRequest) -> Response {
    see(format!("{}?{}", request.path, request.query))
}

fn see(location: String) -> Response {
    (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()
}
