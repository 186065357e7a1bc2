//! Why a token from a front end was rejected.

use std::error::Error;

use super::super::{
    BeginError, CompleteError, HttpError, ProviderFailure, id_token::VerifyError, provider_client::KeysError,
};
use crate::{
    oauth::{ResourceError, ResponseError},
    oidc::{IdTokenError, UserinfoError},
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
    /// The token could not be verified; the log has the cause.
    #[error(transparent)]
    Provider(#[from] ProviderFailure),
}

impl ExternalTokenError {
    /// Logs the cause.
    pub(super) fn provider(cause: &dyn Error, failure: ProviderFailure) -> Self {
        tracing::warn!(cause = %cause, "cannot verify the token");
        Self::Provider(failure)
    }
}

impl From<HttpError> for ExternalTokenError {
    fn from(error: HttpError) -> Self {
        Self::provider(&error, ProviderFailure::of_http(error, ProviderFailure::Response))
    }
}

impl From<BeginError> for ExternalTokenError {
    fn from(error: BeginError) -> Self {
        Self::provider(&error, (&error).into())
    }
}

impl From<KeysError> for ExternalTokenError {
    fn from(error: KeysError) -> Self {
        Self::provider(&error, (&error).into())
    }
}

impl From<ResponseError> for ExternalTokenError {
    fn from(error: ResponseError) -> Self {
        Self::provider(&error, ProviderFailure::of_response(&error, ProviderFailure::Response))
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
            TokenCheckError::Response(error) => error.into(),
            TokenCheckError::Malformed(_) => Self::provider(&error, ProviderFailure::Response),
            TokenCheckError::ClientRefused => Self::provider(&error, ProviderFailure::Misconfigured),
        }
    }
}

impl From<UserinfoError> for ExternalTokenError {
    fn from(error: UserinfoError) -> Self {
        match error {
            UserinfoError::SubjectMismatch => UnfitTokenError::AnotherSubject.into(),
            UserinfoError::TokenRefused => UnfitTokenError::Rejected.into(),
            UserinfoError::Response(error) => error.into(),
            UserinfoError::UnexpectedContentType | UserinfoError::Malformed(_) => {
                Self::provider(&error, ProviderFailure::Response)
            }
        }
    }
}

/// For the steps that a flow and the token verification share.
impl From<CompleteError> for ExternalTokenError {
    fn from(error: CompleteError) -> Self {
        match error {
            CompleteError::Api(ResourceError::AccessDenied(_)) => UnfitTokenError::Rejected.into(),
            CompleteError::Api(ResourceError::Response(error)) => error.into(),
            CompleteError::Http(error) => error.into(),
            CompleteError::Metadata(error) => (*error).into(),
            CompleteError::BreakerOpen => Self::provider(&error, ProviderFailure::UNAVAILABLE),
            CompleteError::NoProfile => Self::NoProfile,
            CompleteError::NotAdmitted => Self::NotAdmitted,
            CompleteError::IdToken(error) => Self::IdToken(error),
            CompleteError::Keys(error) => error.into(),
            error => Self::provider(&error, ProviderFailure::Response),
        }
    }
}
