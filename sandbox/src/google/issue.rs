//! The token response (RFC 6749 §5.1): an access token, and an id_token with `openid`.

use serde_json::{Map, Value, json};

use super::claims::claims;
use super::error::OAuthError;
use super::{issuer, scopes};
use crate::id_token::{at_hash, issue, reissue};
use crate::state::{Provider, SharedState};
use crate::token_store::{Scopes, Token, random_text};

/// Seconds. Google announces 3599.
const EXPIRES_IN: i64 = 3599;
/// Seconds.
const ID_TOKEN_LIFETIME: i64 = 3600;

#[derive(Default)]
pub struct IdTokenContext {
    pub nonce: Option<String>,
    pub auth_time: Option<i64>,
    pub amr: bool,
    /// Issued with a refresh token: the user did not sign in.
    pub refreshed: bool,
}

pub async fn issue_tokens(
    shared: &SharedState,
    token: Token,
    context: IdTokenContext,
    refresh: Option<String>,
) -> Result<Value, OAuthError> {
    let access = format!("ya29.a0{}", random_text());
    let scope = token.scopes.iter().cloned().collect::<Vec<_>>().join(" ");
    let mut body = json!({"access_token": access, "expires_in": EXPIRES_IN, "scope": scope, "token_type": "Bearer"});
    if let Some(refresh) = refresh {
        body["refresh_token"] = json!(refresh);
    }
    if token.scopes.contains(scopes::OPENID) {
        body["id_token"] = json!(id_token(shared, &token, context, Some(&access)).await?);
    }
    let mut state = shared.lock();
    let expires_at = Some(state.now() + EXPIRES_IN);
    state.providers[Provider::Google].tokens.access.insert(access, Token { expires_at, ..token });
    Ok(body)
}

/// An id_token without an access token: for the button and `mint`.
pub async fn credential(
    shared: &SharedState,
    person: &str,
    client_id: &str,
    scopes: &Scopes,
    nonce: Option<String>,
) -> Result<String, OAuthError> {
    let (person, client_id, scopes) = (person.to_owned(), client_id.to_owned(), scopes.clone());
    let token = Token { client_id, person, scopes, expires_at: None, offline: false, code: String::new() };
    id_token(shared, &token, IdTokenContext { nonce, ..IdTokenContext::default() }, None).await
}

async fn id_token(
    shared: &SharedState,
    token: &Token,
    context: IdTokenContext,
    access: Option<&str>,
) -> Result<String, OAuthError> {
    let (person_claims, now) = {
        let state = shared.lock();
        let person =
            state.persons.by_id(&token.person).ok_or(OAuthError::bad("invalid_grant", "Account not found."))?;
        (claims(person, &token.scopes, shared.origin()), state.now())
    };
    let mut all_claims = Map::new();
    let mut set = |name: &str, value: Value| drop(all_claims.insert(name.to_owned(), value));
    set("iss", json!(issuer(shared.origin())));
    set("azp", json!(token.client_id));
    set("aud", json!(token.client_id));
    if let Some(access) = access {
        set("at_hash", json!(at_hash(access)));
    }
    if let Some(nonce) = context.nonce {
        set("nonce", json!(nonce));
    }
    if let Some(auth_time) = context.auth_time {
        set("auth_time", json!(auth_time));
    }
    if context.amr {
        set("amr", json!(["pwd"]));
    }
    set("iat", json!(now));
    set("exp", json!(now + ID_TOKEN_LIFETIME));
    all_claims.extend(person_claims);
    let client_secret = &shared.clients().of(Provider::Google).secret;
    Ok(if context.refreshed {
        reissue(shared, Provider::Google, &token.person, all_claims, client_secret).await
    } else {
        issue(shared, Provider::Google, &token.person, all_claims, client_secret).await
    })
}
