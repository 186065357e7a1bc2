//! The userinfo endpoint: OpenID Connect Core §5.3.

use std::fmt;

use secrecy::SecretString;
use serde_json::Value;
use url::Url;

use crate::oauth::{DocumentError, HttpRequest, HttpResponse, JsonDocument, ResponseError};

/// Asks who the bearer of an access token is.
pub fn userinfo_request(userinfo_endpoint: &Url, access_token: &SecretString) -> HttpRequest {
    HttpRequest::get_json_as_bearer(userinfo_endpoint, access_token)
}

/// Reads the answer. Its `sub` must be that of the id_token: an access token of somebody else, slipped in,
/// would otherwise give this person another one's profile (Core §5.3.2).
///
/// # Errors
/// [`UserinfoError`].
pub fn process_userinfo_response(response: &HttpResponse, expected_sub: &str) -> Result<Userinfo, UserinfoError> {
    response.check_available()?;
    if matches!(response.status, 401 | 403) {
        return Err(UserinfoError::TokenRefused);
    }
    response.check_ok()?;
    if !response.may_be_json() {
        return Err(UserinfoError::UnexpectedContentType);
    }
    let document = response.json()?;
    match document.required_str("sub")? == expected_sub && !expected_sub.is_empty() {
        true => Ok(Userinfo(document)),
        false => Err(UserinfoError::SubjectMismatch),
    }
}

/// The claims of a userinfo response about the person whom the id_token names.
#[derive(Clone)]
pub struct Userinfo(JsonDocument);

impl Userinfo {
    /// A claim as it is.
    pub fn get(&self, claim: &str) -> Option<&Value> {
        self.0.get(claim)
    }
}

impl fmt::Debug for Userinfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Userinfo([redacted])")
    }
}

/// Why a userinfo response was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UserinfoError {
    /// The provider is away, or answered outside the protocol.
    #[error(transparent)]
    Response(#[from] ResponseError),
    /// 401 or 403: the access token does not open this door.
    #[error("the userinfo endpoint refused the access token")]
    TokenRefused,
    /// Not JSON. Signed userinfo (`application/jwt`) we do not ask for.
    #[error("the userinfo response has an unexpected content type")]
    UnexpectedContentType,
    /// The document is unreadable, or `sub` is missing or of the wrong type.
    #[error("the userinfo response is malformed: {0}")]
    Malformed(#[from] DocumentError),
    /// The document is about somebody else.
    #[error("the userinfo response is about another subject")]
    SubjectMismatch,
}

#[cfg(test)]
mod tests;
