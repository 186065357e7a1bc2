//! What becomes of a request to delete data that a provider passes on.

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataDeletion {
    /// The provider was the only sign-in method: the account is deleted, with all that belongs to it.
    AccountDeleted,
    /// The user has other sign-in methods: what came from the provider is deleted.
    ProviderDataDeleted,
    /// No user here has that account.
    NothingHeld,
    /// An operator disabled the user, who could otherwise come back as another user. The operator decides.
    Withheld,
}

impl DataDeletion {
    pub const ALL: [Self; 4] = [Self::AccountDeleted, Self::ProviderDataDeleted, Self::NothingHeld, Self::Withheld];

    /// As in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::AccountDeleted => "account_deleted",
            Self::ProviderDataDeleted => "provider_data_deleted",
            Self::NothingHeld => "nothing_held",
            Self::Withheld => "withheld",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.code() == code)
    }
}
