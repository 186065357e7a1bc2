//! The client secret: a JWT signed by the client (Apple, "Creating a client secret").

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::error::OAuthError;
use super::key::verifies;
use crate::clients::AppleClient;
use crate::fields::Fields;

/// Maximum lifetime of a client secret in seconds: six months.
const LONGEST: i64 = 15_777_000;
/// Allowed clock skew, in seconds.
const LEEWAY: i64 = 60;

/// `client_secret_post`, the only method Apple supports.
pub fn authenticate(form: &Fields, client: &AppleClient, issuer: &str, now: i64) -> Result<(), OAuthError> {
    if form.get("client_id") != Some(&client.id) {
        return Err(OAuthError("invalid_client", "Unknown client_id."));
    }
    let secret = form.get("client_secret").ok_or(OAuthError("invalid_client", "The client_secret is missing."))?;
    check(secret, client, issuer, now).map_err(|why| OAuthError("invalid_client", why))
}

fn check(secret: &str, client: &AppleClient, issuer: &str, now: i64) -> Result<(), &'static str> {
    let (input, signature) = secret.rsplit_once('.').ok_or("The client_secret is not a JWT.")?;
    let (header, claims) = input.split_once('.').ok_or("The client_secret is not a JWT.")?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| "The client_secret is not a JWT.")?;
    let [header, claims] = [header, claims].map(read);
    let (header, claims) = (header.ok_or("The header is not JSON.")?, claims.ok_or("The claims are not JSON.")?);
    let is =
        |members: &Map<String, Value>, name: &str, text: &str| members.get(name).and_then(Value::as_str) == Some(text);
    let is_time = |name: &str, fits: &dyn Fn(i64) -> bool| claims.get(name).and_then(Value::as_i64).is_some_and(fits);
    match () {
        () if !is(&header, "alg", "ES256") => Err("The client_secret is not signed with ES256."),
        () if !is(&header, "kid", &client.key_id) => Err("The kid is not the registered key id."),
        () if !verifies(input.as_bytes(), &signature) => Err("The signature is invalid."),
        () if !is(&claims, "iss", &client.team_id) => Err("The iss is not the team id."),
        () if !is(&claims, "sub", &client.id) => Err("The sub is not the client_id."),
        () if !is(&claims, "aud", issuer) => Err("The aud is not the issuer."),
        () if !is_time("iat", &|iat| iat <= now + LEEWAY) => Err("The iat is missing or in the future."),
        () if !is_time("exp", &|exp| now < exp) => Err("The exp is missing or in the past."),
        () if !is_time("exp", &|exp| exp <= now + LONGEST + LEEWAY) => {
            Err("The exp is more than six months in the future.")
        }
        () => Ok(()),
    }
}

fn read(part: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}
