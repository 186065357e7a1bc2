//! Why we cannot see what a person has at their provider.

use crate::store::{GrantEndReason, StoreError};

/// Why there is nothing to see.
#[derive(Debug, thiserror::Error)]
pub enum GrantError {
    /// The person has not let us, or not any more: a step-up.
    #[error("this is not granted")]
    NotGranted,
    /// The person has let us, and their provider took it out of the grant since: the person has to connect anew.
    #[error("this is not granted any more")]
    Withdrawn,
    /// The grant ended by itself: the person has to connect anew.
    #[error("the grant has ended: {}", .0.code())]
    Lost(GrantEndReason),
    /// The API asked us to wait.
    #[error("the API wants to be left alone for {seconds} seconds")]
    Busy {
        /// For how long still.
        seconds: u64,
    },
    /// The provider does not answer, or not sensibly.
    #[error("the provider does not answer")]
    Away,
    /// The tokens were sealed with a key that we do not have: a matter for the operator.
    #[error("no key of ours opens the tokens")]
    Unreadable,
    /// The API says no, for a reason that neither waiting nor another grant changes.
    #[error("the API refuses")]
    Refused,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}
