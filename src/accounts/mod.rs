//! The meaning: users, identities, verified and claimed e-mail addresses, and the linking policy `decide`,
//! total and pure. See the tour in `lib.rs`.
//!
//! `Facts` are what a provider's profile says, brought into canonical form; `Standing` is what the
//! database knows about it; `decide` takes both to a `Decision`, the answer with the reasons for it.

mod address;
mod address_wish;
mod decide;
mod decision;
mod device;
mod display;
mod email;
mod error;
mod facts;
mod ids;
mod letter;
mod password;
mod password_hash;
mod proof;
mod reason;
mod standing;
mod user;

#[cfg(test)]
mod tests;

pub use address::claimed_plants;
pub use address_wish::AddressWish;
pub use decide::{decide, decide_by_letter, void_at_recovery};
pub use decision::{Answer, Decision, EmailUpdate, NewEmail, Plant, Purpose, Void};
pub use device::describe as describe_device;
pub use display::{display_name, picture_url};
pub use email::EmailAddress;
pub use error::AccountsError;
pub use facts::{EmailFact, Facts};
pub use ids::{IdentityId, IdentityKey, UserId, time_ordered_id};
pub use letter::{Cause, GivenBack, Letter, LetterToken, LinkKind, Matter};
pub use password::{NewPassword, PasswordFault, canonical_password};
pub use password_hash::PasswordHash;
pub use proof::{ClaimedEmail, Proof, VerifiedEmail};
pub use reason::Reason;
pub use standing::{AddressHolder, AddressOwner, IdentityOwner, SignUp, Standing, UserStanding, Way};
pub use user::{Identity, OWN, User};
