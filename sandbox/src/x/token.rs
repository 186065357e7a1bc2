//! X's token endpoint: a code or a refresh token in, tokens out.

use axum::Json;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::{DESK, is_authenticated};
use crate::fields::Fields;
use crate::ledger::{Ledger, Token, random_text};
use crate::redeem::{Spoilt, redeem};
use crate::world::{Provider, World};

/// Two hours.
const EXPIRES_IN: i64 = 7200;

/// A status, an error code and a description (RFC 6749 §5.2).
pub struct Refusal(StatusCode, &'static str, &'static str);

/// `POST /2/oauth2/token`.
pub async fn token(State(world): State<World>, headers: HeaderMap, body: String) -> Response {
    let form = Fields::parse(&body);
    match authenticated(&world, &headers, &form).and_then(|()| exchanged(&world, &form)) {
        Ok(body) => ([(CACHE_CONTROL, "no-store")], Json(body)).into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

/// HTTP Basic, and nothing beside it.
pub fn authenticated(world: &World, headers: &HeaderMap, form: &Fields) -> Result<(), Refusal> {
    if form.get("client_secret").is_some() {
        return Err(bad("client_secret does not belong in the body: use the Authorization header."));
    }
    if !is_authenticated(world, headers) {
        return Err(Refusal(StatusCode::UNAUTHORIZED, "unauthorized_client", "Missing valid authorization header"));
    }
    Ok(())
}

fn exchanged(world: &World, form: &Fields) -> Result<Value, Refusal> {
    if form.repeated().is_some() {
        return Err(bad("A parameter is given more than once."));
    }
    let mut state = world.state();
    let now = state.now();
    let ledger = &mut state.houses[Provider::X].ledger;
    let (token, with_refresh) = match form.get("grant_type") {
        Some("authorization_code") => redeem(ledger, &DESK.client(world).id, form, now).map_err(said)?,
        Some("refresh_token") => (by_refresh_token(ledger, form)?, true),
        _ => return Err(bad("Missing required parameter [grant_type].")),
    };
    let access = random_text();
    let scope = token.scopes.iter().cloned().collect::<Vec<_>>().join(" ");
    let mut body = json!({"token_type": "bearer", "expires_in": EXPIRES_IN, "access_token": access, "scope": scope});
    if with_refresh {
        let refresh = random_text();
        body["refresh_token"] = json!(refresh);
        // One live refresh token per user and app.
        ledger.refresh.retain(|_, other| other.person != token.person || other.client_id != token.client_id);
        ledger.refresh.insert(refresh, token.clone());
    }
    ledger.access.insert(access, Token { expires_at: Some(now + EXPIRES_IN), ..token });
    Ok(body)
}

fn by_refresh_token(ledger: &Ledger, form: &Fields) -> Result<Token, Refusal> {
    let known = form.get("refresh_token").and_then(|text| ledger.refresh.get(text));
    known.cloned().ok_or(bad("Value passed for the token was invalid."))
}

fn said(spoilt: Spoilt) -> Refusal {
    bad(match spoilt {
        Spoilt::Missing => "Missing required parameter [code].",
        Spoilt::RedirectUri => "Value passed for the redirect uri did not match the uri of the authorization code.",
        Spoilt::Verifier => "Value passed for the code verifier did not match the code challenge.",
        Spoilt::Unknown | Spoilt::Spent | Spoilt::Expired => "Value passed for the authorization code was invalid.",
    })
}

fn bad(description: &'static str) -> Refusal {
    Refusal(StatusCode::BAD_REQUEST, "invalid_request", description)
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self(status, error, description) = self;
        let body = Json(json!({"error": error, "error_description": description}));
        (status, [(CACHE_CONTROL, "no-store")], body).into_response()
    }
}
