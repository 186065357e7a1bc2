//! Connected services, in the settings.

use super::Lost;
use crate::codes::access::Access;

/// The access granted by one account at a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantView {
    /// Names the identity in the form that disconnects.
    pub identity: String,
    pub slug: String,
    /// The provider's label.
    pub provider: String,
    /// The account there.
    pub account: String,
    /// What Latchkey can see, or could.
    pub sees: Vec<Access>,
    /// What the provider removed from the grant since.
    pub withdrawn: Vec<Access>,
    /// Other granted scopes, by the provider's names.
    pub further: Vec<String>,
    /// When it was first granted.
    pub given_at: i64,
    pub used_at: Option<i64>,
    pub state: GrantState,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GrantState {
    /// Works, and is refreshed automatically.
    Renewed {
        /// When the provider drops it unless it is used.
        unused_until: i64,
    },
    /// Works until then, and cannot be refreshed.
    Until(i64),
    Lost(Lost),
    /// Disconnected: our tokens are deleted, and the provider is being notified.
    BeingRevoked {
        /// Failed attempts so far.
        attempts: u32,
        /// URL where the person can revoke it themselves.
        by_hand: String,
    },
    /// Disconnected, and confirmed by the provider.
    Revoked {
        at: i64,
    },
    /// Disconnected, but the provider never confirmed: the person has to revoke it there.
    NotRevoked {
        /// URL where they can.
        by_hand: String,
    },
}
