//! Who is signed in to which provider in which browser: a cookie of the provider's own, so that `prompt=none`
//! can be answered.

use axum::http::header::{COOKIE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::ledger::{Ledger, random_text};
use super::world::{Provider, World};

/// The persons signed in to this browser, the latest first.
pub fn signed_in(ledger: &Ledger, provider: Provider, headers: &HeaderMap) -> Vec<String> {
    cookie(provider, headers).and_then(|value| ledger.browsers.get(value)).cloned().unwrap_or_default()
}

/// Signs the person in to the browser that gets this response.
pub fn signed(
    world: &World,
    provider: Provider,
    headers: &HeaderMap,
    person: &str,
    mut response: Response,
) -> Response {
    let cookie = sign_in(&mut world.state().house(provider).ledger, provider, headers, person);
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// Nobody is signed in to this browser any more: 303 to the sandbox's front page.
pub fn signed_out(world: &World, provider: Provider, headers: &HeaderMap) -> Response {
    if let Some(value) = cookie(provider, headers) {
        world.state().house(provider).ledger.browsers.retain(|known, _| known != value);
    }
    let slug = provider.slug();
    let gone = format!("sandbox_{slug}=; Path=/{slug}; HttpOnly; SameSite=Lax; Max-Age=0");
    (StatusCode::SEE_OTHER, [(LOCATION, "/".to_owned()), (SET_COOKIE, gone)]).into_response()
}

fn sign_in(ledger: &mut Ledger, provider: Provider, headers: &HeaderMap, person: &str) -> String {
    let known = cookie(provider, headers).filter(|value| ledger.browsers.get(value).is_some());
    let value = known.map_or_else(random_text, str::to_owned);
    let mut persons = signed_in(ledger, provider, headers);
    persons.retain(|other| other != person);
    persons.insert(0, person.to_owned());
    persons.truncate(10);
    ledger.browsers.insert(value.clone(), persons);
    let slug = provider.slug();
    format!("sandbox_{slug}={value}; Path=/{slug}; HttpOnly; SameSite=Lax")
}

fn cookie(provider: Provider, headers: &HeaderMap) -> Option<&str> {
    let pairs = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|line| line.split(';'));
    let named = |(name, _): &(&str, &str)| name.strip_prefix("sandbox_") == Some(provider.slug());
    pairs.filter_map(|pair| pair.trim().split_once('=')).find(named).map(|(_, value)| value)
}
