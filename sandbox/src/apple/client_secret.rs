//! The client secret: a JWT that the client has signed (Apple, "Creating a client secret").

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::error::OAuthError;
use super::key::verifies;
use crate::clients::AppleClient;
use crate::fields::Fields;

/// The longest life of a client secret, in seconds: half a year.
const LONGEST: i64 = 15_777_000;
/// How far the client's clock may go before ours, in seconds.
const LEEWAY: i64 = 60;

/// `client_id` and `client_secret` in the body; Apple takes no other way.
pub fn authenticate(form: &Fields, client: &AppleClient, issuer: &str, now: i64) -> Result<(), OAuthError> {
    if form.get("client_id") != Some(&client.id) {
        return Err(OAuthError("invalid_client", "There is no such client_id."));
    }
    let secret = form.get("client_secret").ok_or(OAuthError("invalid_client", "There is no client_secret."))?;
    checked(secret, client, issuer, now).map_err(|why| OAuthError("invalid_client", why))
}

fn checked(secret: &str, client: &AppleClient, issuer: &str, now: i64) -> Result<(), &'static str> {
    let (input, signature) = secret.rsplit_once('.').ok_or("The client_secret is no JWT.")?;
    let (header, claims) = input.split_once('.').ok_or("The client_secret is no JWT.")?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| "The client_secret is no JWT.")?;
    let [header, claims] = [header, claims].map(read);
    let (header, claims) = (header.ok_or("The header is no JSON.")?, claims.ok_or("The claims are no JSON.")?);
    let is =
        |members: &Map<String, Value>, name: &str, text: &str| members.get(name).and_then(Value::as_str) == Some(text);
    let is_time = |name: &str, fits: &dyn Fn(i64) -> bool| claims.get(name).and_then(Value::as_i64).is_some_and(fits);
    match () {
        () if !is(&header, "alg", "ES256") => Err("The client_secret is not signed with ES256."),
        () if !is(&header, "kid", &client.key_id) => Err("The kid is not the key id."),
        () if !verifies(input.as_bytes(), &signature) => Err("The signature does not verify."),
        () if !is(&claims, "iss", &client.team_id) => Err("The iss is not the team id."),
        () if !is(&claims, "sub", &client.id) => Err("The sub is not the client_id."),
        () if !is(&claims, "aud", issuer) => Err("The aud is not the issuer."),
        () if !is_time("iat", &|iat| iat <= now + LEEWAY) => Err("The iat is missing or ahead."),
        () if !is_time("exp", &|exp| now < exp) => Err("The exp is missing or over."),
        () if !is_time("exp", &|exp| exp <= now + LONGEST + LEEWAY) => Err("The exp is more than six months ahead."),
        () => Ok(()),
    }
}

fn read(part: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}
