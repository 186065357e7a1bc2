//! The reasons of a decision, each with a code and a sentence.

use std::fmt;

use crate::codes::codes;

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $sentence:literal;)+) => {
        codes! {
            /// A step towards a decision. A closed list: the audit trail keeps the codes.
            #[derive(PartialOrd, Ord)]
            Reason { $($(#[$doc])* $name = $code,)+ }
        }

        impl Reason {
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$name => $sentence,)+ }
            }
        }
    };
}

reasons! {
    IdentityMalformed = "identity_malformed", "The profile has no usable issuer and subject.";
    /// Rule 1.
    IdentityKnown = "identity_known", "The identity (issuer and subject) is linked to a user.";
    /// Not rule 1.
    IdentityUnknown = "identity_unknown", "The identity (issuer and subject) is not linked to a user.";
    UserDisabled = "user_disabled", "The user is disabled.";
    EmailAbsent = "email_absent", "The provider sent no email address.";
    EmailMalformed = "email_malformed", "The provider sent a malformed email address; it is treated as absent.";
    EmailUnverified = "email_unverified", "The provider does not say that it verified the email address, so the address is not used to look up a user.";
    EmailVerifiedByMailbox = "email_verified_by_authority", "The email address is verified, and this provider is the authority for it.";
    EmailVerifiedByProvider = "email_verified_by_provider", "The provider says that it verified the email address, but is not the authority for it.";
    /// Rule 4.
    EmailFree = "email_free", "No user owns the email address.";
    /// Rule 2.
    EmailOwned = "email_owned", "A user owns the same email address, verified by its authority or by a link.";
    /// Rule 2, and the user's own verification is weak.
    EmailOwnedUnconfirmed = "email_owned_unconfirmed", "A user owns the same email address, but only by the claim of a provider that is not the authority for it.";
    /// Rule 2, its last condition.
    OwnerHasIdentityHere = "owner_has_identity_here", "That user already has another identity at this provider.";
    /// Rule 2, its last condition.
    OwnerHasNoIdentityHere = "owner_has_no_identity_here", "That user has no other identity at this provider.";
    /// Rule 2: reading the mailbox is no second factor.
    OwnerHasSecondFactor = "owner_has_second_factor", "That user has a second factor, which linking waits for.";
    /// Rule 3.
    EmailSquatted = "email_squatted", "A user signed up with the email address and a password and never confirmed it; the account loses what depended on it.";
    /// Rule 3, the harmless case.
    EmailClaimed = "email_claimed", "A user from another provider has the email address as an unverified claim; the claim is dropped.";
    EmailAdopted = "email_adopted", "The email address becomes the user's.";
    EmailKeptOwnedByAnother = "email_kept_owned_by_another", "Another user owns the email address; the user keeps theirs, and only the identity's claim is updated.";
    EmailKeptOwn = "email_kept_own", "The user has an email address of their own, which did not come from this identity; they keep it.";
    TooManyChanges = "too_many_changes", "The account has changed very often recently: its email address follows no provider, and no identity is linked without asking.";
    SignUpClosed = "sign_up_closed", "Sign-up is closed.";
    NotInvited = "not_invited", "Sign-up requires an invitation to the email address, verified by its authority or by a link.";
    DomainNotAdmitted = "domain_not_admitted", "Sign-up requires an email address of an allowed domain or with an invitation, verified by its authority or by a link.";
    SessionMissing = "session_missing", "No user is signed in in this browser.";
    /// Another user's flow, finished in this browser.
    SessionOfAnother = "session_of_another", "The user who is signed in in this browser did not start this.";
    SessionOfStarter = "session_of_starter", "The user who started this is signed in in this browser.";
    IdentityOwnedByAnother = "identity_owned_by_another", "The identity is linked to another user and does not move.";
    IdentityOwnedBySelf = "identity_owned_by_self", "The identity is linked to this user already.";
    TooManyIdentities = "too_many_identities", "The user has as many identities as an account can have, or has added very many sign-in methods recently.";
    ReauthenticationMismatch = "reauthentication_mismatch", "The identity is not linked to the user who had to sign in.";
    IdentityOfUser = "identity_of_user", "The identity is linked to the user who had to sign in.";
    EmailVerifiedByLink = "email_verified_by_link", "The email address is verified: the user opened the link that was sent to it.";
    GrantForAnotherIdentity = "grant_for_another_identity", "The user picked another account at the provider than the one requested.";
    GrantIdentityNotLinked = "grant_identity_not_linked", "The identity is no longer linked to this user.";
    GrantForTheIdentity = "grant_for_the_identity", "The user picked the requested account at the provider.";
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.sentence())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_reason_has_a_code_of_its_own_and_a_sentence() {
        let codes: BTreeSet<_> = Reason::ALL.iter().map(|reason| reason.code()).collect();
        assert_eq!(codes.len(), Reason::ALL.len());
        assert!(Reason::ALL.iter().all(|reason| reason.sentence().ends_with('.')));
    }
}
