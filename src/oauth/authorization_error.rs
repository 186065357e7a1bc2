//! What can be wrong with an authorization response, and what a provider can say in one.

/// Why an authorization response was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthorizationResponseError {
    /// No `state`, or an empty one.
    #[error("the response has no state")]
    StateMissing,
    /// `state` belongs to another flow, another browser, or to nobody.
    #[error("the response's state is not that of the flow")]
    StateMismatch,
    /// `iss` names another issuer than the one that we asked.
    #[error("the response comes from another issuer")]
    IssuerMismatch,
    /// The provider says that it sends `iss`, and did not.
    #[error("the response has no iss, although the provider announces it")]
    IssuerMissing,
    /// Neither `code` nor `error`.
    #[error("the response has neither a code nor an error")]
    CodeMissing,
    /// A parameter came more than once (RFC 6749 §3.1); its name.
    #[error("the response has {0} more than once")]
    Duplicate(&'static str),
    /// A parameter is too long or has characters that RFC 6749 appendix A does not allow; its name.
    #[error("the response's {0} is malformed")]
    Malformed(&'static str),
    /// The provider answered with an error, after the state matched.
    #[error("the provider answered {0:?}")]
    Provider(AuthorizationErrorCode),
}

/// `error` of RFC 6749 §4.1.2.1 and OpenID Connect Core §3.1.2.6. A closed list: the provider's own text goes
/// no further than here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AuthorizationErrorCode {
    /// The person (or the provider) said no.
    AccessDenied,
    /// `prompt=none`, and nobody is signed in there.
    LoginRequired,
    /// `prompt=none`, and something has to be shown.
    InteractionRequired,
    /// `prompt=none`, and consent has to be asked for.
    ConsentRequired,
    /// `prompt=none`, and an account has to be chosen.
    AccountSelectionRequired,
    /// The provider is overloaded or under maintenance.
    TemporarilyUnavailable,
    /// The provider failed.
    ServerError,
    /// Our request was wrong: a fault of code or configuration.
    InvalidRequest,
    /// Our client may not use this flow: a fault of the registration.
    UnauthorizedClient,
    /// The provider does not know `response_type=code`.
    UnsupportedResponseType,
    /// The provider does not know a scope that we asked for.
    InvalidScope,
    /// Anything else.
    Other,
}

impl AuthorizationErrorCode {
    pub(super) fn classify(error: &str) -> Self {
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
