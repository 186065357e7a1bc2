//! What a step that failed at a provider says about the provider. "Unavailable" is said only of one that does not respond.

use std::time::Duration;

use super::{BeginError, HttpError, KeysError};
use crate::{
    oauth::ResponseError,
    oidc::{DiscoveryError, JwksError},
};

/// What is wrong at a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderFailure {
    /// No response, a server error or a rate limit; or many of these, after which nothing is sent for a while.
    #[error("provider unavailable")]
    Unavailable {
        /// The provider's `Retry-After`, if any; at most a day.
        retry_after: Option<Duration>,
    },
    /// The discovery document cannot be used.
    #[error("unusable provider metadata")]
    Metadata,
    /// The key set cannot be used.
    #[error("unusable provider keys")]
    Keys,
    /// The metadata announces no signature algorithm that sign-ins accept.
    #[error("no accepted signature algorithm")]
    Algorithm,
    /// Another response cannot be used: not the document of the protocol, or too large.
    #[error("unusable provider response")]
    Response,
    /// Only the operator can help: the client or its secret is wrong, or the provider's address is not allowed.
    #[error("provider misconfigured")]
    Misconfigured,
    /// Not the provider's fault.
    #[error("internal error")]
    Internal,
}

impl ProviderFailure {
    /// Silence.
    pub const UNAVAILABLE: Self = Self::Unavailable { retry_after: None };

    /// `unusable`: for a response that came and cannot be used.
    pub const fn of_http(error: HttpError, unusable: Self) -> Self {
        match error {
            HttpError::Unreachable | HttpError::NoTunnel | HttpError::Timeout | HttpError::Interrupted => {
                Self::UNAVAILABLE
            }
            HttpError::TooLarge => unusable,
            HttpError::ForbiddenAddress(_) | HttpError::MetadataAddress(_) => Self::Misconfigured,
            HttpError::Malformed => Self::Internal,
        }
    }

    /// `unusable`: for a response that is no server error and cannot be used.
    pub fn of_response(error: &ResponseError, unusable: Self) -> Self {
        match error {
            ResponseError::Unavailable { retry_after, .. } => Self::Unavailable { retry_after: *retry_after },
            _ => unusable,
        }
    }
}

impl From<&BeginError> for ProviderFailure {
    fn from(error: &BeginError) -> Self {
        match error {
            BeginError::BreakerOpen => Self::UNAVAILABLE,
            BeginError::Shared(failure) => *failure,
            BeginError::Http(error) => Self::of_http(*error, Self::Metadata),
            BeginError::Metadata(DiscoveryError::Response(error)) => Self::of_response(error, Self::Metadata),
            BeginError::Metadata(DiscoveryError::NoAcceptedAlgorithm(_)) => Self::Algorithm,
            BeginError::Metadata(_) => Self::Metadata,
            BeginError::UnknownProvider | BeginError::NotOffered | BeginError::NoRandomness => Self::Internal,
        }
    }
}

impl From<&KeysError> for ProviderFailure {
    fn from(error: &KeysError) -> Self {
        match error {
            KeysError::BreakerOpen => Self::UNAVAILABLE,
            KeysError::Shared(failure) => *failure,
            KeysError::Http(error) => Self::of_http(*error, Self::Keys),
            KeysError::Jwks(JwksError::Response(error)) => Self::of_response(error, Self::Keys),
            KeysError::NoKeys | KeysError::Jwks(_) => Self::Keys,
        }
    }
}
