//! The linking policy's questions and answers.

use serde::{Deserialize, Serialize};

use super::facts::EmailFact;
use super::ids::{IdentityKey, UserId};
use super::linking_context::SignInMethod;
use super::reason::Reason;
use super::verification_method::{ClaimedEmail, VerifiedEmail};

/// What a flow was started for. Serialized only into something sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    /// Sign-in or sign-up.
    SignIn,
    /// Link another sign-in method.
    Link {
        /// The signed-in user who started it.
        user: UserId,
    },
    /// Request more scopes.
    Grant {
        /// The signed-in user who started it.
        user: UserId,
        /// The identity whose grant to extend.
        identity: IdentityKey,
    },
    /// Re-authenticate before a sensitive change.
    Reauthenticate {
        /// The signed-in user who started it.
        user: UserId,
    },
    /// Sign in to the existing account at the link prompt; then the pending profile is linked.
    ResolveLink {
        user: UserId,
        /// The id of the pending profile: the sign-in must not link one that arrived in the browser later.
        link: String,
    },
}

impl Purpose {
    /// Whether the provider must authenticate the user again.
    pub const fn requires_authentication(&self) -> bool {
        matches!(self, Self::Reauthenticate { .. })
    }

    /// The account that the flow was started for.
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

/// The reasons are in the order in which they were found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub answer: Answer,
    pub reasons: Vec<Reason>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The identity is known: its user signs in.
    SignIn {
        user: UserId,
        email: EmailUpdate,
    },
    /// The identity is new and certainly belongs to the owner of the email address: it is linked, and its user signs
    /// in.
    LinkWithoutAsking {
        user: UserId,
        email: EmailUpdate,
    },
    /// The owner of the email address has to confirm by one of these methods. Nothing changes yet.
    Prompt {
        user: UserId,
        methods: Vec<SignInMethod>,
    },
    /// A new user gets the email address, which squatted accounts lose.
    ClaimFromUnverified {
        email: VerifiedEmail,
        squatted_accounts: Vec<SquattedAccount>,
    },
    /// A new user.
    Create {
        email: NewEmail,
    },
    /// The identity is linked to the signed-in user.
    Link {
        user: UserId,
        email: EmailUpdate,
    },
    /// The identity is already linked to the signed-in user.
    AlreadyLinked {
        user: UserId,
        email: EmailUpdate,
    },
    /// The identity is linked to another user and stays so. Reveals nothing else about that user.
    LinkedElsewhere,
    /// The signed-in user has re-authenticated.
    Reauthenticated {
        user: UserId,
        email: EmailUpdate,
    },
    /// The signed-in user may extend the grant.
    Grant {
        user: UserId,
        email: EmailUpdate,
    },
    Refuse(Reason),
}

impl Answer {
    /// Whether a session begins. What a signed-in user does is no sign-in.
    pub const fn begins_session(&self) -> bool {
        matches!(
            self,
            Self::SignIn { .. }
                | Self::LinkWithoutAsking { .. }
                | Self::ClaimFromUnverified { .. }
                | Self::Create { .. }
        )
    }
}

/// What happens to a user's email address at a sign-in or link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EmailUpdate {
    Keep,
    /// It is new to the user, or better verified than before.
    Adopt {
        email: VerifiedEmail,
        squatted_accounts: Vec<SquattedAccount>,
    },
}

/// A new user's email address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewEmail {
    None,
    Claimed(ClaimedEmail),
    Verified(VerifiedEmail),
}

/// A user who holds an email address that another user has verified ("Pre-hijacked accounts").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SquattedAccount {
    pub user: UserId,
    pub invalidations: Vec<Invalidation>,
}

/// What a user loses when another one verifies their email address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invalidation {
    /// The claim to the email address.
    Claim,
    Password,
    /// The unexpired-session attack.
    Sessions,
    /// Identities and passkeys: the trojan-identifier attack.
    Identities,
    /// The unexpired-email-change attack.
    EmailLinks,
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
