//! The reasons that a decision gives, each a code for the log and a sentence for a person.

use std::fmt;

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $sentence:literal;)+) => {
        /// One step on the way to a decision. A closed list: the audit trail keeps the codes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Reason { $($(#[$doc])* $name,)+ }

        impl Reason {
            /// Every reason.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The reason in `snake_case`, as the audit trail keeps it.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// The reason in a sentence.
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$name => $sentence,)+ }
            }
        }
    };
}

reasons! {
    /// The profile names nobody.
    IdentityMalformed = "identity_malformed", "The profile has no usable issuer and subject.";
    /// Rule 1.
    IdentityKnown = "identity_known", "The identity (issuer and subject) is linked to a user.";
    /// Not rule 1.
    IdentityUnknown = "identity_unknown", "The identity (issuer and subject) is linked to nobody.";
    /// An operator shut the user out.
    UserDisabled = "user_disabled", "The user is disabled.";
    /// Nothing to look for.
    EmailAbsent = "email_absent", "The provider told no e-mail address.";
    /// Counts as none.
    EmailMalformed = "email_malformed", "What the provider told as an e-mail address is not one; it counts as none.";
    /// Never used to find anyone.
    EmailUnverified = "email_unverified", "The provider does not say that it verified the e-mail address, so the address is not used to find anyone.";
    /// The provider runs the mailbox.
    EmailVerifiedByMailbox = "email_verified_by_its_authority", "The e-mail address is verified, and this provider is the authority for it.";
    /// The provider does not run the mailbox.
    EmailVerifiedByProvider = "email_verified_by_word", "The provider says that it verified the e-mail address, but is not the authority for it.";
    /// Rule 4.
    EmailFree = "address_free", "No user owns the e-mail address.";
    /// Rule 2.
    EmailOwned = "address_owned", "A user owns the same e-mail address, verified by its authority or by our letter.";
    /// Rule 2, and the local proof is weak: whoever told it to us may not read the mailbox.
    EmailOwnedUnconfirmed = "address_owned_by_word", "A user owns the same e-mail address, but only on the word of a provider that is not the authority for it.";
    /// Rule 2, its last condition.
    OwnerHasIdentityHere = "owner_has_identity_here", "That user has another identity at this provider already.";
    /// Rule 2, its last condition.
    OwnerHasNoIdentityHere = "owner_has_no_identity_here", "That user has no other identity at this provider.";
    /// Rule 3.
    EmailSquatted = "address_planted", "A user signed up with the e-mail address and a password and never confirmed it; what hung on that is void.";
    /// Rule 3, the harmless case.
    EmailClaimed = "address_claimed", "A user who came through a provider has the e-mail address as an unconfirmed claim; the claim is dropped.";
    /// The user's address is new or better proven.
    EmailAdopted = "email_adopted", "The e-mail address becomes the user's.";
    /// The address changed at the provider, and the new one is somebody else's here.
    EmailKeptOwnedByAnother = "email_kept_owned_by_another", "Another user owns the e-mail address; the user keeps theirs, and only the identity's claim is updated.";
    /// The user's address did not come from this identity.
    EmailKeptOwn = "email_kept_own", "The user has an e-mail address of their own, which did not come from this identity; they keep it.";
    /// An operator closed the door.
    SignUpClosed = "sign_up_closed", "New users are not admitted.";
    /// Not of the house.
    DomainNotAdmitted = "domain_not_admitted", "New users need an e-mail address of an admitted domain, verified by its authority or by our letter.";
    /// Linking and step-up are for signed-in browsers.
    SessionMissing = "session_missing", "Nobody is signed in in this browser.";
    /// Somebody else's flow, finished in this browser.
    SessionOfAnother = "session_of_another", "The user who is signed in in this browser did not start this.";
    /// As it should be.
    SessionOfStarter = "session_of_starter", "The user who started this is signed in in this browser.";
    /// Identities do not move.
    IdentityOwnedByAnother = "identity_owned_by_another", "The identity is linked to another user and does not move.";
    /// Nothing to do.
    IdentityOwnedBySelf = "identity_owned_by_self", "The identity is linked to this user already.";
    /// The person came back as somebody else.
    ProofOfAnother = "reauthentication_mismatch", "The identity is not one of the user who had to be shown.";
    /// As it should be.
    IdentityOfTheUser = "proof_of_the_user", "The identity is one of the user who had to be shown.";
    /// A letter reached its reader.
    EmailVerifiedByLink = "email_verified_by_letter", "The e-mail address is verified: its reader followed the link of our letter.";
    /// The person picked another account at the provider.
    GrantForAnotherIdentity = "grant_for_another_identity", "The provider answered for another identity than the one that was asked for.";
    /// Unlinked meanwhile.
    GrantIdentityNotLinked = "grant_identity_not_linked", "The identity is not linked to this user (any more).";
    /// As it should be.
    GrantForTheIdentity = "grant_for_the_identity", "The provider answered for the identity that was asked for.";
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
