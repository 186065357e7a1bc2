//! Protected resources, read with a bearer token: RFC 6750.

use secrecy::SecretString;
use serde_json::Value;
use url::Url;

use super::{DocumentError, HttpRequest, HttpResponse, ResponseError, parse_received_json};

/// GET of a JSON document with a bearer token.
pub fn resource_request(url: &Url, access_token: &SecretString) -> HttpRequest {
    HttpRequest::get_json_as_bearer(url, access_token)
}

/// Processes the response: status 200 and any JSON value. `read` lists the members that the caller reads, as paths for
/// [`parse_received_json`].
///
/// # Errors
/// [`ResourceError`] for every other response.
pub fn process_resource_response(response: &HttpResponse, read: &[&'static str]) -> Result<Value, ResourceError> {
    response.check_available()?;
    if matches!(response.status, 401 | 403 | 404) {
        return Err(ResourceError::AccessDenied(response.status));
    }
    response.check_ok()?;
    if !response.may_be_json() {
        return Err(ResourceError::UnexpectedContentType);
    }
    Ok(parse_received_json(&response.body, read)?)
}

/// Why a protected resource was not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResourceError {
    /// The provider is unavailable, or the status or size is unexpected.
    #[error(transparent)]
    Response(#[from] ResponseError),
    /// 401, 403 or 404: the token does not give access to this document; the status.
    #[error("access to the resource denied (status {0})")]
    AccessDenied(u16),
    /// The content type is not JSON.
    #[error("unexpected content type of the resource")]
    UnexpectedContentType,
    /// The body is not JSON, or repeats a member that is read.
    #[error("malformed resource: {0}")]
    Malformed(#[from] DocumentError),
}
