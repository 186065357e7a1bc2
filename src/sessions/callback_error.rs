//! Why an authorization response opened no session.

use super::session_error::SessionError;
use crate::{
    accounts::{FlowFailure, Reason},
    relying_party::{ClientError, CompleteError, ExternalTokenError},
    store::StoreError,
};

/// Why a response opened no session.
#[derive(Debug, thiserror::Error)]
pub enum CallbackError {
    /// This browser holds no flow with the response's state.
    #[error("the browser holds no such flow")]
    UnknownFlow,
    /// The flow is too old.
    #[error("the flow is expired")]
    ExpiredFlow,
    /// The flow came back before.
    #[error("the flow was used before")]
    UsedFlow,
    /// The response came back on another provider's redirect URI (mix-up, RFC 9700 §4.4).
    #[error("the response came back on another provider's redirect URI")]
    OtherProvider,
    /// The flow failed on its way to a profile.
    #[error(transparent)]
    Flow(#[from] CompleteError),
    /// The token that a front end brought vouches for nobody.
    #[error(transparent)]
    Token(#[from] ExternalTokenError),
    /// What waited at the link prompt is not there any more, or waited for another user.
    #[error("nothing waits at the link prompt")]
    NothingWaits,
    /// The policy said no.
    #[error("the linking policy refused: {}", .0.sentence())]
    Policy(Reason),
    /// The database did not answer, or not sensibly.
    #[error("the database: {0}")]
    Store(#[from] StoreError),
    /// The session could not be opened.
    #[error(transparent)]
    Session(SessionError),
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    NoRandomness,
}

impl CallbackError {
    /// Whether the database was away: the person is told to try again later, by a status that says so.
    pub fn is_our_database(&self) -> bool {
        match self {
            Self::Store(error) => error.is_temporary(),
            Self::Session(error) => error.is_temporary(),
            _ => false,
        }
    }

    /// What the audit trail records. `None` for what it has or must not have: the policy records its refusals itself, and
    /// anybody can send the response to an unknown flow.
    pub(super) const fn failure(&self) -> Option<FlowFailure> {
        Some(match self {
            Self::UnknownFlow | Self::UsedFlow | Self::Policy(_) | Self::Store(_) | Self::Session(_) => return None,
            Self::ExpiredFlow => FlowFailure::FlowExpired,
            Self::OtherProvider => FlowFailure::OtherProvider,
            Self::NothingWaits => FlowFailure::NoPendingLink,
            Self::NoRandomness => FlowFailure::NoRandomness,
            Self::Token(error) => match error {
                ExternalTokenError::NotOurClient => FlowFailure::OtherClient,
                ExternalTokenError::UnfitToken(_) => FlowFailure::InvalidToken,
                ExternalTokenError::IdToken(_) => FlowFailure::IdToken,
                ExternalTokenError::NoProfile => FlowFailure::NoProfile,
                ExternalTokenError::NotAdmitted => FlowFailure::NotAdmitted,
                ExternalTokenError::Unavailable { .. } => FlowFailure::ProviderUnavailable,
                ExternalTokenError::UnknownProvider
                | ExternalTokenError::NoIdTokens
                | ExternalTokenError::NoTokenCheck => FlowFailure::UnsupportedToken,
            },
            Self::Flow(error) => match error {
                CompleteError::ProviderChanged => FlowFailure::ProviderChanged,
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
