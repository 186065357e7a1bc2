//! GitHub's token endpoint: errors have status 200, and the response is a form unless JSON is accepted.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

use super::AUTHORIZE_PAGE;
use crate::fields::Fields;
use crate::redeem::{CodeError, redeem};
use crate::state::{Provider, SharedState};
use crate::token_store::random_text;

/// The anchor is the error code.
const ERRORS: &str =
    "https://docs.github.com/apps/managing-oauth-apps/troubleshooting-oauth-app-access-token-request-errors/#";

type Members = Vec<(&'static str, String)>;

/// `POST /login/oauth/access_token`, with parameters in the body or the query.
pub async fn token(
    State(shared): State<SharedState>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: String,
) -> Response {
    let members = exchange(&shared, &Fields::joined(query.as_deref(), &body)).unwrap_or_else(|error| error);
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut response = if accept.contains("application/json") {
        let object: Map<_, _> =
            members.into_iter().map(|(name, value)| (name.to_owned(), Value::from(value))).collect();
        Json(object).into_response()
    } else {
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(members).finish();
        ([(CONTENT_TYPE, "application/x-www-form-urlencoded; charset=utf-8")], form).into_response()
    };
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn exchange(shared: &SharedState, form: &Fields) -> Result<Members, Members> {
    if !AUTHORIZE_PAGE.is_client(shared, form.get("client_id"), form.get("client_secret")) {
        let why = "The client_id and/or client_secret passed are incorrect.";
        return Err(error_members("incorrect_client_credentials", why));
    }
    let mut state = shared.lock();
    let now = state.now();
    let tokens = &mut state.providers[Provider::Github].tokens;
    let (token, _) = redeem(tokens, &AUTHORIZE_PAGE.client(shared).id, form, now).map_err(|error| match error {
        CodeError::RedirectUri => error_members(
            "redirect_uri_mismatch",
            "The redirect_uri MUST match the registered callback URL for this application.",
        ),
        _ => error_members("bad_verification_code", "The code passed is incorrect or expired."),
    })?;
    let access = format!("gho_{}", random_text());
    let scope = token.scopes.iter().cloned().collect::<Vec<_>>().join(",");
    tokens.access.insert(access.clone(), token);
    Ok(vec![("access_token", access), ("scope", scope), ("token_type", "bearer".to_owned())])
}

fn error_members(error: &'static str, description: &str) -> Members {
    let uri = format!("{ERRORS}{}", error.replace('_', "-"));
    vec![("error", error.to_owned()), ("error_description", description.to_owned()), ("error_uri", uri)]
}
