//! The token endpoint.

use axum::Json;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::AUTHORIZE_PAGE;
use super::claims::{in_id_token, session_id};
use super::client::Registration;
use super::configuration::AuthTime;
use crate::fields::Fields;
use crate::id_token::issue;
use crate::redeem::redeem;
use crate::state::{Provider, SharedState};
use crate::token_store::{Token, random_text};

/// Seconds.
const EXPIRES_IN: i64 = 3600;

/// `error` of RFC 6749 §5.2.
struct OAuthError(StatusCode, &'static str);

/// `POST /token`.
pub async fn token(State(shared): State<SharedState>, headers: HeaderMap, body: String) -> Response {
    let form = Fields::parse(&body);
    let outcome = match authenticate(&shared, &headers, &form).and_then(|()| exchange(&shared, &form)) {
        Ok((token, nonce)) => issue_tokens(&shared, token, nonce).await,
        Err(error) => Err(error),
    };
    match outcome {
        Ok(body) => ([(CACHE_CONTROL, "no-store")], Json(body)).into_response(),
        Err(OAuthError(status, error)) => {
            (status, [(CACHE_CONTROL, "no-store")], Json(json!({"error": error}))).into_response()
        }
    }
}

fn authenticate(shared: &SharedState, headers: &HeaderMap, form: &Fields) -> Result<(), OAuthError> {
    let (now, configuration) = {
        let state = shared.lock();
        (state.now(), state.oidc.clone())
    };
    let issuer = format!("{}/oidc", shared.origin());
    let client_id = &AUTHORIZE_PAGE.client(shared).id;
    let registration = Registration { client_id, issuer: &issuer, now, configuration: &configuration };
    match registration.is_authenticated(headers, form) {
        true => Ok(()),
        false => Err(OAuthError(StatusCode::UNAUTHORIZED, "invalid_client")),
    }
}

fn exchange(shared: &SharedState, form: &Fields) -> Result<(Token, Option<String>), OAuthError> {
    const INVALID: OAuthError = OAuthError(StatusCode::BAD_REQUEST, "invalid_grant");
    let mut state = shared.lock();
    let now = state.now();
    let tokens = &mut state.providers[Provider::Oidc].tokens;
    match form.get("grant_type") {
        Some("authorization_code") => {
            let nonce = form.get("code").and_then(|code| tokens.codes.get(code)).and_then(|code| code.nonce.clone());
            let (token, _) = redeem(tokens, &AUTHORIZE_PAGE.client(shared).id, form, now).map_err(|_| INVALID)?;
            Ok((token, nonce))
        }
        Some("refresh_token") => {
            let text = form.get("refresh_token").unwrap_or_default();
            Ok((tokens.refresh.get(text).cloned().ok_or(INVALID)?, None))
        }
        _ => Err(OAuthError(StatusCode::BAD_REQUEST, "unsupported_grant_type")),
    }
}

async fn issue_tokens(shared: &SharedState, token: Token, nonce: Option<String>) -> Result<Value, OAuthError> {
    let access = random_text();
    let now = shared.lock().now();
    let scope = token.scopes.iter().cloned().collect::<Vec<_>>().join(" ");
    let mut body = json!({"access_token": access, "token_type": "Bearer", "expires_in": EXPIRES_IN, "scope": scope});
    if token.scopes.contains("openid") {
        body["id_token"] = json!(id_token(shared, &token, nonce, now).await?);
    }
    let tokens = &mut shared.lock().providers[Provider::Oidc].tokens;
    if token.scopes.contains("offline_access") {
        let refresh = random_text();
        body["refresh_token"] = json!(refresh);
        tokens.refresh.insert(refresh, token.clone());
    }
    tokens.access.insert(access, Token { expires_at: Some(now + EXPIRES_IN), ..token });
    Ok(body)
}

async fn id_token(shared: &SharedState, token: &Token, nonce: Option<String>, now: i64) -> Result<String, OAuthError> {
    let (person, configuration) = {
        let state = shared.lock();
        (state.persons.by_id(&token.person).cloned(), state.oidc.clone())
    };
    let person = person.ok_or(OAuthError(StatusCode::BAD_REQUEST, "invalid_grant"))?;
    let mut claims = Map::new();
    let mut set = |name: &str, value: Value| drop(claims.insert(name.to_owned(), value));
    set("iss", json!(format!("{}/oidc", shared.origin())));
    set("aud", json!(token.client_id));
    set("exp", json!(now + EXPIRES_IN));
    set("iat", json!(now));
    if let Some(nonce) = nonce {
        set("nonce", json!(nonce));
    }
    match configuration.auth_time {
        AuthTime::Seconds => set("auth_time", json!(now)),
        #[allow(clippy::cast_precision_loss)] // unix seconds are far below 2^53
        AuthTime::Fraction => set("auth_time", json!(now as f64 + 0.379_784)),
        AuthTime::Null => set("auth_time", Value::Null),
        AuthTime::Zero => set("auth_time", json!(0)),
        AuthTime::Absent => {}
    }
    claims.insert("sid".to_owned(), json!(session_id(&person)));
    claims.extend(in_id_token(&person, &token.scopes, &configuration));
    Ok(issue(shared, Provider::Oidc, &person.id, claims, &configuration.client_secret).await)
}
