//! Why what a front end brought vouches for nobody.

use std::{error::Error, time::Duration};

use super::super::{BeginError, CompleteError, HttpError, id_token::VerifyError, provider_client::KeysError};
use crate::{
    oauth::{ResourceError, ResponseError},
    oidc::{DiscoveryError, IdTokenError, JwksError, UserinfoError},
    providers::{TokenCheckError, UnfitTokenError},
};

/// The reasons. All but the first three and the last are about the token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExternalTokenError {
    /// No provider of that slug is switched on.
    #[error("there is no such provider")]
    UnknownProvider,
    /// This provider gives no id_tokens.
    #[error("the provider has no id_tokens")]
    NoIdTokens,
    /// This provider does not say whose client an access token was given to, so that none of it can be taken.
    #[error("the provider does not say whose client an access token was given to")]
    NoTokenCheck,
    /// The access token was given to somebody else's client.
    #[error("the token was given to another client")]
    NotOurClient,
    /// The access token is not good for signing in.
    #[error("the token is unfit: {0}")]
    UnfitTokenError(#[from] UnfitTokenError),
    /// The id_token was refused.
    #[error(transparent)]
    IdToken(#[from] IdTokenError),
    /// The provider's documents name nobody.
    #[error("the provider's documents name nobody")]
    NoProfile,
    /// The configuration admits other accounts only.
    #[error("the account is of a domain that is not admitted")]
    NotAdmitted,
    /// The provider cannot be asked now; the cause is in the log.
    #[error("the provider does not answer")]
    Unavailable {
        /// When to come again, where the provider said so; at most a day.
        retry_after: Option<Duration>,
    },
}

impl ExternalTokenError {
    /// The provider's silence, or words that nobody can use; the cause goes to the log here.
    pub(super) fn unavailable(cause: &dyn Error, error: Option<&ResponseError>) -> Self {
        tracing::warn!(cause = %cause, "a provider could not be asked about a token");
        let retry_after = match error {
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
            VerifyError::Refused(error) => Self::IdToken(error),
        }
    }
}

impl From<TokenCheckError> for ExternalTokenError {
    fn from(error: TokenCheckError) -> Self {
        match error {
            TokenCheckError::NotOurClient => Self::NotOurClient,
            TokenCheckError::UnfitTokenError(unfit) => Self::UnfitTokenError(unfit),
            TokenCheckError::Response(error) => Self::unavailable(&error, Some(&error)),
            TokenCheckError::Malformed(_) | TokenCheckError::ClientRefused => Self::unavailable(&error, None),
        }
    }
}

impl From<UserinfoError> for ExternalTokenError {
    fn from(error: UserinfoError) -> Self {
        match error {
            UserinfoError::SubjectMismatch => UnfitTokenError::AnotherSubject.into(),
            UserinfoError::TokenRefused => UnfitTokenError::Withheld.into(),
            UserinfoError::Response(error) => Self::unavailable(&error, Some(&error)),
            UserinfoError::UnexpectedContentType | UserinfoError::Malformed(_) => Self::unavailable(&error, None),
        }
    }
}

/// Of the steps of a flow, those that this door shares.
impl From<CompleteError> for ExternalTokenError {
    fn from(error: CompleteError) -> Self {
        match error {
            CompleteError::Api(ResourceError::Withheld(_)) => UnfitTokenError::Withheld.into(),
            CompleteError::Api(ResourceError::Response(error)) => Self::unavailable(&error, Some(&error)),
            CompleteError::NoProfile => Self::NoProfile,
            CompleteError::NotAdmitted => Self::NotAdmitted,
            CompleteError::IdToken(error) => Self::IdToken(error),
            CompleteError::Keys(error) => error.into(),
            error => Self::unavailable(&error, None),
        }
    }
}
