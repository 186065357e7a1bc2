//! Why a session ended.

use super::codes;

codes! {
    /// Why a session ended, as the login page says it to the browser that had the session.
    SessionEnd {
        /// The user signed out in this browser. Kept in a cookie, not in the database.
        SignedOutHere = "signed_out_here",
        /// The user ended it from another device.
        SignedOutElsewhere = "signed_out_elsewhere",
        PasswordChanged = "password_changed",
        PasswordReset = "password_reset",
        EmailChanged = "email_changed",
        /// A sign-in method was removed.
        MethodRemoved = "method_removed",
        /// The authenticator app was replaced or removed.
        SecondFactorChanged = "second_factor_changed",
        /// A change was undone from the email about it.
        Undone = "undone",
        /// "This wasn't me" in the email about this session.
        Disowned = "disowned",
        /// A refresh token was presented twice.
        TokenReused = "token_reused",
        /// The user has as many sessions as an account can have, and this was the least recently used.
        TooManySessions = "too_many_sessions",
        Expired = "expired",
        /// The provider of the sign-in reported that its session ended, or that the account there is at risk.
        EndedByProvider = "ended_by_provider",
        /// By an administrator, as the next one.
        SignedOutByAdmin = "signed_out_by_admin",
        Disabled = "disabled",
        /// The account was deleted.
        Deleted = "deleted",
    }
}
