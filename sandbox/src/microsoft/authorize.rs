//! The authorization endpoint: chooser, consent screen, response.

use axum::extract::{Path, RawQuery, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::account::Account;
use super::error::OAuthError;
use super::grant::{allow, deny, send_error};
use super::pages;
use super::request::{self, AuthorizationRequest, Prompt, RequestError};
use crate::browser::{signed_in, with_session};
use crate::fields::Fields;
use crate::persons::Person;
use crate::state::{Provider, SharedState};
use crate::token_store::Decision;

/// `GET /{tenant}/oauth2/v2.0/authorize`: the chooser, or the next page if the account is known.
pub async fn authorize(
    State(shared): State<SharedState>,
    Path(tenant): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let request = match read(&shared, &tenant, query) {
        Ok(request) => request,
        Err(response) => return *response,
    };
    if let Some(response) = auto_consent_response(&shared, &request, &headers) {
        return response;
    }
    let here = signed_in(&shared.lock().providers[Provider::Microsoft].tokens, Provider::Microsoft, &headers);
    let hinted = request.login_hint.as_deref().and_then(|hint| shared.lock().persons.by_hint(hint).cloned());
    match (request.prompt, hinted) {
        (Some(Prompt::None), hinted) => without_interaction(&shared, &request, &headers, &here, hinted),
        (None | Some(Prompt::Consent), Some(person)) if here.contains(&person.id) => {
            proceed(&shared, &request, &headers, &person)
        }
        _ => pages::chooser(&shared, &request, &here).into_response(),
    }
}

/// `POST …/authorize/person`: the user picked an account or entered a new one.
pub async fn choose_account(
    State(shared): State<SharedState>,
    Path(tenant): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: String,
) -> Response {
    let request = match read(&shared, &tenant, query) {
        Ok(request) => request,
        Err(response) => return *response,
    };
    let picked = shared.lock().persons.pick(&Fields::parse(&body));
    match picked {
        Some(person) => proceed(&shared, &request, &headers, &person),
        None => restart(&request),
    }
}

/// `GET …/authorize/consent`: the consent screen for the person in the query.
pub async fn consent(
    State(shared): State<SharedState>,
    Path(tenant): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let person = Fields::parse(query.as_deref().unwrap_or_default()).get("person").map(str::to_owned);
    let request = match read(&shared, &tenant, query) {
        Ok(request) => request,
        Err(response) => return *response,
    };
    match person.and_then(|id| shared.lock().persons.by_id(&id).cloned()) {
        Some(person) => pages::consent(&request, &person).into_response(),
        None => restart(&request),
    }
}

/// `POST …/authorize/consent`: Continue or Cancel.
pub async fn decide(
    State(shared): State<SharedState>,
    Path(tenant): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: String,
) -> Response {
    let request = match read(&shared, &tenant, query) {
        Ok(request) => request,
        Err(response) => return *response,
    };
    let form = Fields::parse(&body);
    if form.get("decision") != Some("allow") {
        return deny(&shared, &request, form.get("person"));
    }
    let person = form.get("person").and_then(|id| shared.lock().persons.by_id(id).cloned());
    match person {
        Some(person) => authorize_person(&shared, &request, &headers, &person),
        None => restart(&request),
    }
}

fn read(shared: &SharedState, tenant: &str, query: Option<String>) -> Result<AuthorizationRequest, Box<Response>> {
    let invalid_request =
        match request::read(tenant, query.as_deref().unwrap_or_default(), shared.clients().of(Provider::Microsoft)) {
            Ok(request) => return Ok(request),
            Err(invalid_request) => invalid_request,
        };
    Err(Box::new(match invalid_request {
        RequestError::Page(why) => pages::invalid_request(&why).into_response(),
        RequestError::Back(why, target) => send_error(shared, &target, &why, None),
    }))
}

/// The response configured by `auto_consent`, if any.
fn auto_consent_response(
    shared: &SharedState,
    request: &AuthorizationRequest,
    headers: &HeaderMap,
) -> Option<Response> {
    let auto = shared.lock().providers[Provider::Microsoft].tokens.take_auto()?;
    let person = shared.lock().persons.by_id(&auto.person).cloned()?;
    Some(match auto.decision {
        Decision::Deny => deny(shared, request, Some(&person.id)),
        Decision::Allow => authorize_person(shared, request, headers, &person),
    })
}

/// `prompt=none` (OpenID Connect Core §3.1.2.1): a response without showing a page.
fn without_interaction(
    shared: &SharedState,
    request: &AuthorizationRequest,
    headers: &HeaderMap,
    here: &[String],
    hinted: Option<Person>,
) -> Response {
    let no = |error, number, why| send_error(shared, &request.target, &OAuthError::new(error, number, why), None);
    let person = match (here, &request.login_hint) {
        ([], _) => None,
        (known, Some(_)) => hinted.filter(|person| known.contains(&person.id)),
        ([only], None) => shared.lock().persons.by_id(only).cloned(),
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
    if needs_consent(shared, request, &person) {
        let why = "The user or administrator has not consented to use the application.";
        return no("consent_required", 65_001, why);
    }
    authorize_person(shared, request, headers, &person)
}

/// Rejects users of other tenants, shows the consent screen if needed, otherwise issues the code.
fn proceed(shared: &SharedState, request: &AuthorizationRequest, headers: &HeaderMap, person: &Person) -> Response {
    let tid = Account::of(person, &request.client_id).tid;
    if request.tenant.admits(&tid) && needs_consent(shared, request, person) {
        let to = redirect(format!("{}/consent?{}&person={}", request.path, request.query, person.id));
        return with_session(shared, Provider::Microsoft, headers, &person.id, to);
    }
    authorize_person(shared, request, headers, person)
}

/// Issues the code, or shows an error page to users of other tenants.
fn authorize_person(
    shared: &SharedState,
    request: &AuthorizationRequest,
    headers: &HeaderMap,
    person: &Person,
) -> Response {
    if !request.tenant.admits(&Account::of(person, &request.client_id).tid) {
        return pages::wrong_tenant(request, person).into_response();
    }
    let response = allow(shared, request, person);
    with_session(shared, Provider::Microsoft, headers, &person.id, response)
}

fn needs_consent(shared: &SharedState, request: &AuthorizationRequest, person: &Person) -> bool {
    let known = shared.lock().providers[Provider::Microsoft].tokens.consent(&person.id, &request.client_id);
    request.prompt == Some(Prompt::Consent) || !request.scopes.is_subset(&known)
}

fn restart(request: &AuthorizationRequest) -> Response {
    redirect(format!("{}?{}", request.path, request.query))
}

fn redirect(location: String) -> Response {
    (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()
}
