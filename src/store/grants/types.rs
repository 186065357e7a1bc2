//! A grant: what a provider issued for an identity beyond who it is.

use secrecy::SecretString;
use time::OffsetDateTime;

use crate::accounts::{IdentityId, UserId};
use crate::oauth::Scopes;

#[derive(Clone, Debug)]
pub struct NewGrant {
    /// The granted scopes, not the requested ones.
    pub scopes: Scopes,
    pub access_token: SecretString,
    /// `None` where the provider does not say.
    pub access_expires_at: Option<OffsetDateTime>,
    /// `None` keeps the present one.
    pub refresh_token: Option<SecretString>,
}

/// Without its tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    pub identity: IdentityId,
    pub user: UserId,
    /// The provider's slug.
    pub provider: String,
    pub scopes: Scopes,
    /// The scopes that the user last agreed to. What is missing from `scopes`, the provider has withdrawn since.
    pub agreed: Scopes,
    /// Added scopes do not change it.
    pub given_at: OffsetDateTime,
    /// To the minute.
    pub used_at: Option<OffsetDateTime>,
    /// `None` where the provider does not say.
    pub access_expires_at: Option<OffsetDateTime>,
    /// Whether there is a refresh token.
    pub renewable: bool,
    pub state: GrantStatus,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantStatus {
    Live,
    /// The user has to connect again.
    Lost(GrantEndReason),
    /// By the user.
    Disconnected {
        at: OffsetDateTime,
        revocation: RevocationStatus,
    },
}

/// Why a grant ended without the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantEndReason {
    /// The provider no longer accepts the tokens.
    Revoked,
    /// The access token expired, and there was no refresh token.
    Expired,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevocationStatus {
    Pending {
        /// Failed attempts.
        attempts: u32,
    },
    /// The provider has confirmed it.
    Done { at: OffsetDateTime },
    /// Given up without a confirmation.
    Failed,
}

#[derive(Debug)]
pub enum FoundGrant {
    /// There is none, or the user has disconnected it.
    None,
    Lost(GrantEndReason),
    /// The tokens were sealed with an unknown key.
    Unreadable,
    Live(Box<OpenGrant>),
}

#[derive(Debug)]
pub struct OpenGrant {
    /// Counts changes of the tokens.
    pub generation: i64,
    pub scopes: Scopes,
    pub agreed: Scopes,
    pub access_token: SecretString,
    /// `None` where the provider does not say.
    pub access_expires_at: Option<OffsetDateTime>,
    pub refresh_token: Option<SecretString>,
    /// The lease of the process that is refreshing the tokens.
    pub refreshing_until: Option<OffsetDateTime>,
    pub(in crate::store) used_at: Option<i64>,
}

impl GrantEndReason {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Revoked => "revoked",
            Self::Expired => "expired",
        }
    }

    pub(in crate::store) fn from_code(code: &str) -> Option<Self> {
        [Self::Revoked, Self::Expired].into_iter().find(|because| because.code() == code)
    }
}

/// The code of [`GrantStatus::Disconnected`].
pub(in crate::store) const DISCONNECTED: &str = "disconnected";
