//! The token endpoint (RFC 6749 §4.1.3, §6): client authentication, code or refresh token in, tokens out.

use aws_lc_rs::digest;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

use super::claims::claims;
use super::refusal::Refusal;
use super::{issuer, scopes};
use crate::sandbox::clients::Client;
use crate::sandbox::fields::Fields;
use crate::sandbox::id_token::{Material, Patch, at_hash, mint};
use crate::sandbox::keys;
use crate::sandbox::ledger::{Ledger, Token, random_text};
use crate::sandbox::world::World;

/// What Google says of an access token that lives for an hour.
const EXPIRES_IN: i64 = 3599;
/// How long an id_token lives, in seconds.
const ID_TOKEN_LIFETIME: i64 = 3600;

/// `POST /token`.
pub async fn token(State(world): State<World>, headers: HeaderMap, body: String) -> Response {
    match exchanged(&world, &headers, &Fields::parse(&body)).await {
        Ok(body) => ([(CACHE_CONTROL, "no-store")], Json(body)).into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

async fn exchanged(world: &World, headers: &HeaderMap, form: &Fields) -> Result<Value, Refusal> {
    if form.repeated().is_some() {
        return Err(Refusal::bad("invalid_request", "A parameter is given more than once."));
    }
    authenticate(headers, form, &world.clients().google)?;
    let (token, nonce, refresh) = {
        let mut state = world.state();
        let now = state.now();
        let ledger = &mut state.google.ledger;
        match form.get("grant_type") {
            Some("authorization_code") => by_code(ledger, form, now)?,
            Some("refresh_token") => (by_refresh_token(ledger, form)?, None, None),
            Some(_) => {
                return Err(Refusal::bad("unsupported_grant_type", "Invalid grant_type."));
            }
            None => {
                return Err(Refusal::bad("invalid_request", "Missing required parameter: grant_type"));
            }
        }
    };
    issued(world, token, nonce, refresh).await
}

/// `client_secret_basic` or `client_secret_post` (RFC 6749 §2.3.1), one of them.
pub fn authenticate(headers: &HeaderMap, form: &Fields, client: &Client) -> Result<(), Refusal> {
    let basic = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Basic "));
    let presented = match (basic, form.get("client_id"), form.get("client_secret")) {
        (Some(_), _, Some(_)) => {
            return Err(Refusal::bad("invalid_request", "Two ways of client authentication at once."));
        }
        (Some(text), id, None) => from_basic(text).filter(|(known, _)| id.is_none_or(|id| id == known)),
        (None, Some(id), Some(secret)) => Some((id.to_owned(), secret.to_owned())),
        (None, Some(_), None) => {
            return Err(Refusal::bad("invalid_request", "client_secret is missing."));
        }
        (None, None, _) => {
            return Err(Refusal::bad("invalid_request", "Could not determine client ID from request."));
        }
    };
    match presented {
        Some((id, secret)) if id == client.id && secret == client.secret => Ok(()),
        _ => Err(Refusal::client()),
    }
}

fn from_basic(text: &str) -> Option<(String, String)> {
    let text = String::from_utf8(STANDARD.decode(text).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((form_decoded(id), form_decoded(secret)))
}

/// Id and secret are form-encoded inside the header; a value with `=` or `&` in it was not.
fn form_decoded(text: &str) -> String {
    if text.contains(['=', '&']) {
        return text.to_owned();
    }
    url::form_urlencoded::parse(text.as_bytes()).next().map(|(name, _)| name.into_owned()).unwrap_or_default()
}

type Redeemed = (Token, Option<String>, Option<String>);

/// Redeems a code: once, in time, at its redirect URI, with its verifier. A refused attempt spends it too.
fn by_code(ledger: &mut Ledger, form: &Fields, now: i64) -> Result<Redeemed, Refusal> {
    let grant = |why| Refusal::bad("invalid_grant", why);
    let Some(text) = form.get("code") else {
        return Err(Refusal::bad("invalid_request", "Missing required parameter: code"));
    };
    let Some(known) = ledger.codes.get_mut(text) else {
        return Err(grant("Malformed auth code."));
    };
    let spent = std::mem::replace(&mut known.spent, true);
    let code = known.clone();
    if spent {
        ledger.revoke_code(text);
        return Err(grant("The code was used before; its tokens are revoked."));
    }
    if now >= code.expires_at {
        return Err(grant("The code has expired."));
    }
    if form.get("redirect_uri") != Some(&code.redirect_uri) {
        return Err(Refusal::bad("redirect_uri_mismatch", "Bad Request"));
    }
    match (&code.challenge, form.get("code_verifier")) {
        (None, None) => {}
        (Some(challenge), Some(verifier)) if *challenge == s256(verifier) => {}
        (Some(_), None) => return Err(grant("Missing code verifier.")),
        // Also a verifier without a challenge: somebody has stripped the challenge (RFC 9700 §2.1.1).
        (_, Some(_)) => return Err(grant("Invalid code verifier.")),
    }
    let token = Token {
        client_id: code.client_id,
        person: code.person,
        scopes: code.scopes,
        expires_at: None,
        offline: code.offline,
        code: text.to_owned(),
    };
    let refresh = code.with_refresh.then(|| format!("1//0{}", random_text()));
    if let Some(text) = &refresh {
        ledger.refresh.insert(text.clone(), token.clone());
    }
    Ok((token, code.nonce, refresh))
}

fn by_refresh_token(ledger: &Ledger, form: &Fields) -> Result<Token, Refusal> {
    let known = form.get("refresh_token").and_then(|text| ledger.refresh.get(text));
    known.cloned().ok_or(Refusal::bad("invalid_grant", "Token has been expired or revoked."))
}

fn s256(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.as_bytes()))
}

/// Makes the access token, and the id_token when `openid` was granted.
async fn issued(world: &World, token: Token, nonce: Option<String>, refresh: Option<String>) -> Result<Value, Refusal> {
    let access = format!("ya29.a0{}", random_text());
    let scope = token.scopes.iter().cloned().collect::<Vec<_>>().join(" ");
    let mut body = json!({"access_token": access, "expires_in": EXPIRES_IN, "scope": scope, "token_type": "Bearer"});
    if let Some(refresh) = refresh {
        body["refresh_token"] = json!(refresh);
    }
    if token.scopes.contains(scopes::OPENID) {
        body["id_token"] = json!(id_token(world, &token, nonce, &access).await?);
    }
    let mut state = world.state();
    let expires_at = Some(state.now() + EXPIRES_IN);
    state.google.ledger.access.insert(access, Token { expires_at, ..token });
    Ok(body)
}

async fn id_token(world: &World, token: &Token, nonce: Option<String>, access: &str) -> Result<String, Refusal> {
    let (said, patch, key, now) = {
        let mut state = world.state();
        let person =
            state.persons.by_id(&token.person).cloned().ok_or(Refusal::bad("invalid_grant", "Account not found."))?;
        let now = state.now();
        let armed = state.google.patches.take(Some(&token.person), |_| true);
        let patch = armed.map_or_else(Patch::default, |bend| bend.patch);
        (claims(&person, &token.scopes, world.origin()), patch, state.google.keys.signing(), now)
    };
    let mut all = Map::new();
    let mut say = |name: &str, value: Value| drop(all.insert(name.to_owned(), value));
    say("iss", json!(issuer(world.origin())));
    say("azp", json!(token.client_id));
    say("aud", json!(token.client_id));
    say("at_hash", json!(at_hash(access)));
    if let Some(nonce) = nonce {
        say("nonce", json!(nonce));
    }
    say("iat", json!(now));
    say("exp", json!(now + ID_TOKEN_LIFETIME));
    all.extend(said);
    let stranger = if patch.sign.by_stranger() { keys::stranger().await } else { None };
    let client_secret = &world.clients().google.secret;
    Ok(mint(all, &patch, &Material { key, stranger, client_secret, origin: world.origin(), now }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_basic(text: &str) -> HeaderMap {
        let value = format!("Basic {}", STANDARD.encode(text)).parse().unwrap();
        HeaderMap::from_iter([(AUTHORIZATION, value)])
    }

    #[test]
    fn either_way_of_client_authentication_is_accepted() {
        let client = Client { id: "a b".to_owned(), secret: "s:+".to_owned() };
        let post = Fields::parse("client_id=a+b&client_secret=s%3A%2B");
        assert!(authenticate(&HeaderMap::new(), &post, &client).is_ok());
        assert!(authenticate(&with_basic("a+b:s%3A%2B"), &Fields::default(), &client).is_ok());
        assert!(authenticate(&with_basic("a+b:s%3A%2B"), &Fields::parse("client_id=a+b"), &client).is_ok());
    }

    #[test]
    fn both_ways_neither_way_and_a_wrong_secret_are_refused() {
        let client = Client { id: "a".to_owned(), secret: "s".to_owned() };
        let status = |headers: &HeaderMap, form: &str| {
            authenticate(headers, &Fields::parse(form), &client).unwrap_err().0.as_u16()
        };
        assert_eq!(status(&with_basic("a:s"), "client_id=a&client_secret=s"), 400);
        assert_eq!(status(&HeaderMap::new(), "client_id=a"), 400);
        assert_eq!(status(&HeaderMap::new(), ""), 400);
        assert_eq!(status(&HeaderMap::new(), "client_id=a&client_secret=x"), 401);
        assert_eq!(status(&with_basic("a:x"), ""), 401);
        assert_eq!(status(&with_basic("a:s"), "client_id=b"), 401);
    }

    #[test]
    fn the_challenge_of_rfc_7636_appendix_b() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(s256(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
