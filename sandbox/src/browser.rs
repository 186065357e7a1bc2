//! Which users are signed in to a provider in a browser (a cookie per provider), so that `prompt=none` works.

use axum::http::header::{COOKIE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::state::{Provider, SharedState};
use super::token_store::{TokenStore, random_text};

/// Ids of the users signed in to this browser, the latest first.
pub fn signed_in(tokens: &TokenStore, provider: Provider, headers: &HeaderMap) -> Vec<String> {
    cookie(provider, headers).and_then(|value| tokens.browsers.get(value)).cloned().unwrap_or_default()
}

/// Signs the user in to the browser that receives this response.
pub fn with_session(
    shared: &SharedState,
    provider: Provider,
    headers: &HeaderMap,
    person: &str,
    mut response: Response,
) -> Response {
    let cookie = add_session(&mut shared.lock().provider(provider).tokens, provider, headers, person);
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// Signs all users out of this browser; 303 to the front page.
pub fn sign_out(shared: &SharedState, provider: Provider, headers: &HeaderMap) -> Response {
    if let Some(value) = cookie(provider, headers) {
        shared.lock().provider(provider).tokens.browsers.retain(|known, _| known != value);
    }
    let slug = provider.slug();
    let expired = format!("sandbox_{slug}=; Path=/{slug}; HttpOnly; SameSite=Lax; Max-Age=0");
    (StatusCode::SEE_OTHER, [(LOCATION, "/".to_owned()), (SET_COOKIE, expired)]).into_response()
}

fn add_session(tokens: &mut TokenStore, provider: Provider, headers: &HeaderMap, person: &str) -> String {
    let known = cookie(provider, headers).filter(|value| tokens.browsers.get(value).is_some());
    let value = known.map_or_else(random_text, str::to_owned);
    let mut persons = signed_in(tokens, provider, headers);
    persons.retain(|other| other != person);
    persons.insert(0, person.to_owned());
    persons.truncate(10);
    tokens.browsers.insert(value.clone(), persons);
    let slug = provider.slug();
    format!("sandbox_{slug}={value}; Path=/{slug}; HttpOnly; SameSite=Lax")
}

fn cookie(provider: Provider, headers: &HeaderMap) -> Option<&str> {
    let pairs = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|line| line.split(';'));
    let named = |(name, _): &(&str, &str)| name.strip_prefix("sandbox_") == Some(provider.slug());
    pairs.filter_map(|pair| pair.trim().split_once('=')).find(named).map(|(_, value)| value)
}
