//! What Google's APIs have in common: who calls, what their token allows, errors, times, partial answers, page tokens.
//!
//! From "Resolve errors" of the Drive API and "Performance tips" of both APIs (Google Workspace, read in 2025).

mod error;
mod page_token;
mod partial;
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
pub use times::{date, date_time, instant};

/// A method of an API, as errors name it.
pub struct Call {
    /// Such as `drive.googleapis.com`.
    pub service: &'static str,
    /// Such as `google.apps.drive.v3.DriveFiles.List`.
    pub method: &'static str,
    /// The scopes that allow it, the narrowest first, without what Google's all begin with. Any one will do.
    pub scopes: &'static [&'static str],
}

/// Who calls, and the sandbox's time (unix seconds). The token is in the header; Google has stopped to take it in the query.
///
/// # Errors
/// 401 without a live token, 403 when no scope of it allows the call.
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

/// A number of the query between 1 and `most`, which larger ones are taken for.
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
