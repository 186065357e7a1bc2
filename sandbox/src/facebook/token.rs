//! `oauth/access_token`: exchanges a code, a token to extend, or the app's credentials.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::AUTHORIZE_PAGE;
use super::graph::ApiError;
use crate::fields::Fields;
use crate::redeem::{CodeError, redeem};
use crate::state::{Provider, SharedState};
use crate::token_store::{Token, TokenStore, random_text};

/// Seconds: about 60 days, Facebook's own number.
const EXPIRES_IN: i64 = 5_183_944;

/// `GET` or `POST /oauth/access_token`.
pub async fn token(State(shared): State<SharedState>, RawQuery(query): RawQuery, body: String) -> Response {
    match exchange(&shared, &Fields::joined(query.as_deref(), &body)) {
        Ok(body) => ([(CACHE_CONTROL, "no-store")], Json(body)).into_response(),
        Err(error) => error.into_response(),
    }
}

fn exchange(shared: &SharedState, form: &Fields) -> Result<Value, ApiError> {
    let client = AUTHORIZE_PAGE.client(shared);
    if form.get("client_id") != Some(&client.id) {
        let message = "Error validating application. Cannot get application info due to a system error.";
        return Err(ApiError { code: 101, subcode: None, message });
    }
    if form.get("client_secret") != Some(&client.secret) {
        return Err(ApiError { code: 1, subcode: None, message: "Error validating client secret." });
    }
    if form.get("grant_type") == Some("client_credentials") {
        let token = format!("{}|{}", client.id, client.secret);
        return Ok(json!({"access_token": token, "token_type": "bearer"}));
    }
    let mut state = shared.lock();
    let now = state.now();
    let tokens = &mut state.providers[Provider::Facebook].tokens;
    let token = match form.get("grant_type") {
        Some("fb_exchange_token") => exchange_token(tokens, form, now)?,
        _ => redeem(tokens, &client.id, form, now).map_err(code_error)?.0,
    };
    let access = format!("EAA{}", random_text());
    tokens.access.insert(access.clone(), Token { expires_at: Some(now + EXPIRES_IN), ..token });
    Ok(json!({"access_token": access, "token_type": "bearer", "expires_in": EXPIRES_IN}))
}

fn exchange_token(tokens: &TokenStore, form: &Fields, now: i64) -> Result<Token, ApiError> {
    let text = form.get("fb_exchange_token").ok_or(ApiError::parameter("fb_exchange_token parameter not specified"))?;
    tokens.live(text, now).cloned().ok_or(ApiError::token())
}

fn code_error(error: CodeError) -> ApiError {
    let (subcode, message) = match error {
        CodeError::Missing => (None, "Missing authorization code"),
        CodeError::Unknown => (None, "Invalid verification code format."),
        CodeError::Spent => (Some(36009), "This authorization code has been used."),
        CodeError::Expired => (Some(36007), "This authorization code has expired."),
        CodeError::RedirectUri => (
            Some(36008),
            "Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request",
        ),
        CodeError::Verifier => (None, "Invalid code verifier."),
    };
    ApiError { code: 100, subcode, message }
}
