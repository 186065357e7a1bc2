//! The part of the policy that is about addresses: who owns one, and what becomes of it.

use super::decision::{EmailUpdate, Plant, Void};
use super::email::EmailAddress;
use super::facts::{EmailFact, Facts};
use super::ids::UserId;
use super::proof::{Proof, VerifiedEmail};
use super::reason::Reason;
use super::standing::{AddressHolder, AddressOwner, Standing, UserStanding};

/// What becomes of the address of a user whose identity this is. It follows the provider where it came from
/// this identity, is adopted where the user has none, and never taken from another user.
pub(super) fn email_update(
    user: &UserStanding,
    came_from_here: Option<&EmailAddress>,
    facts: &Facts,
    standing: &Standing,
    reasons: &mut Vec<Reason>,
) -> EmailUpdate {
    let Some(email) = proven(facts, reasons) else {
        return EmailUpdate::Keep;
    };
    if let Some(own) = &user.verified_email {
        if own.address() == email.address() {
            return if email.proof() > own.proof() { adopt(user, email, standing, reasons) } else { EmailUpdate::Keep };
        }
        if came_from_here != Some(own.address()) || own.proof() > email.proof() {
            reasons.push(Reason::EmailKeptOwn);
            return EmailUpdate::Keep;
        }
    }
    match owner_of(email, standing) {
        Some(owner) if owner.user.id != user.id => {
            reasons.push(Reason::EmailKeptOwnedByAnother);
            EmailUpdate::Keep
        }
        _ => adopt(user, email, standing, reasons),
    }
}

fn adopt(user: &UserStanding, email: &VerifiedEmail, standing: &Standing, reasons: &mut Vec<Reason>) -> EmailUpdate {
    reasons.push(Reason::EmailAdopted);
    EmailUpdate::Adopt { email: email.clone(), plants: plants(&standing.address_holders, Some(user.id), reasons) }
}

/// What others lose who hold an address unproven. Whoever signed up with it loses everything that hung on it;
/// whoever came through a provider keeps their user, which is known by that identity and not by the
/// address, and loses the claim.
pub(super) fn plants(holders: &[AddressHolder], except: Option<UserId>, reasons: &mut Vec<Reason>) -> Vec<Plant> {
    let holders = holders.iter().filter(|holder| Some(holder.id) != except);
    holders
        .map(|holder| {
            let (reason, void): (_, &[Void]) = if holder.has_password {
                (
                    Reason::AddressPlanted,
                    &[Void::Claim, Void::Password, Void::Sessions, Void::Identities, Void::Letters],
                )
            } else {
                (Reason::AddressClaimed, &[Void::Claim, Void::Letters])
            };
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
            Plant { user: holder.id, void: void.to_vec() }
        })
        .collect()
}

/// What others lose who hold an address unproven that this user proves by our letter.
pub fn claimed_plants(holders: &[AddressHolder], user: UserId) -> Vec<Plant> {
    plants(holders, Some(user), &mut Vec::new())
}

/// The address, if it may be used to find somebody.
pub(super) fn proven<'a>(facts: &'a Facts, reasons: &mut Vec<Reason>) -> Option<&'a VerifiedEmail> {
    reasons.push(match &facts.email {
        EmailFact::Absent => Reason::EmailAbsent,
        EmailFact::Malformed => Reason::EmailMalformed,
        EmailFact::Unverified(_) => Reason::EmailUnverified,
        EmailFact::Verified(email) if email.proof() == Proof::Authority => Reason::EmailVerifiedByItsAuthority,
        EmailFact::Verified(_) => Reason::EmailVerifiedByWord,
    });
    facts.email.verified()
}

/// The owner of this very address: an owner of another one, gathered by mistake, is nobody.
pub(super) fn owner_of<'a>(email: &VerifiedEmail, standing: &'a Standing) -> Option<&'a AddressOwner> {
    standing.address_owner.as_ref().filter(|owner| {
        let own = owner.user.verified_email.as_ref();
        own.is_some_and(|own| own.address() == email.address())
    })
}
