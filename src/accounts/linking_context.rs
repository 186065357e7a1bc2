//! What the database knows about a profile: everything that the linking policy looks at.

use serde::{Deserialize, Serialize};

use super::email::EmailAddress;
use super::ids::UserId;
use super::sign_up::{Invitation, SignUp};
use super::verification_method::VerifiedEmail;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinkingContext {
    pub identity_owner: Option<IdentityOwner>,
    /// The user with the profile's email address, verified. Gathered only if the profile's address is verified, too.
    pub email_owner: Option<EmailOwner>,
    /// The users who hold it unverified. Gathered only if the profile's address is verified.
    pub email_holders: Vec<EmailHolder>,
    /// Signed in in this browser at the callback.
    pub session_user: Option<UserSummary>,
    pub sign_up: SignUp,
    /// Gathered only if the profile's email address is verified, and the policy admits by invitation.
    pub invitation: Invitation,
    /// The identity's user, or else the email address's, has changed their account so often recently that nothing changes that
    /// an email would have to be able to undo. Gathered only if the profile's email address is verified and not known as the
    /// user's.
    pub too_many_changes: bool,
    /// The signed-in user has [`Identity::MAX_PER_USER`](super::Identity::MAX_PER_USER) identities, or has added very many
    /// sign-in methods recently. Gathered only if the identity is unknown.
    pub is_full: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserSummary {
    pub id: UserId,
    pub disabled: bool,
    pub verified_email: Option<VerifiedEmail>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityOwner {
    pub user: UserSummary,
    /// The identity's email address at its last sign-in.
    pub recorded_email: Option<EmailAddress>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailOwner {
    pub user: UserSummary,
    pub methods: Vec<SignInMethod>,
    /// The user has what a second step would ask for: see [`SecondFactorPolicy::is_kept_by`](super::SecondFactorPolicy::is_kept_by).
    pub has_second_factor: bool,
}

/// A user who holds an email address unverified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailHolder {
    pub id: UserId,
    /// The user signed up with the address and a password and never opened the link: the account may be squatted.
    /// Without a password, the user came from a provider and is identified by that identity.
    pub has_password: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum SignInMethod {
    Password,
    Passkey,
    /// The provider's slug.
    Provider(String),
}

/// The code of [`SignInMethod::Password`]. No provider has this slug.
pub const PASSWORD: &str = "password";

/// The code of [`SignInMethod::Passkey`]. No provider has this slug.
pub const PASSKEY: &str = "passkey";

/// The code of a sign-in by a code from an email. No provider has this slug.
pub const EMAIL_CODE: &str = "email_code";

impl SignInMethod {
    /// `password`, `passkey`, or the provider's slug.
    pub fn code(&self) -> &str {
        match self {
            Self::Password => PASSWORD,
            Self::Passkey => PASSKEY,
            Self::Provider(slug) => slug,
        }
    }

    pub fn from_code(code: &str) -> Self {
        match code {
            PASSWORD => Self::Password,
            PASSKEY => Self::Passkey,
            slug => Self::Provider(slug.to_owned()),
        }
    }
}
