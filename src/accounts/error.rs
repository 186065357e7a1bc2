//! What can be wrong with a value that claims to be one of ours.

/// Why a value was not accepted. Never carries the value itself: it came from outside and may end in a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountsError {
    /// Not an e-mail address in the form that we accept; the text names the rule.
    #[error("not an e-mail address that we accept: {0}")]
    Email(&'static str),
    /// Issuer or subject is empty, too long, or holds control characters.
    #[error("not an identity: issuer or subject is empty, too long or holds control characters")]
    IdentityKey,
    /// Not an id of ours.
    #[error("not an id")]
    Id,
}
