//! The page on a request to delete data.

/// What became of the request with the code, if one was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DataDeletionView {
    /// No code yet.
    Ask,
    /// No request has this code, or it is too long ago.
    Unknown,
    Known {
        /// The provider's label.
        provider: String,
        outcome: DeletionOutcome,
        /// Unix seconds.
        requested_at: i64,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeletionOutcome {
    AccountDeleted,
    ProviderDataDeleted,
    NothingHeld,
    Withheld,
}
