//! The application's own calls, with its credentials: check a token, drop a token, drop the whole grant.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::DESK;
use super::account::shown;
use super::api::failure;
use crate::basic;
use crate::fields::Fields;
use crate::ledger::Token;
use crate::world::{Provider, World};

/// `POST /applications/{client_id}/token`: whose the token is and what it may, or 404.
pub async fn check_token(world: State<World>, client: Path<String>, headers: HeaderMap, body: String) -> Response {
    let (world, text, token) = match asked(world, client, &headers, &body) {
        Ok((world, text, Some(token))) => (world, text, token),
        Ok(_) => return failure(StatusCode::NOT_FOUND, "Not Found"),
        Err(response) => return *response,
    };
    let Some(person) = world.state().persons.by_id(&token.person).cloned() else {
        return failure(StatusCode::NOT_FOUND, "Not Found");
    };
    let body = json!({
        "id": person.number("github token", 31),
        "app": {"client_id": token.client_id, "name": "Latchkey", "url": world.origin()},
        "token": text,
        "token_last_eight": text.get(text.len().saturating_sub(8)..),
        "scopes": token.scopes,
        "expires_at": null,
        "user": shown(&person, world.origin()),
    });
    Json(body).into_response()
}

/// `DELETE /applications/{client_id}/token`: this token is over.
pub async fn drop_token(world: State<World>, client: Path<String>, headers: HeaderMap, body: String) -> Response {
    match asked(world, client, &headers, &body) {
        Ok((world, text, Some(_))) => {
            world.state().houses[Provider::Github].ledger.access.retain(|known, _| known != text);
            StatusCode::NO_CONTENT.into_response()
        }
        Ok(_) => failure(StatusCode::UNPROCESSABLE_ENTITY, "Validation Failed"),
        Err(response) => *response,
    }
}

/// `DELETE /applications/{client_id}/grant`: all tokens of the token's user at this application, and the consent.
pub async fn drop_grant(world: State<World>, client: Path<String>, headers: HeaderMap, body: String) -> Response {
    match asked(world, client, &headers, &body) {
        Ok((world, _, Some(token))) => {
            world.state().houses[Provider::Github].ledger.revoke(&token.person, &token.client_id);
            StatusCode::NO_CONTENT.into_response()
        }
        Ok(_) => failure(StatusCode::UNPROCESSABLE_ENTITY, "Validation Failed"),
        Err(response) => *response,
    }
}

type Asked = (World, String, Option<Token>);

/// The token of the JSON body, after the credentials and the path have been found to be of one client.
fn asked(
    State(world): State<World>,
    Path(client_id): Path<String>,
    headers: &HeaderMap,
    body: &str,
) -> Result<Asked, Box<Response>> {
    let (id, secret) = basic::presented(headers).and_then(basic::read).unzip();
    if !DESK.knows(&world, id.as_deref(), secret.as_deref()) {
        return Err(Box::new(failure(StatusCode::UNAUTHORIZED, "Bad credentials")));
    }
    if id.as_ref() != Some(&client_id) {
        return Err(Box::new(failure(StatusCode::NOT_FOUND, "Not Found")));
    }
    let Some(text) = Fields::of_json(body).get("access_token").map(str::to_owned) else {
        return Err(Box::new(failure(StatusCode::UNPROCESSABLE_ENTITY, "Validation Failed")));
    };
    let token = world.state().houses[Provider::Github].ledger.access.get(&text).cloned();
    let token = token.filter(|token| token.client_id == client_id);
    Ok((world, text, token))
}
