//! The token endpoint (RFC 6749 §4.1.3, §6).

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::authenticate::authenticate;
use super::error::OAuthError;
use super::issue::{IdTokenContext, issue_tokens};
use crate::fields::Fields;
use crate::pkce::s256;
use crate::state::{Provider, SharedState};
use crate::token_store::{Token, TokenStore, random_text};

/// `POST /token`.
pub async fn token(State(shared): State<SharedState>, headers: HeaderMap, body: String) -> Response {
    match exchange(&shared, &headers, &Fields::parse(&body)).await {
        Ok(body) => ([(CACHE_CONTROL, "no-store")], Json(body)).into_response(),
        Err(error) => error.into_response(),
    }
}

async fn exchange(shared: &SharedState, headers: &HeaderMap, form: &Fields) -> Result<Value, OAuthError> {
    if form.repeated().is_some() {
        return Err(OAuthError::bad("invalid_request", "A parameter is repeated."));
    }
    let client_id = authenticate(headers, form, shared.clients())?;
    let (token, context, refresh) = {
        let mut state = shared.lock();
        let now = state.now();
        let tokens = &mut state.providers[Provider::Google].tokens;
        match form.get("grant_type") {
            Some("authorization_code") => by_code(tokens, form, &client_id, now)?,
            Some("refresh_token") => (
                by_refresh_token(tokens, form, &client_id)?,
                IdTokenContext { refreshed: true, ..IdTokenContext::default() },
                None,
            ),
            Some(_) => {
                return Err(OAuthError::bad("unsupported_grant_type", "Invalid grant_type."));
            }
            None => {
                return Err(OAuthError::bad("invalid_request", "Missing required parameter: grant_type"));
            }
        }
    };
    issue_tokens(shared, token, context, refresh).await
}

type Redeemed = (Token, IdTokenContext, Option<String>);

/// Redeems a code once, before it expires, with the same redirect URI and PKCE verifier. A failed attempt also
/// invalidates it.
fn by_code(tokens: &mut TokenStore, form: &Fields, client_id: &str, now: i64) -> Result<Redeemed, OAuthError> {
    let grant = |why| OAuthError::bad("invalid_grant", why);
    let Some(text) = form.get("code") else {
        return Err(OAuthError::bad("invalid_request", "Missing required parameter: code"));
    };
    let Some(known) = tokens.codes.get_mut(text) else {
        return Err(grant("Malformed auth code."));
    };
    let spent = std::mem::replace(&mut known.spent, true);
    let code = known.clone();
    if spent {
        tokens.revoke_code(text);
        return Err(grant("The code was used before; its tokens are revoked."));
    }
    if code.client_id != client_id {
        return Err(grant("The code was issued to another client."));
    }
    if now >= code.expires_at {
        return Err(grant("The code has expired."));
    }
    if form.get("redirect_uri") != Some(&code.redirect_uri) {
        return Err(OAuthError::bad("redirect_uri_mismatch", "Bad Request"));
    }
    match (&code.challenge, form.get("code_verifier")) {
        (None, None) => {}
        (Some(challenge), Some(verifier)) if *challenge == s256(verifier) => {}
        (Some(_), None) => return Err(grant("Missing code verifier.")),
        // Also a verifier without a challenge: an attacker removed the challenge (RFC 9700 §2.1.1).
        (_, Some(_)) => return Err(grant("Invalid code verifier.")),
    }
    let token = Token {
        client_id: code.client_id,
        person: code.person,
        scopes: code.scopes,
        expires_at: None,
        offline: code.offline,
        code: text.to_owned(),
    };
    let refresh = code.with_refresh.then(|| format!("1//0{}", random_text()));
    if let Some(text) = &refresh {
        tokens.refresh.insert(text.clone(), token.clone());
    }
    Ok((
        token,
        IdTokenContext { nonce: code.nonce, auth_time: code.auth_time, amr: code.amr, refreshed: false },
        refresh,
    ))
}

fn by_refresh_token(tokens: &TokenStore, form: &Fields, client_id: &str) -> Result<Token, OAuthError> {
    let known = form.get("refresh_token").and_then(|text| tokens.refresh.get(text));
    known
        .filter(|token| token.client_id == client_id)
        .cloned()
        .ok_or(OAuthError::bad("invalid_grant", "Token has been expired or revoked."))
}
