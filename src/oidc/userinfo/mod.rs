//! The userinfo endpoint: OpenID Connect Core §5.3.

use std::fmt;

use secrecy::SecretString;
use serde_json::Value;
use url::Url;

use crate::oauth::{DocumentError, HttpRequest, HttpResponse, JsonDocument, ResponseError};

/// The userinfo request, with the access token in the header.
pub fn userinfo_request(userinfo_endpoint: &Url, access_token: &SecretString) -> HttpRequest {
    HttpRequest::get_json_as_bearer(userinfo_endpoint, access_token)
}

/// Processes the response. Its `sub` must equal that of the id_token, against a substituted access token of another
/// user (Core §5.3.2); an integer equals the text of its digits, which some providers send. `claims` lists the claims
/// that the caller reads.
///
/// # Errors
/// [`UserinfoError`]. Sign-in may go on with the id_token's claims, except after [`UserinfoError::SubjectMismatch`].
pub fn process_userinfo_response(
    response: &HttpResponse,
    expected_sub: &str,
    claims: &[&'static str],
) -> Result<Userinfo, UserinfoError> {
    response.check_available()?;
    if matches!(response.status, 401 | 403) {
        return Err(UserinfoError::TokenRefused);
    }
    response.check_ok()?;
    if !response.may_be_json() {
        return Err(UserinfoError::UnexpectedContentType);
    }
    let document = response.json()?;
    let subject = subject(&document)?;
    if subject != expected_sub || subject.is_empty() {
        return Err(UserinfoError::SubjectMismatch);
    }
    document.check_once(claims)?;
    Ok(Userinfo { subject, document })
}

/// Beyond 64 bits the digits of a number are not known: its type is wrong.
fn subject(document: &JsonDocument) -> Result<String, DocumentError> {
    match document.read("sub")? {
        Some(Value::Number(number)) if number.is_u64() => Ok(number.to_string()),
        _ => document.required_str("sub").map(str::to_owned),
    }
}

/// The claims of a userinfo response whose `sub` was verified.
#[derive(Clone)]
pub struct Userinfo {
    subject: String,
    document: JsonDocument,
}

impl Userinfo {
    /// `sub`.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// A claim, of any type.
    pub fn get(&self, claim: &str) -> Option<&Value> {
        self.document.get(claim)
    }
}

impl fmt::Debug for Userinfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Userinfo([redacted])")
    }
}

/// Why a userinfo response was rejected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UserinfoError {
    /// The provider is unavailable, or the status or size is unexpected.
    #[error(transparent)]
    Response(#[from] ResponseError),
    /// 401 or 403: the endpoint rejected the access token.
    #[error("userinfo endpoint rejected the access token")]
    TokenRefused,
    /// The content type is not JSON. Signed userinfo (`application/jwt`) is never requested.
    #[error("unexpected content type of the userinfo response")]
    UnexpectedContentType,
    /// The document cannot be parsed, `sub` is missing or has the wrong type, or a claim that is read is repeated.
    #[error("malformed userinfo response: {0}")]
    Malformed(#[from] DocumentError),
    /// `sub` is not the expected subject.
    #[error("userinfo of another subject")]
    SubjectMismatch,
}

#[cfg(test)]
mod tests;
