//! What can go wrong at the token endpoint: RFC 6749 §5.2 and our own refusals.

use super::{DocumentError, ResponseError};

/// Why there are no tokens.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The provider is away, or answered outside the protocol.
    #[error(transparent)]
    Response(#[from] ResponseError),
    /// The provider refused the request.
    #[error("the token endpoint refused: {0:?}")]
    Refused(TokenErrorCode),
    /// 200 with a content type that is no token response.
    #[error("the token response has an unexpected content type")]
    UnexpectedContentType,
    /// The document is unreadable, or a member is missing or of the wrong type.
    #[error("the token response is malformed: {0}")]
    Malformed(#[from] DocumentError),
    /// A token is empty, too long, or has characters that cannot stand in a header; the member's name.
    #[error("the token response has an unusable {0}")]
    UnusableToken(&'static str),
    /// `token_type` is not Bearer: we would not know how to present the token.
    #[error("the token is not a bearer token")]
    NotABearerToken,
    /// `openid` was asked for and no id_token came.
    #[error("the token response has no id_token")]
    IdTokenMissing,
}

/// `error` of RFC 6749 §5.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenErrorCode {
    /// `invalid_request`.
    InvalidRequest,
    /// `invalid_client`: our credentials are wrong. The operator has to act.
    InvalidClient,
    /// `invalid_grant`: the code or the refresh token is used, expired, revoked or another client's.
    InvalidGrant,
    /// `unauthorized_client`.
    UnauthorizedClient,
    /// `unsupported_grant_type`.
    UnsupportedGrantType,
    /// `invalid_scope`.
    InvalidScope,
    /// Another code, for the log: letters, digits, `_`, `.` and `-`, at most 64; otherwise `unreadable`.
    Other(String),
}

impl TokenErrorCode {
    pub(super) fn classify(error: &str) -> Self {
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
