//! The authorization endpoint: chooser, consent screen, response.

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};

use super::grant::{Consent, allow, deny, respond};
use super::next_page::{needs_consent, proceed, redirect, with_session, without_interaction};
use super::request::{self, AuthorizationRequest, RequestError};
use super::{AUTHORIZE, pages, scopes};
use crate::browser::signed_in;
use crate::fields::Fields;
use crate::state::{Provider, SharedState};
use crate::token_store::{Decision, Scopes};

/// `GET /o/oauth2/v2/auth`: the chooser, or the next page if the account is known.
pub async fn authorize(State(shared): State<SharedState>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let request = match read(&shared, query) {
        Ok(request) => request,
        Err(response) => return *response,
    };
    if let Some(response) = auto_consent_response(&shared, &request, &headers) {
        return response;
    }
    let signed_in = signed_in(&shared.lock().providers[Provider::Google].tokens, Provider::Google, &headers);
    let hinted = request.login_hint.as_deref().and_then(|hint| shared.lock().persons.by_hint(hint).cloned());
    if request.prompt.none {
        return without_interaction(&shared, &request, &headers, &signed_in, hinted);
    }
    match hinted {
        Some(person) if signed_in.contains(&person.id) && !request.prompt.select_account => {
            proceed(&shared, &request, &headers, &person)
        }
        hinted => pages::chooser(&shared, &request, &signed_in, hinted.as_ref()).into_response(),
    }
}

/// `POST /o/oauth2/v2/auth/person`: the user picked an account or entered a new one.
pub async fn choose_account(
    State(shared): State<SharedState>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: String,
) -> Response {
    let request = match read(&shared, query) {
        Ok(request) => request,
        Err(response) => return *response,
    };
    let picked = shared.lock().persons.pick(&Fields::parse(&body));
    match picked {
        Some(person) => proceed(&shared, &request, &headers, &person),
        None => redirect(format!("/google/{AUTHORIZE}?{}", request.query)),
    }
}

/// `GET /o/oauth2/v2/auth/consent`: the consent screen for the person in the query.
pub async fn consent(State(shared): State<SharedState>, RawQuery(query): RawQuery) -> Response {
    let person = Fields::parse(query.as_deref().unwrap_or_default()).get("person").map(str::to_owned);
    let request = match read(&shared, query) {
        Ok(request) => request,
        Err(response) => return *response,
    };
    let person = person.and_then(|id| shared.lock().persons.by_id(&id).cloned());
    match person {
        Some(person) => pages::consent(&shared, &request, &person).into_response(),
        None => redirect(format!("/google/{AUTHORIZE}?{}", request.query)),
    }
}

/// `POST /o/oauth2/v2/auth/consent`: Continue or Cancel.
pub async fn decide(
    State(shared): State<SharedState>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: String,
) -> Response {
    let request = match read(&shared, query) {
        Ok(request) => request,
        Err(response) => return *response,
    };
    let form = Fields::parse(&body);
    if form.get("decision") != Some("allow") {
        return deny(&shared, &request, "access_denied", form.get("person"));
    }
    let person = form.get("person").and_then(|id| shared.lock().persons.by_id(id).cloned());
    let Some(person) = person else {
        return redirect(format!("/google/{AUTHORIZE}?{}", request.query));
    };
    let checked: Vec<_> = form.all("scope").map(str::to_owned).collect();
    let granted = granted(&request, Some(&checked));
    with_session(&shared, &headers, &person, allow(&shared, &request, &person, Consent { granted, shown: true }))
}

fn read(shared: &SharedState, query: Option<String>) -> Result<AuthorizationRequest, Box<Response>> {
    let invalid_request = match request::read(query.as_deref().unwrap_or_default(), shared.clients()) {
        Ok(request) => return Ok(request),
        Err(invalid_request) => invalid_request,
    };
    Err(Box::new(match invalid_request {
        RequestError::Page { code, why } => pages::invalid_request(code, &why).into_response(),
        RequestError::Redirect { code, why, redirect_uri, state } => {
            let error = vec![("error", code.to_owned()), ("error_description", why)];
            respond(shared, &redirect_uri, state.as_deref(), error, None)
        }
    }))
}

/// The response configured by `auto_consent`, if any.
fn auto_consent_response(
    shared: &SharedState,
    request: &AuthorizationRequest,
    headers: &HeaderMap,
) -> Option<Response> {
    let auto = shared.lock().providers[Provider::Google].tokens.take_auto()?;
    let person = shared.lock().persons.by_id(&auto.person).cloned()?;
    if auto.decision == Decision::Deny {
        return Some(deny(shared, request, "access_denied", Some(&person.id)));
    }
    let consent =
        Consent { granted: granted(request, auto.scopes.as_deref()), shown: needs_consent(shared, request, &person) };
    Some(with_session(shared, headers, &person, allow(shared, request, &person, consent)))
}

/// The sign-in scopes, plus the extra scopes in `checked` (all if `None`).
fn granted(request: &AuthorizationRequest, checked: Option<&[String]>) -> Scopes {
    let checked: Option<Scopes> =
        checked.map(|checked| checked.iter().filter_map(|scope| scopes::read(scope).ok()).flatten().collect());
    let takes = |scope: &&String| {
        scopes::is_for_sign_in(scope) || checked.as_ref().is_none_or(|checked| checked.contains(*scope))
    };
    request.scopes.iter().filter(takes).cloned().collect()
}
