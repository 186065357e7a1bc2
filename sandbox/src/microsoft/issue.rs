//! The token response: an access token, a refresh token with `offline_access`, an id_token with `openid`.

use serde_json::{Map, Value, json};

use super::account::Account;
use super::refusal::Refusal;
use super::{base, scopes};
use crate::id_token::issue;
use crate::ledger::{Token, random_text};
use crate::persons::Person;
use crate::world::{Provider, World};

/// How long access tokens and id_tokens live, in seconds.
const LIFETIME: i64 = 3600;

/// Makes the tokens. A refresh token stays good when the next one is given out.
pub async fn issued(world: &World, token: Token, nonce: Option<String>) -> Result<Value, Refusal> {
    let [access, refresh] = [format!("EwB{}", random_text()), format!("1.AR{}", random_text())];
    let mut body = json!({
        "token_type": "Bearer",
        "scope": scopes::told(&token.scopes),
        "expires_in": LIFETIME - 1,
        "ext_expires_in": LIFETIME - 1,
        "access_token": access,
    });
    let (person, now) = {
        let mut state = world.state();
        let person = state.persons.by_id(&token.person).cloned();
        let person = person.ok_or(Refusal::new("invalid_grant", 50_034, "The user account does not exist."))?;
        let now = state.now();
        let ledger = &mut state.houses[Provider::Microsoft].ledger;
        if token.offline {
            body["refresh_token"] = json!(refresh);
            ledger.refresh.insert(refresh, token.clone());
        }
        ledger.access.insert(access, Token { expires_at: Some(now + LIFETIME), ..token.clone() });
        (person, now)
    };
    if token.scopes.contains("openid") {
        let claims = claims(&person, &token, nonce, &base(world.origin()), now);
        let client_secret = &world.clients().of(Provider::Microsoft).secret;
        body["id_token"] = json!(issue(world, Provider::Microsoft, &person.id, claims, client_secret).await);
    }
    Ok(body)
}

fn claims(person: &Person, token: &Token, nonce: Option<String>, base: &str, now: i64) -> Map<String, Value> {
    let account = Account::of(person, &token.client_id);
    let mut claims = Map::new();
    let mut say = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            claims.insert(name.to_owned(), value);
        }
    };
    say("ver", Some(json!("2.0")));
    say("iss", Some(json!(format!("{base}/{}/v2.0", account.tid))));
    say("sub", Some(json!(account.sub)));
    say("aud", Some(json!(token.client_id)));
    say("exp", Some(json!(now + LIFETIME)));
    say("iat", Some(json!(now)));
    say("nbf", Some(json!(now)));
    say("tid", Some(json!(account.tid)));
    say("nonce", nonce.map(Value::from));
    if token.scopes.contains("profile") {
        say("oid", Some(json!(account.oid)));
        say("name", person.name.as_ref().map(|name| json!(name)));
        say("preferred_username", Some(json!(account.username)));
    }
    if token.scopes.contains("email") {
        say("email", account.email.map(Value::from));
        say("xms_edov", account.xms_edov);
    }
    claims
}
