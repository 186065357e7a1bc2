//! Why a token from a front end was rejected.

use std::{error::Error, time::Duration};

use super::super::{BeginError, CompleteError, HttpError, id_token::VerifyError, provider_client::KeysError};
use crate::{
    oauth::{ResourceError, ResponseError},
    oidc::{DiscoveryError, IdTokenError, JwksError, UserinfoError},
    providers::{TokenCheckError, UnfitTokenError},
};

/// Why a token from a front end was rejected, or could not be verified.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExternalTokenError {
    /// No provider with this slug is enabled.
    #[error("unknown provider")]
    UnknownProvider,
    /// The provider issues no id_tokens.
    #[error("the provider issues no id_tokens")]
    NoIdTokens,
    /// The provider cannot tell which client an access token was issued to, so none is accepted.
    #[error("the provider has no access token check")]
    NoTokenCheck,
    /// The access token was issued to a client that is not configured here.
    #[error("access token issued to another client")]
    NotOurClient,
    /// The access token is not valid for sign-in.
    #[error("access token rejected: {0}")]
    UnfitToken(#[from] UnfitTokenError),
    /// The id_token was rejected.
    #[error(transparent)]
    IdToken(#[from] IdTokenError),
    /// The provider's documents contain no usable user id.
    #[error("no user id in the provider's documents")]
    NoProfile,
    /// The account is outside the domain that the configuration admits.
    #[error("account outside the admitted domain")]
    NotAdmitted,
    /// The token could not be verified now; the log has the cause.
    #[error("provider unavailable")]
    Unavailable {
        /// The provider's `Retry-After`, if any; at most a day.
        retry_after: Option<Duration>,
    },
}

impl ExternalTokenError {
    /// Logs the cause. `response` is its HTTP part, for `Retry-After`.
    pub(super) fn unavailable(cause: &dyn Error, response: Option<&ResponseError>) -> Self {
        tracing::warn!(cause = %cause, "token verification unavailable");
        let retry_after = match response {
            Some(ResponseError::Unavailable { retry_after, .. }) => *retry_after,
            _ => None,
        };
        Self::Unavailable { retry_after }
    }
}

impl From<HttpError> for ExternalTokenError {
    fn from(error: HttpError) -> Self {
        Self::unavailable(&error, None)
    }
}

impl From<BeginError> for ExternalTokenError {
    fn from(error: BeginError) -> Self {
        let response = match &error {
            BeginError::Metadata(DiscoveryError::Response(error)) => Some(error),
            _ => None,
        };
        Self::unavailable(&error, response)
    }
}

impl From<KeysError> for ExternalTokenError {
    fn from(error: KeysError) -> Self {
        let response = match &error {
            KeysError::Jwks(JwksError::Response(error)) => Some(error),
            _ => None,
        };
        Self::unavailable(&error, response)
    }
}

impl From<VerifyError> for ExternalTokenError {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::Keys(error) => error.into(),
            VerifyError::Rejected(error) => Self::IdToken(error),
        }
    }
}

impl From<TokenCheckError> for ExternalTokenError {
    fn from(error: TokenCheckError) -> Self {
        match error {
            TokenCheckError::NotOurClient => Self::NotOurClient,
            TokenCheckError::UnfitToken(error) => Self::UnfitToken(error),
            TokenCheckError::Response(error) => Self::unavailable(&error, Some(&error)),
            TokenCheckError::Malformed(_) | TokenCheckError::ClientRefused => Self::unavailable(&error, None),
        }
    }
}

impl From<UserinfoError> for ExternalTokenError {
    fn from(error: UserinfoError) -> Self {
        match error {
            UserinfoError::SubjectMismatch => UnfitTokenError::AnotherSubject.into(),
            UserinfoError::TokenRefused => UnfitTokenError::Rejected.into(),
            UserinfoError::Response(error) => Self::unavailable(&error, Some(&error)),
            UserinfoError::UnexpectedContentType | UserinfoError::Malformed(_) => Self::unavailable(&error, None),
        }
    }
}

/// For the steps that a flow and the token verification share.
impl From<CompleteError> for ExternalTokenError {
    fn from(error: CompleteError) -> Self {
        match error {
            CompleteError::Api(ResourceError::AccessDenied(_)) => UnfitTokenError::Rejected.into(),
            CompleteError::Api(ResourceError::Response(error)) => Self::unavailable(&error, Some(&error)),
            CompleteError::NoProfile => Self::NoProfile,
            CompleteError::NotAdmitted => Self::NotAdmitted,
            CompleteError::IdToken(error) => Self::IdToken(error),
            CompleteError::Keys(error) => error.into(),
            error => Self::unavailable(&error, None),
        }
    }
}
