//! Access to a provider's API: asking for it, and why it is missing.

use super::ProviderButton;
use crate::codes::access::Access;

/// The page that asks for a permission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectView {
    pub access: Access,
    /// The person's accounts at the provider. If empty, one has to be linked first.
    pub accounts: Vec<AccountView>,
    /// `None` if the provider is not enabled here.
    pub provider: Option<ProviderButton>,
    /// Why an earlier connection ended.
    pub lost: Option<Lost>,
    /// Where to go once it is connected: a path on this site.
    pub return_to: String,
}

/// Why access that was granted once is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// The provider rejects our token: the person revoked it, changed their password, or did not use it for long.
    Revoked,
    /// It expired and cannot be refreshed.
    Expired,
    /// The person or an administrator removed this scope from the grant.
    Withdrawn,
}

/// One of the person's accounts at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountView {
    /// Names its identity in forms and in `?account=`.
    pub identity: String,
    /// Its email address or name, or "your Google account".
    pub label: String,
    pub sees: Vec<Access>,
}

/// Why the provider's API returns nothing at present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProviderApiError {
    /// Rate limited.
    RateLimited {
        /// Until the next attempt.
        seconds: u64,
    },
    /// No response, or an unusable one.
    Unavailable,
    /// The tokens were sealed with a key that this server does not have.
    Unreadable,
    /// Access denied: an administrator disabled the API for this account, for example.
    Refused,
    NoSuchFolder,
    /// The page token has expired or never existed.
    NoSuchPage,
}
