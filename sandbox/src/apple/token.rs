//! The token endpoint: a code or a refresh token in, tokens out.

use axum::Json;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::account::{email_claims, subject};
use super::client_secret::authenticate;
use super::issuer;
use super::refusal::Refusal;
use crate::fields::Fields;
use crate::id_token::{at_hash, issue};
use crate::ledger::{Token, random_text};
use crate::redeem::{Spoilt, redeem};
use crate::world::{Provider, World};

/// What Apple says of its access token, which is good for nothing.
const EXPIRES_IN: i64 = 3600;
/// How long an id_token lives, in seconds: a day.
const ID_TOKEN_LIFETIME: i64 = 86_400;

/// `POST /auth/token`.
pub async fn token(State(world): State<World>, body: String) -> Response {
    match exchanged(&world, &Fields::parse(&body)).await {
        Ok(body) => ([(CACHE_CONTROL, "no-store")], Json(body)).into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

async fn exchanged(world: &World, form: &Fields) -> Result<Value, Refusal> {
    if form.repeated().is_some() {
        return Err(Refusal("invalid_request", "A parameter is given more than once."));
    }
    let client = &world.clients().apple;
    let (token, nonce, refresh, now) = {
        let mut state = world.state();
        let now = state.now();
        authenticate(form, client, &issuer(world.origin()), now)?;
        let ledger = &mut state.houses[Provider::Apple].ledger;
        let nonce = form.get("code").and_then(|code| ledger.codes.get(code)).and_then(|code| code.nonce.clone());
        match form.get("grant_type") {
            Some("authorization_code") => {
                let (token, _) = redeem(ledger, &client.id, form, now).map_err(in_apples_words)?;
                let refresh = format!("r{}.0.r{}", random_text(), random_text());
                ledger.refresh.insert(refresh.clone(), token.clone());
                (token, nonce, Some(refresh), now)
            }
            Some("refresh_token") => {
                let known = form.get("refresh_token").and_then(|text| ledger.refresh.get(text)).cloned();
                let why = "The token has been revoked or is not valid.";
                (known.ok_or(Refusal("invalid_grant", why))?, None, None, now)
            }
            Some(_) => return Err(Refusal("unsupported_grant_type", "The grant_type is not supported.")),
            None => return Err(Refusal("invalid_request", "The grant_type is missing.")),
        }
    };
    issued(world, token, nonce, refresh, now).await
}

fn in_apples_words(spoilt: Spoilt) -> Refusal {
    match spoilt {
        Spoilt::Missing => Refusal("invalid_request", "The code is missing."),
        Spoilt::RedirectUri => {
            Refusal("invalid_grant", "The redirect_uri does not match the previously requested redirect_uri.")
        }
        Spoilt::Verifier => Refusal("invalid_grant", "The code_verifier does not fit."),
        Spoilt::Unknown | Spoilt::Spent | Spoilt::Expired => {
            Refusal("invalid_grant", "The code has expired or has been revoked.")
        }
    }
}

async fn issued(
    world: &World,
    token: Token,
    nonce: Option<String>,
    refresh: Option<String>,
    now: i64,
) -> Result<Value, Refusal> {
    let client = &world.clients().apple;
    let person = world.state().persons.by_id(&token.person).cloned();
    let person = person.ok_or(Refusal("invalid_grant", "The account is gone."))?;
    let access = format!("a{}.0.r{}", random_text(), random_text());
    let mut claims = Map::new();
    let mut say = |name: &str, value: Value| drop(claims.insert(name.to_owned(), value));
    say("iss", json!(issuer(world.origin())));
    say("aud", json!(client.id));
    say("exp", json!(now + ID_TOKEN_LIFETIME));
    say("iat", json!(now));
    say("sub", json!(subject(&person, &client.team_id)));
    say("at_hash", json!(at_hash(&access)));
    if let Some(nonce) = nonce {
        say("nonce", json!(nonce));
    }
    say("nonce_supported", json!(true));
    say("auth_time", json!(now));
    claims.extend(email_claims(&person, &client.team_id, &token.scopes));
    // The client has no secret but its key; its id stands in where a bent token is to be keyed with one.
    let id_token = issue(world, Provider::Apple, &person.id, claims, &client.id).await;
    let mut body =
        json!({"access_token": access, "token_type": "Bearer", "expires_in": EXPIRES_IN, "id_token": id_token});
    if let Some(refresh) = refresh {
        body["refresh_token"] = json!(refresh);
    }
    let mut state = world.state();
    state.houses[Provider::Apple].ledger.access.insert(access, Token { expires_at: Some(now + EXPIRES_IN), ..token });
    Ok(body)
}
