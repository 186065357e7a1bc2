//! Who is signed in to the provider in which browser: a cookie of the provider's own, so that `prompt=none`
//! can be answered.

use axum::extract::State;
use axum::http::header::{COOKIE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::sandbox::ledger::{Ledger, random_text};
use crate::sandbox::world::World;

const COOKIE_NAME: &str = "sandbox_google";

/// The browser's cookie value, if it sent one.
pub fn cookie(headers: &HeaderMap) -> Option<&str> {
    let pairs = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|line| line.split(';'));
    pairs.filter_map(|pair| pair.trim().split_once('=')).find(|(name, _)| *name == COOKIE_NAME).map(|(_, value)| value)
}

/// The persons signed in to this browser, the latest first.
pub fn signed_in(ledger: &Ledger, headers: &HeaderMap) -> Vec<String> {
    cookie(headers).and_then(|value| ledger.browsers.get(value)).cloned().unwrap_or_default()
}

/// Signs the person in to this browser; returns the `Set-Cookie` value.
pub fn sign_in(ledger: &mut Ledger, headers: &HeaderMap, person: &str) -> String {
    let known = cookie(headers).filter(|value| ledger.browsers.get(value).is_some());
    let value = known.map_or_else(random_text, str::to_owned);
    let mut persons = signed_in(ledger, headers);
    persons.retain(|other| other != person);
    persons.insert(0, person.to_owned());
    persons.truncate(10);
    ledger.browsers.insert(value.clone(), persons);
    format!("{COOKIE_NAME}={value}; Path=/google; HttpOnly; SameSite=Lax")
}

/// `POST /google/signout`: nobody is signed in to this browser any more.
pub async fn sign_out(State(world): State<World>, headers: HeaderMap) -> Response {
    if let Some(value) = cookie(&headers) {
        world.state().google.ledger.browsers.retain(|known, _| known != value);
    }
    let gone = format!("{COOKIE_NAME}=; Path=/google; HttpOnly; SameSite=Lax; Max-Age=0");
    (StatusCode::SEE_OTHER, [(LOCATION, "/".to_owned()), (SET_COOKIE, gone)]).into_response()
}
