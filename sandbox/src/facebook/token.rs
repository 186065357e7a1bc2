//! `oauth/access_token`: a code, a token to prolong, or the app's own credentials in; JSON out.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::DESK;
use super::graph::Failure;
use crate::fields::Fields;
use crate::ledger::{Ledger, Token, random_text};
use crate::redeem::{Spoilt, redeem};
use crate::world::{Provider, World};

/// Sixty days, as Facebook says it.
const EXPIRES_IN: i64 = 5_183_944;

/// `GET` or `POST /oauth/access_token`.
pub async fn token(State(world): State<World>, RawQuery(query): RawQuery, body: String) -> Response {
    match exchanged(&world, &Fields::joined(query.as_deref(), &body)) {
        Ok(body) => ([(CACHE_CONTROL, "no-store")], Json(body)).into_response(),
        Err(failure) => failure.into_response(),
    }
}

fn exchanged(world: &World, form: &Fields) -> Result<Value, Failure> {
    let client = DESK.client(world);
    if form.get("client_id") != Some(&client.id) {
        let message = "Error validating application. Cannot get application info due to a system error.";
        return Err(Failure { code: 101, subcode: None, message });
    }
    if form.get("client_secret") != Some(&client.secret) {
        return Err(Failure { code: 1, subcode: None, message: "Error validating client secret." });
    }
    if form.get("grant_type") == Some("client_credentials") {
        let token = format!("{}|{}", client.id, client.secret);
        return Ok(json!({"access_token": token, "token_type": "bearer"}));
    }
    let mut state = world.state();
    let now = state.now();
    let ledger = &mut state.houses[Provider::Facebook].ledger;
    let token = match form.get("grant_type") {
        Some("fb_exchange_token") => prolonged(ledger, form, now)?,
        _ => redeem(ledger, &client.id, form, now).map_err(said)?.0,
    };
    let access = format!("EAA{}", random_text());
    ledger.access.insert(access.clone(), Token { expires_at: Some(now + EXPIRES_IN), ..token });
    Ok(json!({"access_token": access, "token_type": "bearer", "expires_in": EXPIRES_IN}))
}

fn prolonged(ledger: &Ledger, form: &Fields, now: i64) -> Result<Token, Failure> {
    let text = form.get("fb_exchange_token").ok_or(Failure::parameter("fb_exchange_token parameter not specified"))?;
    ledger.live(text, now).cloned().ok_or(Failure::token())
}

fn said(spoilt: Spoilt) -> Failure {
    let (subcode, message) = match spoilt {
        Spoilt::Missing => (None, "Missing authorization code"),
        Spoilt::Unknown => (None, "Invalid verification code format."),
        Spoilt::Spent => (Some(36009), "This authorization code has been used."),
        Spoilt::Expired => (Some(36007), "This authorization code has expired."),
        Spoilt::RedirectUri => (
            Some(36008),
            "Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request",
        ),
        Spoilt::Verifier => (None, "Invalid code verifier."),
    };
    Failure { code: 100, subcode, message }
}
