//! Why an authorization response opened no session.

use super::session_error::SessionError;
use crate::{
    accounts::Reason,
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
    /// An id_token of Google's button was refused.
    #[error(transparent)]
    Token(#[from] ExternalTokenError),
    /// The pending link has expired, is used, or belongs to another user.
    #[error("no pending link")]
    NoPendingLink,
    #[error("the linking policy refused: {}", .0.sentence())]
    Policy(Reason),
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

    /// The reason in the audit trail.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownFlow => "flow_unknown",
            Self::ExpiredFlow => "flow_expired",
            Self::UsedFlow => "flow_used",
            Self::OtherProvider => "other_provider",
            Self::NoPendingLink => "nothing_waits",
            Self::Token(error) => match error {
                ExternalTokenError::NotOurClient => "not_our_client",
                ExternalTokenError::UnfitTokenError(_) => "unfit_token",
                ExternalTokenError::IdToken(_) => "id_token",
                ExternalTokenError::NoProfile => "no_profile",
                ExternalTokenError::NotAdmitted => "not_admitted",
                ExternalTokenError::Unavailable { .. } => "provider_silent",
                ExternalTokenError::UnknownProvider
                | ExternalTokenError::NoIdTokens
                | ExternalTokenError::NoTokenCheck => "no_such_token",
            },
            Self::Policy(reason) => reason.code(),
            Self::Store(_) => "database",
            Self::Session(_) => "session",
            Self::NoRandomness => "no_randomness",
            Self::Flow(error) => match error {
                CompleteError::ProviderChanged => "provider_changed",
                CompleteError::Response(_) => "authorization_response",
                CompleteError::Metadata(_) => "metadata",
                CompleteError::BreakerOpen => "breaker_open",
                CompleteError::Client(ClientError::NoAuthentication) => "client_authentication",
                CompleteError::Http(_) => "provider_silent",
                CompleteError::Token(_) => "token_response",
                CompleteError::Keys(_) => "keys",
                CompleteError::IdToken(_) => "id_token",
                CompleteError::Userinfo(_) => "userinfo",
                CompleteError::Client(ClientError::Secret(_)) => "client_secret",
                CompleteError::Api(_) => "api",
                CompleteError::NoProfile => "no_profile",
                CompleteError::NotAdmitted => "not_admitted",
            },
        }
    }

    /// Whether it is recorded. A decision's event is part of its transaction; an unknown flow belongs to no user, and anyone
    /// can send one.
    pub(super) const fn is_recorded(&self) -> bool {
        !matches!(self, Self::UnknownFlow | Self::UsedFlow | Self::Policy(_) | Self::Store(_) | Self::Session(_))
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
