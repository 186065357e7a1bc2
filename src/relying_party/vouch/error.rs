//! Why what a front end brought vouches for nobody.

use std::{error::Error, time::Duration};

use super::super::{BeginError, CompleteError, HttpError, id_token::VerifyError, provider_client::KeysError};
use crate::{
    oauth::{ResourceError, ResponseFault},
    oidc::{DiscoveryError, IdTokenError, JwksError, UserinfoError},
    providers::{TokenCheckError, Unfit},
};

/// The reasons. All but the first three and the last are about the token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VouchError {
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
    Unfit(#[from] Unfit),
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

impl VouchError {
    /// The provider's silence, or words that nobody can use; the cause goes to the log here.
    pub(super) fn unavailable(cause: &dyn Error, fault: Option<&ResponseFault>) -> Self {
        tracing::warn!(cause = %cause, "a provider could not be asked about a token");
        let retry_after = match fault {
            Some(ResponseFault::Unavailable { retry_after, .. }) => *retry_after,
            _ => None,
        };
        Self::Unavailable { retry_after }
    }
}

impl From<HttpError> for VouchError {
    fn from(error: HttpError) -> Self {
        Self::unavailable(&error, None)
    }
}

impl From<BeginError> for VouchError {
    fn from(error: BeginError) -> Self {
        let fault = match &error {
            BeginError::Metadata(DiscoveryError::Response(fault)) => Some(fault),
            _ => None,
        };
        Self::unavailable(&error, fault)
    }
}

impl From<KeysError> for VouchError {
    fn from(error: KeysError) -> Self {
        let fault = match &error {
            KeysError::Jwks(JwksError::Response(fault)) => Some(fault),
            _ => None,
        };
        Self::unavailable(&error, fault)
    }
}

impl From<VerifyError> for VouchError {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::Keys(error) => error.into(),
            VerifyError::Refused(error) => Self::IdToken(error),
        }
    }
}

impl From<TokenCheckError> for VouchError {
    fn from(error: TokenCheckError) -> Self {
        match error {
            TokenCheckError::NotOurClient => Self::NotOurClient,
            TokenCheckError::Unfit(unfit) => Self::Unfit(unfit),
            TokenCheckError::Response(fault) => Self::unavailable(&error, Some(&fault)),
            TokenCheckError::Malformed(_) | TokenCheckError::ClientRefused => Self::unavailable(&error, None),
        }
    }
}

impl From<UserinfoError> for VouchError {
    fn from(error: UserinfoError) -> Self {
        match error {
            UserinfoError::SubjectMismatch => Unfit::AnotherSubject.into(),
            UserinfoError::TokenRefused => Unfit::Withheld.into(),
            UserinfoError::Response(fault) => Self::unavailable(&error, Some(&fault)),
            UserinfoError::UnexpectedContentType | UserinfoError::Malformed(_) => Self::unavailable(&error, None),
        }
    }
}

/// Of the steps of a flow, those that this door shares.
impl From<CompleteError> for VouchError {
    fn from(error: CompleteError) -> Self {
        match error {
            CompleteError::Api(ResourceError::Withheld(_)) => Unfit::Withheld.into(),
            CompleteError::Api(ResourceError::Response(fault)) => Self::unavailable(&error, Some(&fault)),
            CompleteError::NoProfile => Self::NoProfile,
            CompleteError::NotAdmitted => Self::NotAdmitted,
            CompleteError::IdToken(error) => Self::IdToken(error),
            CompleteError::Keys(error) => error.into(),
            error => Self::unavailable(&error, None),
        }
    }
}
