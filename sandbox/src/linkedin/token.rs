//! LinkedIn's token endpoint.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::AUTHORIZE_PAGE;
use super::claims::in_id_token;
use crate::fields::Fields;
use crate::id_token::issue;
use crate::redeem::{CodeError, redeem};
use crate::state::{Provider, SharedState};
use crate::token_store::{Token, random_text};

/// Sixty days.
const EXPIRES_IN: i64 = 60 * 24 * 3600;
/// How long an id_token lives, in seconds.
const ID_TOKEN_LIFETIME: i64 = 3600;

struct OAuthError(StatusCode, &'static str, &'static str);

/// `POST /oauth/v2/accessToken`.
pub async fn token(State(shared): State<SharedState>, body: String) -> Response {
    let form = Fields::parse(&body);
    let outcome = match authenticated(&shared, &form).and_then(|()| exchanged(&shared, &form)) {
        Ok(token) => issued(&shared, token).await,
        Err(error) => Err(error),
    };
    match outcome {
        Ok(body) => ([(CACHE_CONTROL, "no-store")], Json(body)).into_response(),
        Err(OAuthError(status, error, description)) => {
            let body = Json(json!({"error": error, "error_description": description}));
            (status, [(CACHE_CONTROL, "no-store")], body).into_response()
        }
    }
}

/// In the body alone. A verifier makes the request one of a native app, which this client is not.
fn authenticated(shared: &SharedState, form: &Fields) -> Result<(), OAuthError> {
    match AUTHORIZE_PAGE.is_client(shared, form.get("client_id"), form.get("client_secret"))
        && form.get("code_verifier").is_none()
    {
        true => Ok(()),
        false => Err(OAuthError(StatusCode::UNAUTHORIZED, "invalid_client", "Client authentication failed")),
    }
}

fn exchanged(shared: &SharedState, form: &Fields) -> Result<Token, OAuthError> {
    let invalid = |code, why| OAuthError(StatusCode::BAD_REQUEST, code, why);
    if form.get("grant_type") != Some("authorization_code") {
        return Err(invalid("unsupported_grant_type", "The grant type is not supported"));
    }
    let mut state = shared.lock();
    let now = state.now();
    let tokens = &mut state.providers[Provider::Linkedin].tokens;
    // A challenge in the authorization request is ignored.
    if let Some(code) = form.get("code").and_then(|code| tokens.codes.get_mut(code)) {
        code.challenge = None;
    }
    redeem(tokens, &AUTHORIZE_PAGE.client(shared).id, form, now).map(|(token, _)| token).map_err(|error| match error {
        CodeError::Missing => invalid("invalid_request", "A required parameter \"code\" is missing"),
        _ => invalid(
            "invalid_request",
            "Unable to retrieve access token: appid/redirect uri/code verifier does not match authorization code. Or authorization code expired. Or external member binding exists",
        ),
    })
}

async fn issued(shared: &SharedState, token: Token) -> Result<Value, OAuthError> {
    let access = random_text();
    let now = shared.lock().now();
    let scope = token.scopes.iter().cloned().collect::<Vec<_>>().join(",");
    let mut body = json!({"access_token": access, "expires_in": EXPIRES_IN, "scope": scope, "token_type": "Bearer"});
    if token.scopes.contains("openid") {
        body["id_token"] = json!(id_token(shared, &token, now).await?);
    }
    let tokens = &mut shared.lock().providers[Provider::Linkedin].tokens;
    tokens.access.insert(access, Token { expires_at: Some(now + EXPIRES_IN), ..token });
    Ok(body)
}

/// Without a nonce, whatever the authorization request had.
async fn id_token(shared: &SharedState, token: &Token, now: i64) -> Result<String, OAuthError> {
    let person = shared.lock().persons.by_id(&token.person).cloned();
    let person = person.ok_or(OAuthError(StatusCode::BAD_REQUEST, "invalid_request", "The account is gone"))?;
    let mut claims = Map::new();
    claims.insert("iss".to_owned(), json!(format!("{}/linkedin/oauth", shared.origin())));
    claims.insert("aud".to_owned(), json!(token.client_id));
    claims.insert("iat".to_owned(), json!(now));
    claims.insert("exp".to_owned(), json!(now + ID_TOKEN_LIFETIME));
    claims.extend(in_id_token(&person, &token.scopes, shared.origin()));
    Ok(issue(shared, Provider::Linkedin, &person.id, claims, &AUTHORIZE_PAGE.client(shared).secret).await)
}
