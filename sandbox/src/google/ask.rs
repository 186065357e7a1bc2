//! The authorization endpoint: from the request, by the chooser and the consent screen, to the answer.

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};

use super::grant::{Consent, allow, answer, deny};
use super::proceed::{needs_consent, proceed, see, signed, silently};
use super::request::{self, AuthorizationRequest, Unfit};
use super::{AUTHORIZE, pages, scopes};
use crate::browser::signed_in;
use crate::fields::Fields;
use crate::ledger::{Decision, Scopes};
use crate::world::{Provider, World};

/// `GET /o/oauth2/v2/auth`: the chooser, or whatever comes next when the person is clear.
pub async fn ask(State(world): State<World>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let request = match read(&world, query) {
        Ok(request) => request,
        Err(response) => return *response,
    };
    if let Some(response) = answer_in_advance(&world, &request, &headers) {
        return response;
    }
    let signed_in = signed_in(&world.state().houses[Provider::Google].ledger, Provider::Google, &headers);
    let hinted = request.login_hint.as_deref().and_then(|hint| world.state().persons.by_hint(hint).cloned());
    if request.prompt.none {
        return silently(&world, &request, &headers, &signed_in, hinted);
    }
    match hinted {
        Some(person) if signed_in.contains(&person.id) && !request.prompt.select_account => {
            proceed(&world, &request, &headers, &person)
        }
        hinted => pages::chooser(&world, &request, &signed_in, hinted.as_ref()).into_response(),
    }
}

/// `POST /o/oauth2/v2/auth/person`: somebody was picked or typed in.
pub async fn choose(
    State(world): State<World>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: String,
) -> Response {
    let request = match read(&world, query) {
        Ok(request) => request,
        Err(response) => return *response,
    };
    let picked = world.state().persons.pick(&Fields::parse(&body));
    match picked {
        Some(person) => proceed(&world, &request, &headers, &person),
        None => see(format!("/google/{AUTHORIZE}?{}", request.query)),
    }
}

/// `GET /o/oauth2/v2/auth/consent`: the consent screen for the person in the query.
pub async fn consent(State(world): State<World>, RawQuery(query): RawQuery) -> Response {
    let person = Fields::parse(query.as_deref().unwrap_or_default()).get("person").map(str::to_owned);
    let request = match read(&world, query) {
        Ok(request) => request,
        Err(response) => return *response,
    };
    let person = person.and_then(|id| world.state().persons.by_id(&id).cloned());
    match person {
        Some(person) => pages::consent(&world, &request, &person).into_response(),
        None => see(format!("/google/{AUTHORIZE}?{}", request.query)),
    }
}

/// `POST /o/oauth2/v2/auth/consent`: Continue or Cancel.
pub async fn decide(
    State(world): State<World>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: String,
) -> Response {
    let request = match read(&world, query) {
        Ok(request) => request,
        Err(response) => return *response,
    };
    let form = Fields::parse(&body);
    if form.get("decision") != Some("allow") {
        return deny(&world, &request, "access_denied", form.get("person"));
    }
    let person = form.get("person").and_then(|id| world.state().persons.by_id(id).cloned());
    let Some(person) = person else {
        return see(format!("/google/{AUTHORIZE}?{}", request.query));
    };
    let checked: Vec<_> = form.all("scope").map(str::to_owned).collect();
    let granted = granted(&request, Some(&checked));
    signed(&world, &headers, &person, allow(&world, &request, &person, Consent { granted, shown: true }))
}

fn read(world: &World, query: Option<String>) -> Result<AuthorizationRequest, Box<Response>> {
    let unfit = match request::read(query.as_deref().unwrap_or_default(), world.clients()) {
        Ok(request) => return Ok(request),
        Err(unfit) => unfit,
    };
    Err(Box::new(match unfit {
        Unfit::Page { code, why } => pages::unfit(code, &why).into_response(),
        Unfit::Redirect { code, why, redirect_uri, state } => {
            let error = vec![("error", code.to_owned()), ("error_description", why)];
            answer(world, &redirect_uri, state.as_deref(), error, None)
        }
    }))
}

/// The answer that control has given for the next requests, if it has.
fn answer_in_advance(world: &World, request: &AuthorizationRequest, headers: &HeaderMap) -> Option<Response> {
    let auto = world.state().houses[Provider::Google].ledger.take_auto()?;
    let person = world.state().persons.by_id(&auto.person).cloned()?;
    if auto.decision == Decision::Deny {
        return Some(deny(world, request, "access_denied", Some(&person.id)));
    }
    let consent =
        Consent { granted: granted(request, auto.scopes.as_deref()), shown: needs_consent(world, request, &person) };
    Some(signed(world, headers, &person, allow(world, request, &person, consent)))
}

/// Sign-in scopes, and those extra ones that are among `checked` (all without it).
fn granted(request: &AuthorizationRequest, checked: Option<&[String]>) -> Scopes {
    let checked: Option<Scopes> =
        checked.map(|checked| checked.iter().filter_map(|scope| scopes::read(scope).ok()).flatten().collect());
    let takes = |scope: &&String| {
        scopes::is_for_sign_in(scope) || checked.as_ref().is_none_or(|checked| checked.contains(*scope))
    };
    request.scopes.iter().filter(takes).cloned().collect()
}
