//! Discord's token endpoint, and its revocation (RFC 7009).

use axum::Json;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::DESK;
use crate::basic;
use crate::fields::Fields;
use crate::ledger::{Ledger, Token, random_text};
use crate::redeem::{Spoilt, redeem};
use crate::world::{Provider, World};

/// A week.
const EXPIRES_IN: i64 = 604_800;

struct Refusal(StatusCode, &'static str, &'static str);

/// `POST /api/oauth2/token`.
pub async fn token(State(world): State<World>, headers: HeaderMap, body: String) -> Response {
    answered(authenticated(&world, &headers, &body).and_then(|form| exchanged(&world, &form)))
}

/// `POST /api/oauth2/token/revoke`: the whole grant of the token is over. One that is not known is gone already.
pub async fn revoke(State(world): State<World>, headers: HeaderMap, body: String) -> Response {
    answered(authenticated(&world, &headers, &body).map(|form| {
        let text = form.get("token").unwrap_or_default();
        let ledger = &mut world.state().houses[Provider::Discord].ledger;
        let token = ledger.access.get(text).or_else(|| ledger.refresh.get(text)).cloned();
        if let Some(token) = token {
            ledger.revoke(&token.person, &token.client_id);
        }
        json!({})
    }))
}

/// A form of the client's, with its credentials in the header or in the body.
fn authenticated(world: &World, headers: &HeaderMap, body: &str) -> Result<Fields, Refusal> {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return Err(bad("invalid_request", "Only application/x-www-form-urlencoded is supported."));
    }
    let form = Fields::parse(body);
    let by_basic = basic::presented(headers).and_then(basic::read);
    let in_body = || Some((form.get("client_id")?.to_owned(), form.get("client_secret")?.to_owned()));
    match by_basic.or_else(in_body) {
        Some((id, secret)) if DESK.knows(world, Some(&id), Some(&secret)) => Ok(form),
        _ => Err(Refusal(StatusCode::UNAUTHORIZED, "invalid_client", "Invalid client")),
    }
}

fn exchanged(world: &World, form: &Fields) -> Result<Value, Refusal> {
    let mut state = world.state();
    let now = state.now();
    let ledger = &mut state.houses[Provider::Discord].ledger;
    let token = match form.get("grant_type") {
        Some("authorization_code") if form.get("code_verifier").is_some_and(|verifier| verifier.len() < 43) => {
            return Err(bad("invalid_request", "Invalid \"code_verifier\""));
        }
        Some("authorization_code") => redeem(ledger, &DESK.client(world).id, form, now).map_err(said)?.0,
        Some("refresh_token") => by_refresh_token(ledger, form)?,
        Some(_) => return Err(bad("unsupported_grant_type", "Grant type not supported.")),
        None => return Err(bad("invalid_request", "Missing \"grant_type\"")),
    };
    let (access, refresh) = (random_text(), random_text());
    let scope = token.scopes.iter().cloned().collect::<Vec<_>>().join(" ");
    ledger.refresh.insert(refresh.clone(), token.clone());
    ledger.access.insert(access.clone(), Token { expires_at: Some(now + EXPIRES_IN), ..token });
    Ok(json!({
        "token_type": "Bearer", "access_token": access, "expires_in": EXPIRES_IN, "refresh_token": refresh, "scope": scope,
    }))
}

/// Good once.
fn by_refresh_token(ledger: &mut Ledger, form: &Fields) -> Result<Token, Refusal> {
    let text = form.get("refresh_token").unwrap_or_default();
    let token = ledger.refresh.get(text).cloned();
    ledger.refresh.retain(|known, _| known != text);
    token.ok_or(bad("invalid_grant", "Invalid \"refresh_token\" in request."))
}

fn said(spoilt: Spoilt) -> Refusal {
    match spoilt {
        Spoilt::Missing => bad("invalid_request", "Missing \"code\" in request."),
        Spoilt::RedirectUri => bad("invalid_grant", "Invalid \"redirect_uri\" in request."),
        Spoilt::Verifier => bad("invalid_grant", "Invalid \"code_verifier\" in request."),
        Spoilt::Unknown | Spoilt::Spent | Spoilt::Expired => bad("invalid_grant", "Invalid \"code\" in request."),
    }
}

fn bad(error: &'static str, description: &'static str) -> Refusal {
    Refusal(StatusCode::BAD_REQUEST, error, description)
}

fn answered(outcome: Result<Value, Refusal>) -> Response {
    match outcome {
        Ok(body) => ([(CACHE_CONTROL, "no-store")], Json(body)).into_response(),
        Err(Refusal(status, error, description)) => {
            let body = Json(json!({"error": error, "error_description": description}));
            (status, [(CACHE_CONTROL, "no-store")], body).into_response()
        }
    }
}
