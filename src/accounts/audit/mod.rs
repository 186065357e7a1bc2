//! The audit trail: what can happen to an account. The database keeps each event as codes; see [`EventCodes`].

mod codes;
mod fold;
mod outcome;

#[cfg(test)]
mod tests;

pub use codes::{EventCodes, FAILED};
pub use outcome::{
    DecisionOutcome, FlowFailure, GrantEnd, LocalMethod, PurposeKind, RecordedPeople, SecondFactorEvent,
    SecurityNotice, SessionMethod, UndoneChange,
};

use super::reason::Reason;
use crate::codes::access::Access;
use crate::oidc::SecurityEventKind;
use crate::webauthn::WebAuthnError;

/// Something that happened to an account. Holds no secret and no token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuditEvent {
    /// The linking policy decided about a provider's profile.
    Decision {
        purpose: PurposeKind,
        /// The provider's slug.
        provider: String,
        outcome: DecisionOutcome,
        /// In the order in which they were found.
        reasons: Vec<Reason>,
        /// What the user was asked to allow, where the purpose is a grant.
        access: Option<Access>,
    },
    /// An authorization response or an external token failed before the policy was asked.
    FlowFailed {
        purpose: PurposeKind,
        provider: String,
        failure: FlowFailure,
        /// The provider's words about the error, made safe for a log: see `oauth::ProviderMessage`.
        said: Option<String>,
    },
    SignIn {
        method: LocalMethod,
    },
    /// The user confirmed by it that it was them.
    Reauthenticated {
        method: LocalMethod,
    },
    WrongPassword,
    /// A code by which a signed-in user re-authenticates was wrong.
    WrongCode {
        method: LocalMethod,
    },
    EmailCodeRequested,
    /// A code to sign in was requested for the email address.
    SignInCodeRequested,
    /// A code to sign in was wrong.
    WrongSignInCode,
    /// The sign-up form was sent. The account that has the email address sees it; a new address has no account yet.
    SignUpRequested,
    /// The link of a sign-up was opened.
    SignUp {
        outcome: DecisionOutcome,
        reasons: Vec<Reason>,
    },
    /// An invitation to an email address was sent. Names no user: there is none yet.
    Invited,
    /// `method` is what the session was opened with.
    SignOut {
        method: Option<SessionMethod>,
    },
    /// `first`: the account had no password before.
    PasswordChanged {
        first: bool,
    },
    PasswordRemoved,
    PasswordResetRequested,
    PasswordReset,
    PasskeyAdded,
    PasskeyRemoved,
    /// A response for a passkey of this user failed a check.
    PasskeyRefused {
        failure: WebAuthnError,
    },
    SecondFactor(SecondFactorEvent),
    /// The second step of a sign-in is done.
    SecondFactorPassed {
        method: LocalMethod,
    },
    EmailChangeRequested,
    EmailChangeCancelled,
    EmailChanged,
    NameChanged,
    Unlinked {
        provider: String,
    },
    /// The link "this wasn't me" was opened.
    Undone(UndoneChange),
    SessionEnded,
    /// "This wasn't me" in the email about a new device ended its session.
    SessionDisowned,
    /// An email warned the user.
    Warned(SecurityNotice),
    OtherSessionsEnded,
    AllSessionsEnded,
    /// A rotated refresh token was presented again; its session has ended.
    TokenReused,
    GrantEnded {
        provider: String,
        end: GrantEnd,
    },
    /// The user cannot sign in any more.
    Disabled,
    Enabled,
    /// A provider sent a message about its account of the user.
    ProviderReported {
        provider: String,
        kind: SecurityEventKind,
    },
    /// The account came from another system.
    Imported,
    /// An administrator opened the walkthrough of a recorded flow.
    FlowInspected {
        flow: String,
    },
    /// An administrator switched the recording of flows on, for ten minutes.
    RecordingStarted {
        of: RecordedPeople,
    },
    RecordingStopped,
    /// Names no user: the account's own events are deleted with it.
    AccountDeleted,
}
