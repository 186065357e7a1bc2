//! What `Database::settle`(crate::store::Database::settle) takes and returns.

use time::OffsetDateTime;

use crate::accounts::{
    Authentications, ClientInfo, Decision, EmailToken, IdentityId, Purpose, SecondFactorPolicy, SignUp, User, UserId,
};
use crate::codes::access::Access;
use crate::providers::Profile;
use crate::store::grants::types::NewGrant;
use crate::store::sessions::rows::SessionVersion;

#[derive(Clone, Copy, Debug)]
pub struct SettleRequest<'a> {
    pub purpose: &'a Purpose,
    pub profile: &'a Profile,
    /// The user who is signed in in this browser now.
    pub session_user: Option<UserId>,
    /// Their session, which must still be open. `None` where something else authenticates the user.
    pub session: Option<SessionVersion<'a>>,
    pub admission: Admission<'a>,
    /// Linking waits for the second step.
    pub second_factor: SecondFactorPolicy,
    pub client: &'a ClientInfo,
    pub now: OffsetDateTime,
    /// The profile that waits at the link prompt.
    pub waiting: Option<&'a Profile>,
    pub granted: GrantUpdate<'a>,
}

/// The session that a sign-in opens in the transaction that settles it. Answers that sign nobody in open none.
#[derive(Clone, Copy, Debug)]
pub struct SessionOpening<'a> {
    /// Hash of the secret in its cookie.
    pub id_hash: &'a str,
    /// The browser's earlier session, by the hash of its secret. It ends.
    pub earlier: Option<&'a str>,
    pub authentications: &'a Authentications,
    /// As of [`NewSession`](crate::store::NewSession).
    pub browser: Option<&'a EmailToken>,
    /// No session is opened while a second step is due.
    pub second_factor: SecondFactorPolicy,
    /// The flow that it completes, by the hash of its state.
    pub flow: Option<&'a str>,
}

/// What decides whether a new user is admitted.
#[derive(Clone, Copy, Debug)]
pub struct Admission<'a> {
    pub sign_up: &'a SignUp,
    /// The token of the email's link that this browser opened last: it may be an invitation's.
    pub opened: Option<&'a EmailToken>,
    pub now: OffsetDateTime,
}

/// The tokens of a step-up. Stored only if the policy allows the grant.
#[derive(Clone, Copy, Debug)]
pub enum GrantUpdate<'a> {
    None,
    Granted(Access, &'a NewGrant),
    /// The user declined the requested scope; the tokens have the earlier scopes, if any.
    Declined(Access, Option<&'a NewGrant>),
}

impl GrantUpdate<'_> {
    /// What the user was asked to allow.
    pub(in crate::store) const fn access(self) -> Option<Access> {
        match self {
            Self::None => None,
            Self::Granted(access, _) | Self::Declined(access, _) => Some(access),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettleOutcome {
    pub decision: Decision,
    /// `None` when the answer signs nobody in.
    pub signed_in: Option<SignedIn>,
    /// The decision about the profile at the link prompt.
    pub waiting: Option<Decision>,
    /// Whether the [`SessionOpening`] opened its session.
    pub has_session: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// After all changes.
    pub user: User,
    pub identity: IdentityId,
}
