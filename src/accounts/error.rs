//! Errors of values from outside.

/// Never contains the value, which comes from outside and may end up in a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountsError {
    /// The text names the rule that was broken.
    #[error("unacceptable email address: {0}")]
    Email(&'static str),
    #[error("issuer or subject is empty, too long or contains control characters")]
    IdentityKey,
    #[error("not an id")]
    Id,
}
