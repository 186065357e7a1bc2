//! Users, identities, verified and claimed email addresses, the linking policy `decide` and the audit trail's events.
//! Pure. See the tour in `lib.rs`.
//!
//! `Facts` are a provider's profile in canonical form, `LinkingContext` is what the database knows about it; `decide`
//! maps both to a `Decision`: an answer with its reasons.

mod actor;
mod admins;
mod audit;
mod authentication;
mod client_info;
mod data_deletion;
mod decide;
mod decision;
mod device;
mod display;
mod email;
mod email_code;
mod email_message;
mod email_requirement;
mod email_rules;
mod error;
mod facts;
mod ids;
mod linking_context;
mod passkey;
mod password;
mod password_hash;
mod provider_event;
mod readable_code;
mod reason;
mod recovery_code;
mod second_factor;
mod short_name;
mod sign_up;
mod user;
mod verification_method;
mod zone;

#[cfg(test)]
mod tests;

pub use crate::codes::session_end::SessionEnd;
pub use actor::Actor;
pub use admins::Admins;
pub use audit::{
    AuditEvent, DecisionOutcome, EventCodes, FAILED, FlowFailure, GrantEnd, LocalMethod, PurposeKind, RecordedPeople,
    SecondFactorEvent, SecurityNotice, SessionMethod, UndoneChange,
};
pub use authentication::{Authentication, AuthenticationMethod, Authentications, Strength};
pub use client_info::ClientInfo;
pub use data_deletion::DataDeletion;
pub use decide::{admits_email, decide, decide_by_email_link, decide_by_import, invalidations_at_recovery};
pub use decision::{Answer, Decision, EmailUpdate, Invalidation, NewEmail, Purpose, SquattedAccount};
pub use device::describe as describe_device;
pub use display::{display_name, picture_url};
pub use email::EmailAddress;
pub use email_code::{EMAIL_CODE_ATTEMPTS, EMAIL_CODE_LIFETIME, EmailCode, EmailCodeFacts};
pub use email_message::{Cause, EmailKind, EmailMessage, EmailPriority, EmailToken, LinkKind, RevokedAccess};
pub use email_requirement::EmailRequirement;
pub use email_rules::claimed_accounts;
pub use error::AccountsError;
pub use facts::{EmailFact, Facts};
pub use ids::{IdentityId, IdentityKey, PasskeyId, UserId, time_ordered_id};
pub use linking_context::{
    EMAIL_CODE, EmailHolder, EmailOwner, IdentityOwner, LinkingContext, PASSKEY, PASSWORD, SignInMethod, UserSummary,
};
pub use passkey::Passkey;
pub use password::{NewPassword, PasswordError, PasswordRules, canonical_password};
pub use password_hash::PasswordHash;
pub use provider_event::{EndedSessions, ProviderEventEffects};
pub use reason::Reason;
pub use recovery_code::RecoveryCode;
pub use second_factor::{SecondFactorCode, SecondFactorPolicy, SecondFactors, SecondStep};
pub use short_name::short_name;
pub use sign_up::{Invitation, SignUp};
pub use user::{Identity, OWN, User};
pub use verification_method::{ClaimedEmail, VerificationMethod, VerifiedEmail};
pub use zone::Zone;
