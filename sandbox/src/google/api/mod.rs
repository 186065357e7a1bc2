//! Shared by Google's APIs: callers and scopes, errors, timestamps, partial responses, page tokens.
//!
//! Source: "Resolve errors" of the Drive API and "Performance tips" of both APIs (Google Workspace, 2025).

mod error;
mod page_token;
mod partial;
mod schema;
mod times;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

use super::scopes::API;
use crate::fields::Fields;
use crate::persons::Person;
use crate::state::{Provider, SharedState};

pub use error::ApiError;
pub use page_token::{Listing, resumed, token};
pub use partial::Mask;
pub use schema::Schema;
use schema::known_parameters;
pub use times::{date, date_time, instant};

pub struct Call {
    /// For example `drive.googleapis.com`.
    pub service: &'static str,
    /// For example `google.apps.drive.v3.DriveFiles.List`.
    pub method: &'static str,
    /// Any of these scopes allows the call, narrowest first; without the common prefix.
    pub scopes: &'static [&'static str],
}

/// The caller and the sandbox's time (Unix seconds). The token must be in the header, as Google no longer accepts it
/// in the query.
///
/// # Errors
/// 401 without a valid token, 403 if its scopes don't allow the call.
pub fn caller(shared: &SharedState, headers: &HeaderMap, call: &Call) -> Result<(Person, i64), ApiError> {
    let header = headers.get(AUTHORIZATION).ok_or_else(ApiError::anonymous)?;
    let text = header.to_str().ok().and_then(|text| text.strip_prefix("Bearer "));
    let state = shared.lock();
    let now = state.now();
    let token = text.and_then(|text| state.providers[Provider::Google].tokens.live(text, now));
    let token = token.ok_or_else(ApiError::credentials)?;
    let person = state.persons.by_id(&token.person).ok_or_else(ApiError::credentials)?;
    let allows = |scope: &&str| token.scopes.contains(&format!("{API}{scope}"));
    match call.scopes.iter().any(allows) {
        true => Ok((person.clone(), now)),
        false => Err(ApiError::scope(call)),
    }
}

/// A boolean; absent is false.
///
/// # Errors
/// 400 for anything but `true` and `false`.
pub fn flag(query: &Fields, name: &'static str) -> Result<bool, ApiError> {
    match query.get(name) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(ApiError::value(name)),
    }
}

/// Parameters of every method; JSON is the only format.
///
/// # Errors
/// 400 for a name that the method does not have, or another format.
pub fn parameters(api: &'static str, method: &str, query: &Fields) -> Result<(), ApiError> {
    known_parameters(api, method, query)?;
    match query.get("alt") {
        None | Some("json") => Ok(()),
        Some(_) => Err(ApiError::value("alt")),
    }
}

/// A number of at least 1; larger numbers than `most` are reduced to it.
///
/// # Errors
/// 400 for anything else.
pub fn size(query: &Fields, name: &'static str, usual: usize, most: usize) -> Result<usize, ApiError> {
    let Some(text) = query.get(name) else { return Ok(usual) };
    match text.parse::<usize>() {
        Ok(number) if number > 0 => Ok(number.min(most)),
        _ => Err(ApiError::parameter(
            name,
            "invalidParameter",
            format!("Invalid value '{text}'. Values must be within the range: [1, {most}]"),
        )),
    }
}
