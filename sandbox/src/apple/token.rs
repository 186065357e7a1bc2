//! The token endpoint.

use axum::Json;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::account::{email_claims, subject};
use super::client_secret::authenticate;
use super::error::OAuthError;
use super::issuer;
use crate::fields::Fields;
use crate::id_token::{at_hash, issue};
use crate::redeem::{CodeError, redeem};
use crate::state::{Provider, SharedState};
use crate::token_store::{Token, random_text};

/// Seconds. No Apple API accepts the access token.
const EXPIRES_IN: i64 = 3600;
/// Seconds: one day.
const ID_TOKEN_LIFETIME: i64 = 86_400;

/// `POST /auth/token`.
pub async fn token(State(shared): State<SharedState>, body: String) -> Response {
    match exchange(&shared, &Fields::parse(&body)).await {
        Ok(body) => ([(CACHE_CONTROL, "no-store")], Json(body)).into_response(),
        Err(error) => error.into_response(),
    }
}

async fn exchange(shared: &SharedState, form: &Fields) -> Result<Value, OAuthError> {
    if form.repeated().is_some() {
        return Err(OAuthError("invalid_request", "A parameter is repeated."));
    }
    let client = &shared.clients().apple;
    let (token, nonce, refresh, now) = {
        let mut state = shared.lock();
        let now = state.now();
        authenticate(form, client, &issuer(shared.origin()), now)?;
        let tokens = &mut state.providers[Provider::Apple].tokens;
        let nonce = form.get("code").and_then(|code| tokens.codes.get(code)).and_then(|code| code.nonce.clone());
        match form.get("grant_type") {
            Some("authorization_code") => {
                let (token, _) = redeem(tokens, &client.id, form, now).map_err(code_error)?;
                let refresh = format!("r{}.0.r{}", random_text(), random_text());
                tokens.refresh.insert(refresh.clone(), token.clone());
                (token, nonce, Some(refresh), now)
            }
            Some("refresh_token") => {
                let known = form.get("refresh_token").and_then(|text| tokens.refresh.get(text)).cloned();
                let why = "The token has been revoked or is not valid.";
                (known.ok_or(OAuthError("invalid_grant", why))?, None, None, now)
            }
            Some(_) => return Err(OAuthError("unsupported_grant_type", "The grant_type is not supported.")),
            None => return Err(OAuthError("invalid_request", "The grant_type is missing.")),
        }
    };
    issue_tokens(shared, token, nonce, refresh, now).await
}

fn code_error(error: CodeError) -> OAuthError {
    match error {
        CodeError::Missing => OAuthError("invalid_request", "The code is missing."),
        CodeError::RedirectUri => {
            OAuthError("invalid_grant", "The redirect_uri does not match the previously requested redirect_uri.")
        }
        CodeError::Verifier => OAuthError("invalid_grant", "The code_verifier does not match."),
        CodeError::Unknown | CodeError::Spent | CodeError::Expired => {
            OAuthError("invalid_grant", "The code has expired or has been revoked.")
        }
    }
}

async fn issue_tokens(
    shared: &SharedState,
    token: Token,
    nonce: Option<String>,
    refresh: Option<String>,
    now: i64,
) -> Result<Value, OAuthError> {
    let client = &shared.clients().apple;
    let person = shared.lock().persons.by_id(&token.person).cloned();
    let person = person.ok_or(OAuthError("invalid_grant", "The account does not exist."))?;
    let access = format!("a{}.0.r{}", random_text(), random_text());
    let mut claims = Map::new();
    let mut set = |name: &str, value: Value| drop(claims.insert(name.to_owned(), value));
    set("iss", json!(issuer(shared.origin())));
    set("aud", json!(client.id));
    set("exp", json!(now + ID_TOKEN_LIFETIME));
    set("iat", json!(now));
    set("sub", json!(subject(&person, &client.team_id)));
    set("at_hash", json!(at_hash(&access)));
    if let Some(nonce) = nonce {
        set("nonce", json!(nonce));
    }
    set("nonce_supported", json!(true));
    set("auth_time", json!(now));
    claims.extend(email_claims(&person, &client.team_id, &token.scopes));
    // Apple clients have no shared secret: HMAC patches use the client id instead.
    let id_token = issue(shared, Provider::Apple, &person.id, claims, &client.id).await;
    let mut body =
        json!({"access_token": access, "token_type": "Bearer", "expires_in": EXPIRES_IN, "id_token": id_token});
    if let Some(refresh) = refresh {
        body["refresh_token"] = json!(refresh);
    }
    let mut state = shared.lock();
    state.providers[Provider::Apple]
        .tokens
        .access
        .insert(access, Token { expires_at: Some(now + EXPIRES_IN), ..token });
    Ok(body)
}
