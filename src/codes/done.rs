//! What a form did, as the redirect's query carries it: a code, as of [`FormError`](super::form_error::FormError).

use super::{codes, percent::with_query};

codes! {
    /// What a form did (`?done=<code>`).
    Done {
        /// A first sign-in created the account.
        Welcome = "welcome",
        /// The sign-up that this browser began was finished in another one.
        SignedUpElsewhere = "signed_up_elsewhere",
        /// A sign-in with a provider linked it, as the provider runs the account's mailbox.
        LinkedWithoutAsking = "linked_without_asking",
        /// A new password was chosen with a reset link.
        PasswordReset = "password_reset",
        Linked = "linked",
        AlreadyLinked = "already_linked",
        Unlinked = "unlinked",
        LinkCancelled = "link_cancelled",
        /// The account's first password was set.
        PasswordSet = "password_set",
        PasswordChanged = "password_changed",
        PasskeyAdded = "passkey_added",
        PasskeyRenamed = "passkey_renamed",
        PasskeyRemoved = "passkey_removed",
        SecondFactorAdded = "second_factor_added",
        SecondFactorRemoved = "second_factor_removed",
        /// Whether the second factor is asked for after providers.
        SecondFactorChanged = "second_factor_changed",
        BrowserForgotten = "browser_forgotten",
        EmailChanged = "email_changed",
        EmailChangeCancelled = "email_change_cancelled",
        ProfileSaved = "profile_saved",
        /// One session of the user was ended.
        DeviceEnded = "device_ended",
        /// All other sessions of the user were ended.
        OthersEnded = "others_ended",
        /// A change was undone from the notification email; all sessions ended and a new password is required.
        Undone = "undone",
        /// The API access was removed here; the page shows whether the provider confirmed the revocation.
        Disconnected = "disconnected",
        /// By an administrator, as the next four.
        UserDisabled = "user_disabled",
        UserEnabled = "user_enabled",
        UserSignedOut = "user_signed_out",
        UserDeleted = "user_deleted",
        Invited = "invited",
        /// The account was deleted.
        Deleted = "deleted",
    }
}

impl Done {
    /// A page (a path, which may have a query) that says what was done.
    pub fn path(self, page: &str) -> String {
        with_query(page, &[("done", self.code())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_joins_the_query_of_its_page() {
        assert_eq!(Done::Linked.path("/settings"), "/settings?done=linked");
        assert_eq!(Done::Linked.path("/drive?q=a"), "/drive?q=a&done=linked");
    }
}
