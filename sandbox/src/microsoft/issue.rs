//! The token response: an access token, a refresh token with `offline_access`, an id_token with `openid`.

use serde_json::{Map, Value, json};

use super::account::Account;
use super::error::OAuthError;
use super::{base, scopes};
use crate::id_token::issue;
use crate::persons::Person;
use crate::state::{Provider, SharedState};
use crate::token_store::{Token, random_text};

/// Lifetime of access tokens and id_tokens, in seconds.
const LIFETIME: i64 = 3600;

/// Earlier refresh tokens stay valid.
pub async fn issue_tokens(shared: &SharedState, token: Token, nonce: Option<String>) -> Result<Value, OAuthError> {
    let [access, refresh] = [format!("EwB{}", random_text()), format!("1.AR{}", random_text())];
    let mut body = json!({
        "token_type": "Bearer",
        "scope": scopes::in_response(&token.scopes),
        "expires_in": LIFETIME - 1,
        "ext_expires_in": LIFETIME - 1,
        "access_token": access,
    });
    let (person, now) = {
        let mut state = shared.lock();
        let person = state.persons.by_id(&token.person).cloned();
        let person = person.ok_or(OAuthError::new("invalid_grant", 50_034, "The user account does not exist."))?;
        let now = state.now();
        let tokens = &mut state.providers[Provider::Microsoft].tokens;
        if token.offline {
            body["refresh_token"] = json!(refresh);
            tokens.refresh.insert(refresh, token.clone());
        }
        tokens.access.insert(access, Token { expires_at: Some(now + LIFETIME), ..token.clone() });
        (person, now)
    };
    if token.scopes.contains("openid") {
        let claims = claims(&person, &token, nonce, &base(shared.origin()), now);
        let client_secret = &shared.clients().of(Provider::Microsoft).secret;
        body["id_token"] = json!(issue(shared, Provider::Microsoft, &person.id, claims, client_secret).await);
    }
    Ok(body)
}

/// An id_token without a sign-in, for any client.
pub async fn credential(shared: &SharedState, person: &Person, token: &Token, nonce: Option<String>) -> String {
    let now = shared.lock().now();
    let claims = claims(person, token, nonce, &base(shared.origin()), now);
    issue(shared, Provider::Microsoft, &person.id, claims, &shared.clients().of(Provider::Microsoft).secret).await
}

fn claims(person: &Person, token: &Token, nonce: Option<String>, base: &str, now: i64) -> Map<String, Value> {
    let account = Account::of(person, &token.client_id);
    let mut claims = Map::new();
    let mut set = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            claims.insert(name.to_owned(), value);
        }
    };
    set("ver", Some(json!("2.0")));
    set("iss", Some(json!(format!("{base}/{}/v2.0", account.tid))));
    set("sub", Some(json!(account.sub)));
    set("aud", Some(json!(token.client_id)));
    set("exp", Some(json!(now + LIFETIME)));
    set("iat", Some(json!(now)));
    set("nbf", Some(json!(now)));
    set("tid", Some(json!(account.tid)));
    set("nonce", nonce.map(Value::from));
    if token.scopes.contains("profile") {
        set("oid", Some(json!(account.oid)));
        set("name", person.name.as_ref().map(|name| json!(name)));
        set("preferred_username", Some(json!(account.username)));
    }
    if token.scopes.contains("email") {
        set("email", account.email.map(Value::from));
        set("xms_edov", account.xms_edov);
    }
    claims
}
