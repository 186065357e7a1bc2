//! The errors of the token endpoint: rejected here, or reported by the provider (RFC 6749 §5.2).

use super::{DocumentError, ResponseError};

/// Why a token request failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The provider is unavailable, or the status or size is unexpected.
    #[error(transparent)]
    Response(#[from] ResponseError),
    /// An error response (RFC 6749 §5.2).
    #[error("token endpoint error {0:?}")]
    Refused(TokenErrorCode),
    /// The content type is not that of a token response.
    #[error("unexpected content type of the token response")]
    UnexpectedContentType,
    /// The document cannot be parsed, or a member is missing or has the wrong type.
    #[error("malformed token response: {0}")]
    Malformed(#[from] DocumentError),
    /// A token is empty, longer than 16 KiB, or not printable ASCII; the member's name.
    #[error("unusable {0} in the token response")]
    UnusableToken(&'static str),
    /// `token_type` is not `Bearer` (MAC, DPoP).
    #[error("token_type is not Bearer")]
    NotABearerToken,
    /// The scope had `openid`, and the response has no id_token.
    #[error("id_token missing in the token response")]
    IdTokenMissing,
}

/// `error` of RFC 6749 §5.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenErrorCode {
    /// `invalid_request`.
    InvalidRequest,
    /// `invalid_client`: wrong client credentials; the operator has to fix the configuration.
    InvalidClient,
    /// `invalid_grant`: the code or refresh token was used, expired, was revoked or belongs to another client.
    InvalidGrant,
    /// `unauthorized_client`.
    UnauthorizedClient,
    /// `unsupported_grant_type`.
    UnsupportedGrantType,
    /// `invalid_scope`.
    InvalidScope,
    /// Any other code, fit for the log: 1 to 64 of letters, digits, `_`, `.` and `-`; otherwise `unreadable`.
    Other(String),
}

impl TokenErrorCode {
    pub(crate) fn classify(error: &str) -> Self {
        match error {
            "invalid_request" => Self::InvalidRequest,
            "invalid_client" => Self::InvalidClient,
            "invalid_grant" => Self::InvalidGrant,
            "unauthorized_client" => Self::UnauthorizedClient,
            "unsupported_grant_type" => Self::UnsupportedGrantType,
            "invalid_scope" => Self::InvalidScope,
            other => Self::Other(printable_code(other).to_owned()),
        }
    }
}

fn printable_code(code: &str) -> &str {
    let printable = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    match (1..=64).contains(&code.len()) && code.bytes().all(printable) {
        true => code,
        false => "unreadable",
    }
}
