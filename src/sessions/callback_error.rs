//! Why an authorization response opened no session.

use super::session_error::SessionError;
use crate::{
    accounts::Reason,
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

    /// The refusal in one word, for the audit trail.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownFlow => "flow_unknown",
            Self::ExpiredFlow => "flow_expired",
            Self::UsedFlow => "flow_used",
            Self::OtherProvider => "other_provider",
            Self::NothingWaits => "nothing_waits",
            Self::Token(error) => match error {
                ExternalTokenError::NotOurClient => "not_our_client",
                ExternalTokenError::UnfitToken(_) => "unfit_token",
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

    /// The decision's own event is written in its transaction; an unknown flow is nobody's.
    pub(super) const fn is_worth_a_row(&self) -> bool {
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
