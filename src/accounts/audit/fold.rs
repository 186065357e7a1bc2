//! Which events share a row of the audit trail.

use super::{AuditEvent, DecisionOutcome, SecondFactorEvent};

impl AuditEvent {
    /// Whether anybody can cause the event again and again: an attempt that was refused, or a form for an email address.
    /// Such events share a row with a count, so that no stranger can fill the table or push an account's own history out.
    pub const fn folds(&self) -> bool {
        match self {
            Self::WrongPassword
            | Self::WrongCode { .. }
            | Self::EmailCodeRequested
            | Self::SignInCodeRequested
            | Self::WrongSignInCode
            | Self::PasskeyRefused { .. }
            | Self::SignUpRequested
            | Self::PasswordResetRequested
            | Self::SecondFactor(SecondFactorEvent::Refused)
            | Self::FlowFailed { .. } => true,
            Self::Decision { outcome, .. } | Self::SignUp { outcome, .. } => {
                matches!(outcome, DecisionOutcome::Prompt | DecisionOutcome::Refused | DecisionOutcome::LinkedElsewhere)
            }
            Self::SignIn { .. }
            | Self::Reauthenticated { .. }
            | Self::SignOut { .. }
            | Self::PasswordChanged { .. }
            | Self::PasswordReset
            | Self::PasskeyAdded
            | Self::PasskeyRemoved
            | Self::SecondFactor(_)
            | Self::SecondFactorPassed { .. }
            | Self::EmailChangeRequested
            | Self::EmailChangeCancelled
            | Self::EmailChanged
            | Self::NameChanged
            | Self::Unlinked { .. }
            | Self::Undone(_)
            | Self::SessionEnded
            | Self::SessionDisowned
            | Self::Warned(_)
            | Self::OtherSessionsEnded
            | Self::AllSessionsEnded
            | Self::PasswordRemoved
            | Self::Invited
            | Self::Disabled
            | Self::Enabled
            | Self::ProviderReported { .. }
            | Self::Imported
            | Self::FlowInspected { .. }
            | Self::TokenReused
            | Self::GrantEnded { .. }
            | Self::AccountDeleted => false,
        }
    }
}
