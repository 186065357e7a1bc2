//! Calls of the OAuth app itself: check a token, delete a token, delete a grant.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::AUTHORIZE_PAGE;
use super::account::user_json;
use super::api::api_error;
use crate::basic;
use crate::fields::Fields;
use crate::state::{Provider, SharedState};
use crate::token_store::Token;

/// `POST /applications/{client_id}/token`: the token's user and scopes, or 404.
pub async fn check_token(
    shared: State<SharedState>,
    client: Path<String>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let (shared, text, token) = match token_of(shared, client, &headers, &body) {
        Ok((shared, text, Some(token))) => (shared, text, token),
        Ok(_) => return api_error(StatusCode::NOT_FOUND, "Not Found"),
        Err(response) => return *response,
    };
    let Some(person) = shared.lock().persons.by_id(&token.person).cloned() else {
        return api_error(StatusCode::NOT_FOUND, "Not Found");
    };
    let body = json!({
        "id": person.number("github token", 31),
        "app": {"client_id": token.client_id, "name": "Latchkey", "url": shared.origin()},
        "token": text,
        "token_last_eight": text.get(text.len().saturating_sub(8)..),
        "scopes": token.scopes,
        "expires_at": null,
        "user": user_json(&person, shared.origin()),
    });
    Json(body).into_response()
}

/// `DELETE /applications/{client_id}/token`: revokes this token.
pub async fn delete_token(
    shared: State<SharedState>,
    client: Path<String>,
    headers: HeaderMap,
    body: String,
) -> Response {
    match token_of(shared, client, &headers, &body) {
        Ok((shared, text, Some(_))) => {
            shared.lock().providers[Provider::Github].tokens.access.retain(|known, _| known != text);
            StatusCode::NO_CONTENT.into_response()
        }
        Ok(_) => api_error(StatusCode::UNPROCESSABLE_ENTITY, "Validation Failed"),
        Err(response) => *response,
    }
}

/// `DELETE /applications/{client_id}/grant`: revokes all tokens of the user for this application, and the consent.
pub async fn delete_grant(
    shared: State<SharedState>,
    client: Path<String>,
    headers: HeaderMap,
    body: String,
) -> Response {
    match token_of(shared, client, &headers, &body) {
        Ok((shared, _, Some(token))) => {
            shared.lock().providers[Provider::Github].tokens.revoke(&token.person, &token.client_id);
            StatusCode::NO_CONTENT.into_response()
        }
        Ok(_) => api_error(StatusCode::UNPROCESSABLE_ENTITY, "Validation Failed"),
        Err(response) => *response,
    }
}

type TokenRequest = (SharedState, String, Option<Token>);

/// The token in the JSON body, after checking that the credentials and the path name the same client.
fn token_of(
    State(shared): State<SharedState>,
    Path(client_id): Path<String>,
    headers: &HeaderMap,
    body: &str,
) -> Result<TokenRequest, Box<Response>> {
    let (id, secret) = basic::presented(headers).and_then(basic::read).unzip();
    if !AUTHORIZE_PAGE.is_client(&shared, id.as_deref(), secret.as_deref()) {
        return Err(Box::new(api_error(StatusCode::UNAUTHORIZED, "Bad credentials")));
    }
    if id.as_ref() != Some(&client_id) {
        return Err(Box::new(api_error(StatusCode::NOT_FOUND, "Not Found")));
    }
    let Some(text) = Fields::of_json(body).get("access_token").map(str::to_owned) else {
        return Err(Box::new(api_error(StatusCode::UNPROCESSABLE_ENTITY, "Validation Failed")));
    };
    let token = shared.lock().providers[Provider::Github].tokens.access.get(&text).cloned();
    let token = token.filter(|token| token.client_id == client_id);
    Ok((shared, text, token))
}
