//! The token response (RFC 6749 §5.1): an access token, and an id_token when `openid` was granted.

use serde_json::{Map, Value, json};

use super::claims::claims;
use super::refusal::Refusal;
use super::{issuer, scopes};
use crate::id_token::{at_hash, issue, reissue};
use crate::ledger::{Scopes, Token, random_text};
use crate::world::{Provider, World};

/// What Google says of an access token that lives for an hour.
const EXPIRES_IN: i64 = 3599;
/// How long an id_token lives, in seconds.
const ID_TOKEN_LIFETIME: i64 = 3600;

/// What the id_token says because the authorization request asked for it.
#[derive(Default)]
pub struct Said {
    pub nonce: Option<String>,
    pub auth_time: Option<i64>,
    /// Whether it comes with a refresh: nobody has signed in.
    pub refreshed: bool,
}

/// Makes the access token, and the id_token when `openid` was granted.
pub async fn issued(world: &World, token: Token, said: Said, refresh: Option<String>) -> Result<Value, Refusal> {
    let access = format!("ya29.a0{}", random_text());
    let scope = token.scopes.iter().cloned().collect::<Vec<_>>().join(" ");
    let mut body = json!({"access_token": access, "expires_in": EXPIRES_IN, "scope": scope, "token_type": "Bearer"});
    if let Some(refresh) = refresh {
        body["refresh_token"] = json!(refresh);
    }
    if token.scopes.contains(scopes::OPENID) {
        body["id_token"] = json!(id_token(world, &token, said, Some(&access)).await?);
    }
    let mut state = world.state();
    let expires_at = Some(state.now() + EXPIRES_IN);
    state.houses[Provider::Google].ledger.access.insert(access, Token { expires_at, ..token });
    Ok(body)
}

/// An id_token that comes alone, without an access token: the button's, or one that control mints.
pub async fn credential(
    world: &World,
    person: &str,
    client_id: &str,
    scopes: &Scopes,
    nonce: Option<String>,
) -> Result<String, Refusal> {
    let (person, client_id, scopes) = (person.to_owned(), client_id.to_owned(), scopes.clone());
    let token = Token { client_id, person, scopes, expires_at: None, offline: false, code: String::new() };
    id_token(world, &token, Said { nonce, ..Said::default() }, None).await
}

async fn id_token(world: &World, token: &Token, asked: Said, access: Option<&str>) -> Result<String, Refusal> {
    let (said, now) = {
        let state = world.state();
        let person = state.persons.by_id(&token.person).ok_or(Refusal::bad("invalid_grant", "Account not found."))?;
        (claims(person, &token.scopes, world.origin()), state.now())
    };
    let mut all = Map::new();
    let mut say = |name: &str, value: Value| drop(all.insert(name.to_owned(), value));
    say("iss", json!(issuer(world.origin())));
    say("azp", json!(token.client_id));
    say("aud", json!(token.client_id));
    if let Some(access) = access {
        say("at_hash", json!(at_hash(access)));
    }
    if let Some(nonce) = asked.nonce {
        say("nonce", json!(nonce));
    }
    if let Some(auth_time) = asked.auth_time {
        say("auth_time", json!(auth_time));
    }
    say("iat", json!(now));
    say("exp", json!(now + ID_TOKEN_LIFETIME));
    all.extend(said);
    let client_secret = &world.clients().of(Provider::Google).secret;
    Ok(if asked.refreshed {
        reissue(world, Provider::Google, &token.person, all, client_secret).await
    } else {
        issue(world, Provider::Google, &token.person, all, client_secret).await
    })
}
