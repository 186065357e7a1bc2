//! Questions and answers of the policy: what a flow is for, and what is to be done.

use serde::{Deserialize, Serialize};

use super::facts::EmailFact;
use super::ids::{IdentityKey, UserId};
use super::linking_context::SignInMethod;
use super::reason::Reason;
use super::verification_method::{ClaimedEmail, VerifiedEmail};

/// What a flow was started for. Serialized only into something sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    /// To sign in or up.
    SignIn,
    /// To link one more way in.
    Link {
        /// Who started it, signed in.
        user: UserId,
    },
    /// To ask the provider for more scopes.
    Grant {
        /// Who started it, signed in.
        user: UserId,
        /// The identity whose grant is to grow.
        identity: IdentityKey,
    },
    /// To show once more who is signed in, before a sensitive step.
    Reauthenticate {
        /// Who started it, signed in.
        user: UserId,
    },
    /// To show, at the link prompt, that an account is one's own: its user signs in, and what waits is linked.
    ResolveLink {
        /// Whose account.
        user: UserId,
        /// What waits, by its name: the proof is for this and for nothing that came into the browser since.
        link: String,
    },
}

impl Purpose {
    /// The purpose in one word, for the audit trail.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Link { .. } => "link",
            Self::Grant { .. } => "grant",
            Self::Reauthenticate { .. } => "reauthenticate",
            Self::ResolveLink { .. } => "resolve_link",
        }
    }
}

impl Purpose {
    /// Whether the provider is to ask who somebody is although it knows them.
    pub const fn asks_again(&self) -> bool {
        matches!(self, Self::Reauthenticate { .. })
    }

    /// Whose account it is about, where that was clear from the start.
    pub const fn user(&self) -> Option<UserId> {
        match self {
            Self::SignIn => None,
            Self::Link { user }
            | Self::Grant { user, .. }
            | Self::Reauthenticate { user }
            | Self::ResolveLink { user, .. } => Some(*user),
        }
    }
}

/// An answer and the reasons for it, in the order in which they were found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What is to be done.
    pub answer: Answer,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// What is to be done with a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The identity is known: its user signs in.
    SignIn {
        /// Who.
        user: UserId,
        /// What becomes of their address.
        email: EmailUpdate,
    },
    /// The identity is new and beyond doubt the owner's of the address: it is linked, its user signs in.
    LinkWithoutAsking {
        /// Who.
        user: UserId,
        /// What becomes of their address.
        email: EmailUpdate,
    },
    /// A user owns the address, but it takes them to say so: by one of these ways in. Nothing changes yet.
    Prompt {
        /// Who is asked.
        user: UserId,
        /// How they can show that they are it.
        methods: Vec<SignInMethod>,
    },
    /// Nobody owns the address but somebody holds it unproven: a new user gets it, what was planted is void.
    ClaimFromUnverified {
        /// The new user's address.
        email: VerifiedEmail,
        /// What is void.
        squatted_accounts: Vec<SquattedAccount>,
    },
    /// Nobody is found: a new user.
    Create {
        /// The new user's address.
        email: NewEmail,
    },
    /// The signed-in user gets one more way in.
    Link {
        /// Who.
        user: UserId,
        /// What becomes of their address.
        email: EmailUpdate,
    },
    /// The signed-in user has this way in already.
    AlreadyLinked {
        /// Who.
        user: UserId,
        /// What becomes of their address.
        email: EmailUpdate,
    },
    /// The identity is another user's, and stays it. Says no more than "in use".
    LinkedElsewhere,
    /// The signed-in user has shown that they are it.
    Proven {
        /// Who.
        user: UserId,
        /// What becomes of their address.
        email: EmailUpdate,
    },
    /// The signed-in user's grant may grow.
    Grant {
        /// Who.
        user: UserId,
        /// What becomes of their address.
        email: EmailUpdate,
    },
    /// No.
    Refuse(Reason),
}

impl Answer {
    /// The answer in one word, for the audit trail.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::SignIn { .. } => "sign_in",
            Self::LinkWithoutAsking { .. } => "link_without_asking",
            Self::Prompt { .. } => "prompt",
            Self::ClaimFromUnverified { .. } => "claim_from_unverified",
            Self::Create { .. } => "create",
            Self::Link { .. } => "link",
            Self::AlreadyLinked { .. } => "already_linked",
            Self::LinkedElsewhere => "linked_elsewhere",
            Self::Proven { .. } => "proven",
            Self::Grant { .. } => "grant",
            Self::Refuse(_) => "refuse",
        }
    }
}

/// What becomes of a user's address when they sign in or link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EmailUpdate {
    /// It stays.
    Keep,
    /// This one becomes theirs, or theirs is better proven now.
    Adopt {
        /// The address with its proof.
        email: VerifiedEmail,
        /// What was planted with it elsewhere, and is void.
        squatted_accounts: Vec<SquattedAccount>,
    },
}

/// A new user's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewEmail {
    /// None is known.
    None,
    /// Unproven: for show.
    Claimed(ClaimedEmail),
    /// Proven.
    Verified(VerifiedEmail),
}

/// A user who holds an address that another one proved, and what that costs them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SquattedAccount {
    /// Who.
    pub user: UserId,
    /// What is void.
    pub invalidated: Vec<Invalidation>,
}

/// What is void when somebody else proves an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invalidation {
    /// The claim to the address.
    Claim,
    /// The password that was set for it.
    Password,
    /// The sessions that were opened with it (the unexpired-session attack).
    Sessions,
    /// The identities that were linked to it (the trojan-identifier attack).
    Identities,
    /// The letters under way for it (the unexpired-e-mail-change attack).
    Letters,
}

impl NewEmail {
    pub(super) fn of(fact: &EmailFact) -> Self {
        match fact {
            EmailFact::Absent | EmailFact::Malformed => Self::None,
            EmailFact::Unverified(email) => Self::Claimed(email.clone()),
            EmailFact::Verified(email) => Self::Verified(email.clone()),
        }
    }
}
