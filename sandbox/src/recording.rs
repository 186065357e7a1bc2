//! The layer around a provider: logs each request, applies an armed fault, logs the status.
//!
//! Because misbehaviour lives here, the handlers below implement a correct provider and nothing else.

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use serde_json::json;

use super::faults::{Endpoint, Fault, play};
use super::fields::Fields;
use super::log::Entry;
use super::state::{Provider, SharedState};
use super::token_store::TokenStore;

/// Bytes.
pub const BODY_LIMIT: usize = 256 * 1024;

pub fn wrap(shared: &SharedState, routes: Router<SharedState>) -> Router<SharedState> {
    routes.route_layer(from_fn_with_state(shared.clone(), observe))
}

/// `/trap/…`: the target of redirect faults and tampered documents. Responds `{}`; the log shows which requests
/// followed.
pub fn trap() -> Router<SharedState> {
    Router::new().route("/trap/{*rest}", any(async || axum::Json(json!({}))))
}

async fn observe(State(shared): State<SharedState>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let (seq, fault) = record(&shared, &parts, &body);
    let request = Request::from_parts(parts, Body::from(body));
    let response = match fault {
        Some(fault) => play(fault, &shared, request, next).await,
        None => next.run(request).await,
    };
    shared.lock().log.answered(seq, response.status().as_u16());
    response
}

/// Logs the request; returns its number and the armed fault, if any.
fn record(shared: &SharedState, parts: &Parts, body: &Bytes) -> (u64, Option<Fault>) {
    let form = form(parts, body);
    let mut entry = Entry::of(&parts.method, &parts.uri, &parts.headers, &form);
    let mut state = shared.lock();
    entry.at = state.now();
    let Some((provider, endpoint)) = endpoint_of(&parts.method, parts.uri.path()) else {
        entry.endpoint = "trap".to_owned();
        return (state.log.record(entry), None);
    };
    let mock = state.provider(provider);
    let person = person_of(&mock.tokens, parts, &form);
    let fault = endpoint.and_then(|here| {
        let refreshes = here == Endpoint::Token && form.get("grant_type") == Some("refresh_token");
        let fits = |there| there == here || (refreshes && there == Endpoint::Refresh);
        mock.faults.take(person.as_deref(), |rule| fits(rule.endpoint))
    });
    entry.provider = Some(provider.slug());
    entry.person = person;
    if let Some(endpoint) = endpoint {
        entry.endpoint = json!(endpoint).as_str().unwrap_or_default().to_owned();
    }
    (state.log.record(entry), fault.map(|rule| rule.fault))
}

fn form(parts: &Parts, body: &Bytes) -> Fields {
    let kind = parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match std::str::from_utf8(body) {
        Ok(text) if kind.starts_with("application/x-www-form-urlencoded") => Fields::parse(text),
        Ok(text) if kind.starts_with("application/json") => Fields::of_json(text),
        _ => Fields::default(),
    }
}

fn endpoint_of(method: &Method, path: &str) -> Option<(Provider, Option<Endpoint>)> {
    let (base, rest) = path.strip_prefix('/')?.split_once('/')?;
    let has_base = |provider: &&Provider| provider.facts().bases.contains(&base);
    let provider = *Provider::ALL.iter().find(has_base)?;
    Some((provider, (provider.facts().endpoint)(method, rest)))
}

/// The user that the presented code or token belongs to.
fn person_of(tokens: &TokenStore, parts: &Parts, form: &Fields) -> Option<String> {
    let query = Fields::parse(parts.uri.query().unwrap_or_default());
    let scheme =
        |text: &'_ str| text.strip_prefix("Bearer ").or_else(|| text.strip_prefix("token ")).map(str::to_owned);
    let bearer = parts.headers.get(AUTHORIZATION).and_then(|value| scheme(value.to_str().ok()?));
    let code = form.get("code").and_then(|code| tokens.codes.get(code)).map(|code| &code.person);
    let names = ["refresh_token", "access_token", "token", "input_token"];
    let presented = names.iter().filter_map(|name| form.get(name).or_else(|| query.get(name))).chain(bearer.as_deref());
    let token = || presented.filter_map(|text| tokens.access.get(text).or_else(|| tokens.refresh.get(text))).next();
    code.or_else(|| token().map(|token| &token.person)).cloned()
}
