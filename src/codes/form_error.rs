//! Why a form failed, as the redirect's query carries it. Anyone can write that query, so it carries a code of a closed list
//! and never text; `ui` chooses the sentence.

use super::{codes, percent::with_query};

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
        /// Too many emails were requested, from this network, in all, or with codes for this account.
        TooManyEmails = "too_many_emails",
        EmailInvalid = "email_invalid",
        /// The account has this email already.
        EmailUnchanged = "email_unchanged",
        /// Fewer characters than the minimum (`PASSWORD_MIN_LENGTH`).
        PasswordShort = "password_short",
        /// More than 1024 characters.
        PasswordLong = "password_long",
        /// The password is on the list of common passwords.
        PasswordCommon = "password_common",
        /// The password is known from a data breach (`BREACHED_PASSWORDS`).
        PasswordBreached = "password_breached",
        /// The password is derived from the user's email or the site's name.
        PasswordPersonal = "password_personal",
        /// The response of the browser or its authenticator failed a check; the audit trail names it.
        PasskeyInvalid = "passkey_invalid",
        /// No account has this passkey: it was removed.
        PasskeyUnknown = "passkey_unknown",
        /// The challenge is too old, was used, or belongs to another browser.
        PasskeyExpired = "passkey_expired",
        /// The credential was added before.
        PasskeyExists = "passkey_exists",
        TooManyPasskeys = "too_many_passkeys",
        /// The account has as many identities as it can have, or the user has changed sign-in methods very often this week.
        TooManyIdentities = "too_many_identities",
        /// The user has changed sign-in methods very often this week.
        TooManyChanges = "too_many_changes",
        /// An empty name.
        NameNeeded = "name_needed",
        /// The link of the email was used, has expired, or another one was used since.
        EmailLinkInvalid = "email_link_invalid",
        /// The link belongs to another user than the one signed in in this browser.
        EmailLinkOfAnotherUser = "email_link_of_another_user",
        /// The code from an email is wrong.
        EmailCodeWrong = "email_code_wrong",
        /// The code was used, has expired, had too many tries, or was sent for another browser.
        EmailCodeExpired = "email_code_expired",
        /// The code of an authenticator app or a recovery code is wrong, or was used.
        SecondFactorWrong = "second_factor_wrong",
        /// Too many codes of the second factor were tried for this account.
        TooManyCodes = "too_many_codes",
        /// The second step took too long, had too many tries, or was begun in another browser.
        SecondFactorExpired = "second_factor_expired",
        /// The account has a second factor, and the method shows only the first.
        SecondFactorNeeded = "second_factor_needed",
        /// Every account needs a second factor here (`SECOND_FACTOR=required`).
        SecondFactorRequired = "second_factor_required",
        /// The page with the QR code is too old.
        EnrolmentExpired = "enrolment_expired",
        /// New accounts are not created for this email (`SIGN_UP`).
        SignUpNotPermitted = "sign_up_not_permitted",
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
        /// An administrator acted on their own account.
        OwnAccount = "own_account",
        /// The provider cannot be reached.
        ProviderUnavailable = "provider_unavailable",
        /// The provider answers, but its metadata is unusable.
        ProviderUnusable = "provider_unusable",
        /// Only the operator can help: the provider's address or its algorithms do not fit the configuration.
        SiteMisconfigured = "site_misconfigured",
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_joins_the_query_of_its_page() {
        assert_eq!(FormError::Busy.path("/login?return_to=%2Fa"), "/login?return_to=%2Fa&error=busy#error");
    }
}
