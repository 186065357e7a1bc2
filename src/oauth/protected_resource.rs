//! A document that the bearer of an access token may read: RFC 6750.

use secrecy::SecretString;
use serde_json::Value;
use url::Url;

use super::{DocumentError, HttpRequest, HttpResponse, ResponseError, parse_json};

/// Asks for a document as the bearer of an access token.
pub fn resource_request(url: &Url, access_token: &SecretString) -> HttpRequest {
    HttpRequest::get_json_as_bearer(url, access_token)
}

/// Reads the answer: 200 and JSON of any kind with unique members, or nothing.
///
/// # Errors
/// [`ResourceError`].
pub fn process_resource_response(response: &HttpResponse) -> Result<Value, ResourceError> {
    response.check_available()?;
    if matches!(response.status, 401 | 403 | 404) {
        return Err(ResourceError::Withheld(response.status));
    }
    response.check_ok()?;
    if !response.may_be_json() {
        return Err(ResourceError::UnexpectedContentType);
    }
    Ok(parse_json(&response.body)?)
}

/// Why there is no document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResourceError {
    /// The provider is away, or answered outside the protocol.
    #[error(transparent)]
    Response(#[from] ResponseError),
    /// 401, 403 or 404: this token does not open this document.
    #[error("the provider's API withholds the document (status {0})")]
    Withheld(u16),
    /// Not JSON.
    #[error("the provider's API answered with an unexpected content type")]
    UnexpectedContentType,
    /// Unreadable, or with a member twice.
    #[error("the provider's document is malformed: {0}")]
    Malformed(#[from] DocumentError),
}
