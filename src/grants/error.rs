//! Why an API cannot be called, or did not return data.

use crate::store::{GrantEndReason, StoreError};

#[derive(Debug, thiserror::Error)]
pub enum GrantError {
    /// The user has not granted it, or has disconnected it.
    #[error("access was not granted")]
    NotGranted,
    /// The user had granted it, and the provider has removed the scope since: the user has to connect again.
    #[error("access was withdrawn at the provider")]
    Withdrawn,
    /// The grant was revoked or has expired: the user has to connect again.
    #[error("the grant has ended: {}", .0.code())]
    Lost(GrantEndReason),
    #[error("rate limited by the provider; retry in {seconds} s")]
    RateLimited { seconds: u64 },
    /// Unreachable, or an unexpected response.
    #[error("the provider is unavailable")]
    Unavailable,
    /// For the operator: a key is missing from `SECRET_KEY`.
    #[error("the tokens were sealed with an unknown key")]
    Unreadable,
    /// For a reason that neither waiting nor another grant changes.
    #[error("the provider's API refused the request")]
    Refused,
    #[error(transparent)]
    Store(#[from] StoreError),
}
