//! What a provider's message about a user does here. Pure.
//!
//! | message | sessions | API access | otherwise |
//! |---|---|---|---|
//! | logout | that one, or those by this provider | | |
//! | sessions revoked | by this provider | | |
//! | tokens revoked, consent revoked, account disabled | by this provider | ends | |
//! | account hijacked | all | ends | an email |
//! | credential compromised | all | | an email |
//! | data deletion requested | by this provider | ends | what came from it goes: the sign-in method, or the account that has no other |
//! | account purged | by this provider | ends | the sign-in method goes, unless it is the last one |
//! | email disabled | | | the address counts as a provider's claim |
//! | email enabled, account enabled, … | | | |
//!
//! A user who comes back by the same account is the same user: `sub` is never reassigned. So a withdrawn consent unlinks nothing.

use crate::oidc::SecurityEventKind;

/// Which sessions end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum EndedSessions {
    #[default]
    None,
    /// The session that the message names, or else those that this identity opened.
    OfIdentity,
    /// All of the user's: an attacker may have used this identity to add another sign-in method.
    OfUser,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProviderEventEffects {
    pub sessions: EndedSessions,
    /// The provider has revoked our tokens.
    pub ends_grant: bool,
    /// The identity's address, if it is the user's, is one that only a provider claims.
    pub doubts_email: bool,
    pub unlinks: bool,
    /// What came from the provider is deleted: with its last sign-in method, the account.
    pub erases: bool,
    /// The user gets an email.
    pub warns: bool,
}

impl ProviderEventEffects {
    pub fn of(kind: SecurityEventKind) -> Self {
        const NONE: ProviderEventEffects = ProviderEventEffects {
            sessions: EndedSessions::None,
            ends_grant: false,
            doubts_email: false,
            unlinks: false,
            erases: false,
            warns: false,
        };
        let of_identity = Self { sessions: EndedSessions::OfIdentity, ..NONE };
        let of_user = Self { sessions: EndedSessions::OfUser, warns: true, ..NONE };
        match kind {
            SecurityEventKind::Logout | SecurityEventKind::SessionsRevoked => of_identity,
            SecurityEventKind::TokensRevoked
            | SecurityEventKind::ConsentRevoked
            | SecurityEventKind::AccountDisabled => Self { ends_grant: true, ..of_identity },
            SecurityEventKind::AccountHijacked => Self { ends_grant: true, ..of_user },
            SecurityEventKind::CredentialCompromised => of_user,
            SecurityEventKind::AccountPurged => Self { ends_grant: true, unlinks: true, ..of_identity },
            SecurityEventKind::DataDeletionRequested => Self { ends_grant: true, erases: true, ..of_identity },
            SecurityEventKind::EmailDisabled => Self { doubts_email: true, ..NONE },
            SecurityEventKind::TokenRevoked
            | SecurityEventKind::AccountEnabled
            | SecurityEventKind::CredentialChangeRequired
            | SecurityEventKind::EmailEnabled
            | SecurityEventKind::Verification => NONE,
        }
    }

    /// Whether the message says anything about a user.
    pub fn is_recorded(kind: SecurityEventKind) -> bool {
        kind != SecurityEventKind::Verification
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_stolen_account_ends_every_session() {
        for kind in SecurityEventKind::ALL {
            let effects = ProviderEventEffects::of(kind);
            let is_stolen =
                matches!(kind, SecurityEventKind::AccountHijacked | SecurityEventKind::CredentialCompromised);
            assert_eq!(effects.sessions == EndedSessions::OfUser, is_stolen, "{kind:?}");
            assert_eq!(effects.warns, is_stolen, "{kind:?}");
        }
    }

    #[test]
    fn what_ends_or_removes_also_ends_the_sessions_of_the_identity() {
        for kind in SecurityEventKind::ALL {
            let effects = ProviderEventEffects::of(kind);
            if effects.ends_grant || effects.unlinks || effects.erases {
                assert!(effects.sessions >= EndedSessions::OfIdentity, "{kind:?}");
            }
        }
    }
}
