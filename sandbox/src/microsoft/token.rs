//! The token endpoint.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::account::Account;
use super::error::OAuthError;
use super::issue::issue_tokens;
use super::scopes;
use super::tenant::Tenant;
use crate::basic;
use crate::clients::Client;
use crate::fields::Fields;
use crate::redeem::{CodeError, redeem};
use crate::state::{Provider, SharedState};
use crate::token_store::{Token, TokenStore};

/// `POST /{tenant}/oauth2/v2.0/token`.
pub async fn token(
    State(shared): State<SharedState>,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Response {
    match exchange(&shared, &tenant, &headers, &Fields::parse(&body)).await {
        Ok(body) => ([(CACHE_CONTROL, "no-store, no-cache")], Json(body)).into_response(),
        Err(error) => error.respond(&shared),
    }
}

async fn exchange(
    shared: &SharedState,
    segment: &str,
    headers: &HeaderMap,
    form: &Fields,
) -> Result<Value, OAuthError> {
    let tenant = Tenant::read(segment).ok_or_else(|| OAuthError::tenant(segment))?;
    if let Some(name) = form.repeated() {
        return Err(OAuthError("invalid_request", 9_000_411, format!("The parameter '{name}' is duplicated.")));
    }
    let client = shared.clients().of(Provider::Microsoft);
    authenticate(headers, form, client)?;
    let (token, nonce) = {
        let mut state = shared.lock();
        let now = state.now();
        let tokens = &mut state.providers[Provider::Microsoft].tokens;
        let (token, nonce) = match form.get("grant_type") {
            Some("authorization_code") => by_code(tokens, form, client, now)?,
            Some("refresh_token") => (by_refresh_token(tokens, form, client)?, None),
            Some(other) => {
                let why = format!("The app requested an unsupported grant type '{other}'.");
                return Err(OAuthError("unsupported_grant_type", 70_003, why));
            }
            None => return Err(missing("grant_type")),
        };
        let person = state.persons.by_id(&token.person);
        if !person.is_some_and(|person| tenant.admits(&Account::of(person, &client.id).tid)) {
            let why = "The user account does not exist in this tenant.";
            return Err(OAuthError::new("invalid_grant", 50_020, why));
        }
        (token, nonce)
    };
    issue_tokens(shared, token, nonce).await
}

fn authenticate(headers: &HeaderMap, form: &Fields, client: &Client) -> Result<(), OAuthError> {
    let (id, secret) = match basic::presented(headers).and_then(basic::read) {
        Some((id, secret)) => (id, Some(secret)),
        None => {
            let id = form.get("client_id").ok_or_else(|| missing("client_id"))?;
            (id.to_owned(), form.get("client_secret").map(str::to_owned))
        }
    };
    if id != client.id {
        let why = format!("Application with identifier '{id}' was not found in the directory.");
        return Err(OAuthError("unauthorized_client", 700_016, why));
    }
    match secret {
        None => {
            let why = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
            Err(OAuthError::new("invalid_client", 7_000_218, why))
        }
        Some(secret) if secret != client.secret => {
            Err(OAuthError::new("invalid_client", 7_000_215, "Invalid client secret provided."))
        }
        Some(_) => Ok(()),
    }
}

fn by_code(
    tokens: &mut TokenStore,
    form: &Fields,
    client: &Client,
    now: i64,
) -> Result<(Token, Option<String>), OAuthError> {
    let nonce = form.get("code").and_then(|code| tokens.codes.get(code)).and_then(|code| code.nonce.clone());
    let grant = |number, why| OAuthError::new("invalid_grant", number, why);
    let (token, _) = redeem(tokens, &client.id, form, now).map_err(|error| match error {
        CodeError::Missing => missing("code"),
        CodeError::Unknown => grant(9_002_313, "Invalid request. Request is malformed or invalid."),
        CodeError::Spent => grant(54_005, "OAuth2 Authorization code was already redeemed."),
        CodeError::Expired => grant(70_008, "The provided authorization code or refresh token has expired."),
        CodeError::RedirectUri => {
            grant(500_112, "The reply address does not match the reply address provided when requesting the code.")
        }
        CodeError::Verifier => {
            grant(501_481, "The Code_Verifier does not match the code_challenge supplied in the authorization request.")
        }
    })?;
    Ok((token, nonce))
}

/// `scope` may request fewer scopes, but no new ones.
fn by_refresh_token(tokens: &TokenStore, form: &Fields, client: &Client) -> Result<Token, OAuthError> {
    let text = form.get("refresh_token").ok_or_else(|| missing("refresh_token"))?;
    let known = tokens.refresh.get(text).filter(|token| token.client_id == client.id);
    let why = "The provided authorization code or refresh token is invalid.";
    let token = known.ok_or_else(|| OAuthError::new("invalid_grant", 70_000, why))?;
    let Some(scope) = form.get("scope") else {
        return Ok(token.clone());
    };
    match scopes::read(scope) {
        Ok(scopes) if scopes.is_subset(&token.scopes) => Ok(Token { scopes, ..token.clone() }),
        _ => {
            let why = "The user or administrator has not consented to use the application.";
            Err(OAuthError::new("invalid_grant", 65_001, why))
        }
    }
}

fn missing(name: &str) -> OAuthError {
    OAuthError("invalid_request", 900_144, format!("The request body must contain the following parameter: '{name}'."))
}
