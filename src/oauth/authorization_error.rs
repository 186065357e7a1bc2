//! The errors of an authorization response: rejected here, or reported by the provider.

/// Why an authorization response was rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthorizationResponseError {
    /// `state` is missing or empty.
    #[error("authorization response without state")]
    StateMissing,
    /// `state` is not that of this browser's pending flow.
    #[error("authorization response with the wrong state")]
    StateMismatch,
    /// `iss` is not the issuer of the request (RFC 9207 §2.4).
    #[error("authorization response with the wrong iss")]
    IssuerMismatch,
    /// `iss` is missing, although the provider's metadata announces it.
    #[error("authorization response without the announced iss")]
    IssuerMissing,
    /// Neither `code` nor `error` is present.
    #[error("authorization response without code and error")]
    CodeMissing,
    /// A parameter occurs more than once (RFC 6749 §3.1); its name.
    #[error("authorization response with duplicate {0}")]
    Duplicate(&'static str),
    /// A parameter is too long or has characters outside RFC 6749 appendix A; its name.
    #[error("authorization response with malformed {0}")]
    Malformed(&'static str),
    /// An error response; `state` and `iss` are verified.
    #[error("authorization error {0:?}")]
    Provider(AuthorizationErrorCode),
}

/// `error` of RFC 6749 §4.1.2.1 and OpenID Connect Core §3.1.2.6. A closed list: the provider's own text is
/// dropped here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AuthorizationErrorCode {
    /// The user or the provider denied the request.
    AccessDenied,
    /// `prompt=none`, and the user is not signed in at the provider.
    LoginRequired,
    /// `prompt=none`, and the provider has to interact with the user.
    InteractionRequired,
    /// `prompt=none`, and the user has to consent.
    ConsentRequired,
    /// `prompt=none`, and the user has to choose an account.
    AccountSelectionRequired,
    /// The provider is overloaded or under maintenance.
    TemporarilyUnavailable,
    /// An internal error of the provider.
    ServerError,
    /// The request is invalid: a bug or a wrong configuration here.
    InvalidRequest,
    /// The client's registration does not allow this flow.
    UnauthorizedClient,
    /// The provider does not support `response_type=code`.
    UnsupportedResponseType,
    /// A requested scope is unknown or not allowed.
    InvalidScope,
    /// Any other code.
    Other,
}

impl AuthorizationErrorCode {
    pub(crate) fn classify(error: &str) -> Self {
        match error {
            // The second is Apple's and LinkedIn's, the third LinkedIn's.
            "access_denied" | "user_cancelled_authorize" | "user_cancelled_login" => Self::AccessDenied,
            "login_required" => Self::LoginRequired,
            "interaction_required" => Self::InteractionRequired,
            "consent_required" => Self::ConsentRequired,
            "account_selection_required" => Self::AccountSelectionRequired,
            "temporarily_unavailable" => Self::TemporarilyUnavailable,
            "server_error" => Self::ServerError,
            "invalid_request" => Self::InvalidRequest,
            "unauthorized_client" => Self::UnauthorizedClient,
            "unsupported_response_type" => Self::UnsupportedResponseType,
            "invalid_scope" => Self::InvalidScope,
            _ => Self::Other,
        }
    }
}
