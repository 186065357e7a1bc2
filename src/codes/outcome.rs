//! What a form led to, as both halves know it: closed lists of codes. They travel in a query that anyone can write, so
//! that each is a code of its list and never text; the sentence is chosen in `ui`.

/// The `id` of what a page says went wrong, and the fragment of the redirect that leads there: the browser scrolls to the
/// message and gives it the focus, with or without JavaScript.
pub const ERROR_ANCHOR: &str = "error";

macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $code:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$each])* $variant,)+ }

        impl $name {
            /// Every one, for tests that walk over all of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The code in the query string, `snake_case`.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// The one of a code; `None` for anything that is not of the list.
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.code() == code)
            }
        }
    };
}

pub(super) use codes;

codes! {
    /// Why a form did not do what it was to do (`?error=<code>`). One code, one sentence, one next step.
    FormError {
        /// The address and the password do not belong together; the same for an address that nobody has.
        WrongCredentials = "wrong_credentials",
        /// The password is not the signed-in person's, or not the one of the account that is to be linked.
        WrongPassword = "wrong_password",
        /// Too many tries for this account from places that it does not know.
        TooManyAttempts = "too_many_attempts",
        /// More sign-ins with passwords are under way than this machine can take.
        Busy = "busy",
        /// Not an e-mail address that we accept.
        EmailInvalid = "email_invalid",
        /// The address is the account's already.
        EmailUnchanged = "email_unchanged",
        /// The password has fewer than 8 characters.
        PasswordShort = "password_short",
        /// The password has more than 1024 characters.
        PasswordLong = "password_long",
        /// The password is among those that are tried first.
        PasswordCommon = "password_common",
        /// The password is made of the person's own address or of our name.
        PasswordPersonal = "password_personal",
        /// The letter's link was used, ran out, or was replaced by a newer one.
        EmailLinkInvalid = "email_link_invalid",
        /// The letter was asked for by somebody who is not signed in in this browser.
        EmailLinkOfAnotherUser = "email_link_of_another_user",
        /// The link prompt ran out, was used, or belongs to another browser.
        LinkExpired = "link_expired",
        /// The proof was another account's.
        ProofOfAnother = "reauthentication_mismatch",
        /// The identity is linked to another user.
        LinkedElsewhere = "linked_elsewhere",
        /// The only way in that is left.
        LastSignInMethod = "last_sign_in_method",
        /// A verified address is needed first.
        EmailNeeded = "email_needed",
        /// The word that confirms a deletion was not typed.
        ConfirmationMissing = "confirmation_missing",
        /// The provider does not answer at the moment.
        ProviderUnavailable = "provider_unavailable",
        /// There is no such identity, session or provider (any more).
        NotThere = "not_found",
        /// The person let us in at the provider, but not to what we asked for.
        ScopeDeclined = "scope_declined",
        /// The person came back as another account of the provider than the one that was to be connected.
        AccountMismatch = "account_mismatch",
        /// Our own fault; the log has the cause.
        ServerError = "server_error",
    }
}

codes! {
    /// What was done (`?done=<code>`).
    Done {
        /// A provider was linked.
        Linked = "linked",
        /// The provider was linked before.
        AlreadyLinked = "already_linked",
        /// An identity was unlinked.
        Unlinked = "unlinked",
        /// The link prompt was cancelled: nothing changed.
        LinkCancelled = "link_cancelled",
        /// A first password was set.
        PasswordSet = "password_set",
        /// The password was changed.
        PasswordChanged = "password_changed",
        /// The address was changed.
        EmailChanged = "email_changed",
        /// The profile was saved.
        ProfileSaved = "profile_saved",
        /// One browser was signed out.
        DeviceEnded = "device_ended",
        /// All other browsers were signed out.
        OthersEnded = "others_ended",
        /// A change was taken back; no way in is left but a new password.
        Undone = "undone",
        /// We may see nothing there any more; what becomes of it at the provider, the page says.
        Disconnected = "disconnected",
        /// The account is gone.
        Deleted = "deleted",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_is_its_own_and_finds_its_way_back() {
        let form_errors: BTreeSet<_> = FormError::ALL.iter().map(|form_error| form_error.code()).collect();
        let done: BTreeSet<_> = Done::ALL.iter().map(|done| done.code()).collect();
        assert_eq!((form_errors.len(), done.len()), (FormError::ALL.len(), Done::ALL.len()));
        assert!(FormError::ALL.iter().all(|form_error| FormError::from_code(form_error.code()) == Some(*form_error)));
        assert!(Done::ALL.iter().all(|done| Done::from_code(done.code()) == Some(*done)));
        assert_eq!((FormError::from_code("<script>"), Done::from_code("")), (None, None));
    }
}
