//! The outcome of a form, as the redirect's query carries it. Anyone can write that query, so it carries a code of a
//! closed list and never text; `ui` chooses the sentence.

use super::percent::with_query;

/// The `id` of a page's error message, and the fragment of the redirect to it: the browser scrolls to the message and
/// focuses it, with or without JavaScript.
pub const ERROR_ANCHOR: &str = "error";

/// A page (a path, which may have a query) with these parameters and the fragment of its error message.
pub fn error_path(page: &str, parameters: &[(&str, &str)]) -> String {
    format!("{}#{ERROR_ANCHOR}", with_query(page, parameters))
}

impl FormError {
    /// A page (a path, which may have a query) that shows this error.
    pub fn path(self, page: &str) -> String {
        error_path(page, &[("error", self.code())])
    }
}

impl Done {
    /// A page (a path, which may have a query) that says what was done.
    pub fn path(self, page: &str) -> String {
        with_query(page, &[("done", self.code())])
    }
}

macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $code:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$each])* $variant,)+ }

        impl $name {
            /// Every variant, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The code, in `snake_case`.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// Parses a code; `None` for anything else.
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.code() == code)
            }
        }
    };
}

pub(super) use codes;

codes! {
    /// Why a form failed (`?error=<code>`). One code, one sentence, one next step.
    FormError {
        /// Wrong email or password. The same code whether or not an account has the email.
        WrongCredentials = "wrong_credentials",
        /// Wrong password of the signed-in user, or of the account to link.
        WrongPassword = "wrong_password",
        /// Too many failed password attempts for this account from unknown browsers.
        TooManyAttempts = "too_many_attempts",
        /// The password hashing queue is full.
        Busy = "busy",
        EmailInvalid = "email_invalid",
        /// The account has this email already.
        EmailUnchanged = "email_unchanged",
        /// Fewer than 8 characters.
        PasswordShort = "password_short",
        /// More than 1024 characters.
        PasswordLong = "password_long",
        /// The password is on the list of common passwords.
        PasswordCommon = "password_common",
        /// The password is derived from the user's email or the site's name.
        PasswordPersonal = "password_personal",
        /// The link of the email was used, has expired, or was replaced by a newer one.
        EmailLinkInvalid = "email_link_invalid",
        /// The link belongs to another user than the one signed in in this browser.
        EmailLinkOfAnotherUser = "email_link_of_another_user",
        /// The link prompt has expired, was used, or belongs to another browser.
        LinkExpired = "link_expired",
        /// The user re-authenticated with another account.
        ReauthenticationMismatch = "reauthentication_mismatch",
        /// The identity is linked to another user.
        LinkedElsewhere = "linked_elsewhere",
        /// The account's only remaining sign-in method cannot be removed.
        LastSignInMethod = "last_sign_in_method",
        /// The account needs a verified email first.
        EmailNeeded = "email_needed",
        /// The user did not type the word that confirms the deletion.
        ConfirmationMissing = "confirmation_missing",
        /// The provider cannot be reached.
        ProviderUnavailable = "provider_unavailable",
        /// No such identity, session or provider.
        NotFound = "not_found",
        /// The user signed in at the provider but declined the requested scope.
        ScopeDeclined = "scope_declined",
        /// The user chose another account at the provider than the one to connect.
        AccountMismatch = "account_mismatch",
        /// An internal error; the log has the cause.
        ServerError = "server_error",
    }
}

codes! {
    /// What a form did (`?done=<code>`).
    Done {
        Linked = "linked",
        AlreadyLinked = "already_linked",
        Unlinked = "unlinked",
        LinkCancelled = "link_cancelled",
        /// The account's first password was set.
        PasswordSet = "password_set",
        PasswordChanged = "password_changed",
        EmailChanged = "email_changed",
        ProfileSaved = "profile_saved",
        /// One session of the user was ended.
        DeviceEnded = "device_ended",
        /// All other sessions of the user were ended.
        OthersEnded = "others_ended",
        /// A change was undone from the notification email; all sessions ended and a new password is required.
        Undone = "undone",
        /// The API access was removed here; the page shows whether the provider confirmed the revocation.
        Disconnected = "disconnected",
        /// The account was deleted.
        Deleted = "deleted",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn outcomes_join_the_query_of_their_page() {
        assert_eq!(Done::Linked.path("/settings"), "/settings?done=linked");
        assert_eq!(Done::Linked.path("/drive?q=a"), "/drive?q=a&done=linked");
        assert_eq!(FormError::Busy.path("/login?return_to=%2Fa"), "/login?return_to=%2Fa&error=busy#error");
    }

    #[test]
    fn codes_are_unique_and_parse_back() {
        let form_errors: BTreeSet<_> = FormError::ALL.iter().map(|form_error| form_error.code()).collect();
        let done: BTreeSet<_> = Done::ALL.iter().map(|done| done.code()).collect();
        assert_eq!((form_errors.len(), done.len()), (FormError::ALL.len(), Done::ALL.len()));
        assert!(FormError::ALL.iter().all(|form_error| FormError::from_code(form_error.code()) == Some(*form_error)));
        assert!(Done::ALL.iter().all(|done| Done::from_code(done.code()) == Some(*done)));
        assert_eq!((FormError::from_code("<script>"), Done::from_code("")), (None, None));
    }
}
