//! What the database knows about a profile: all that the policy looks at, gathered before it is asked.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::email::EmailAddress;
use super::ids::UserId;
use super::verification_method::VerifiedEmail;

/// How things stand with a profile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinkingContext {
    /// Whose the identity is, if it is anybody's.
    pub identity_owner: Option<IdentityOwner>,
    /// The user who owns the profile's e-mail address, verified. Gathered for a verified address only.
    pub email_owner: Option<EmailOwner>,
    /// The users who hold the same address unverified. Gathered for a verified address only.
    pub email_holders: Vec<EmailHolder>,
    /// The user who is signed in in this browser now, at the callback.
    pub session_user: Option<UserSummary>,
    /// Who may sign up.
    pub sign_up: SignUp,
}

/// A user, as far as the policy cares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserSummary {
    /// Who.
    pub id: UserId,
    /// An operator shut them out.
    pub disabled: bool,
    /// Their proven address.
    pub verified_email: Option<VerifiedEmail>,
}

/// The user behind a known identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityOwner {
    /// Who.
    pub user: UserSummary,
    /// The address that this identity told at its last sign-in.
    pub recorded_email: Option<EmailAddress>,
}

/// The user who owns an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailOwner {
    /// Who.
    pub user: UserSummary,
    /// How they sign in.
    pub methods: Vec<SignInMethod>,
}

/// A user who holds an address unverified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailHolder {
    /// Who.
    pub id: UserId,
    /// They signed up with the address and a password and never opened our letter: the address is the key of
    /// this user, and somebody may have planted it. Without a password the user came in through a
    /// provider, is known by that identity, and the address is only something the provider said.
    pub has_password: bool,
}

/// A way in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum SignInMethod {
    /// E-mail and password.
    Password,
    /// An identity at a provider, by its slug.
    Provider(String),
}

/// Who may become a user by signing in for the first time. Users who are there already always may.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SignUp {
    /// Everybody.
    #[default]
    Open,
    /// Nobody.
    Closed,
    /// Who proves, by the provider that runs the mailbox or by our letter, an address in one of these domains (lower-case ASCII).
    /// Compared whole: `good.example.evil.example` is not `good.example`, nor are its subdomains.
    Domains(BTreeSet<String>),
}
