//! Why an authorization response opened no session.

use super::session_error::SessionError;
use crate::{
    accounts::{FlowFailure, Reason},
    oauth::{AuthorizationErrorCode, AuthorizationResponseError},
    relying_party::{ClientError, CompleteError, ExternalTokenError},
    store::StoreError,
};

#[derive(Debug, thiserror::Error)]
pub enum CallbackError {
    /// This browser has no flow with the state of the response.
    #[error("this browser has no flow with this state")]
    UnknownFlow,
    #[error("the flow has expired")]
    ExpiredFlow,
    #[error("the flow is already used")]
    UsedFlow,
    /// Mix-up (RFC 9700 §4.4).
    #[error("the response came to another provider's redirect URI")]
    OtherProvider,
    #[error(transparent)]
    Flow(#[from] CompleteError),
    /// The same, and only the operator can help.
    #[error(transparent)]
    Misconfigured(CompleteError),
    /// An id_token of Google's button was refused.
    #[error(transparent)]
    Token(#[from] ExternalTokenError),
    /// The pending link has expired, is used, or belongs to another user.
    #[error("no pending link")]
    NoPendingLink,
    #[error("the linking policy refused: {}", .0.sentence())]
    Policy(Reason),
    /// The provider showed one factor, and the account has two.
    #[error("the second factor is needed")]
    SecondFactorNeeded,
    #[error("database: {0}")]
    Store(#[from] StoreError),
    #[error(transparent)]
    Session(SessionError),
    #[error("the system returned no random numbers")]
    NoRandomness,
}

impl CallbackError {
    /// Whether the database is down, so that the answer is a 503.
    pub fn is_outage(&self) -> bool {
        match self {
            Self::Store(error) => error.is_temporary(),
            Self::Session(error) => error.is_temporary(),
            _ => false,
        }
    }

    /// What the audit trail records. `None` for what it has or must not have: the policy records its refusals itself, and
    /// anybody can send the response to an unknown flow, or a token that does not verify.
    pub(super) const fn failure(&self) -> Option<FlowFailure> {
        Some(match self {
            Self::UnknownFlow
            | Self::UsedFlow
            | Self::Policy(_)
            | Self::SecondFactorNeeded
            | Self::Store(_)
            | Self::Session(_) => return None,
            Self::ExpiredFlow => FlowFailure::FlowExpired,
            Self::OtherProvider => FlowFailure::OtherProvider,
            Self::NoPendingLink => FlowFailure::NoPendingLink,
            Self::NoRandomness => FlowFailure::NoRandomness,
            Self::Token(error) => match error {
                ExternalTokenError::NoProfile => FlowFailure::NoProfile,
                ExternalTokenError::NotAdmitted => FlowFailure::NotAdmitted,
                ExternalTokenError::NotOurClient
                | ExternalTokenError::UnfitToken(_)
                | ExternalTokenError::IdToken(_)
                | ExternalTokenError::Provider(_)
                | ExternalTokenError::UnknownProvider
                | ExternalTokenError::NoIdTokens
                | ExternalTokenError::NoTokenCheck => return None,
            },
            Self::Flow(error) | Self::Misconfigured(error) => match error {
                CompleteError::ProviderChanged => FlowFailure::ProviderChanged,
                CompleteError::Response(AuthorizationResponseError::Provider(AuthorizationErrorCode::AccessDenied)) => {
                    FlowFailure::Cancelled
                }
                CompleteError::Response(_) => FlowFailure::AuthorizationResponse,
                CompleteError::Metadata(_) => FlowFailure::Metadata,
                CompleteError::BreakerOpen => FlowFailure::BreakerOpen,
                CompleteError::Client(ClientError::NoAuthentication) => FlowFailure::ClientAuthentication,
                CompleteError::Client(ClientError::Secret(_)) => FlowFailure::ClientSecret,
                CompleteError::Http(_) => FlowFailure::ProviderUnavailable,
                CompleteError::Token(_) => FlowFailure::TokenResponse,
                CompleteError::Keys(_) => FlowFailure::Keys,
                CompleteError::IdToken(_) => FlowFailure::IdToken,
                CompleteError::Userinfo(_) => FlowFailure::Userinfo,
                CompleteError::Api(_) => FlowFailure::Api,
                CompleteError::NoProfile => FlowFailure::NoProfile,
                CompleteError::NotAdmitted => FlowFailure::NotAdmitted,
            },
        })
    }
}

impl From<SessionError> for CallbackError {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::Store(error) => Self::Store(error),
            error => Self::Session(error),
        }
    }
}
