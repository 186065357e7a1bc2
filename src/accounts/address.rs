//! The part of the policy that is about addresses: who owns one, and what becomes of it.

use super::decision::{EmailUpdate, Invalidation, SquattedAccount};
use super::email::EmailAddress;
use super::facts::{EmailFact, Facts};
use super::ids::UserId;
use super::linking_context::{EmailHolder, EmailOwner, LinkingContext, UserSummary};
use super::reason::Reason;
use super::verification_method::{VerificationMethod, VerifiedEmail};

/// What becomes of the address of a user whose identity this is. It follows the provider where it came from
/// this identity, is adopted where the user has none, and never taken from another user.
pub(super) fn email_update(
    user: &UserSummary,
    came_from_here: Option<&EmailAddress>,
    facts: &Facts,
    linking_context: &LinkingContext,
    reasons: &mut Vec<Reason>,
) -> EmailUpdate {
    let Some(email) = reauthenticated(facts, reasons) else {
        return EmailUpdate::Keep;
    };
    if let Some(own) = &user.verified_email {
        if own.address() == email.address() {
            return if email.method() > own.method() {
                adopt(user, email, linking_context, reasons)
            } else {
                EmailUpdate::Keep
            };
        }
        if came_from_here != Some(own.address()) || own.method() > email.method() {
            reasons.push(Reason::EmailKeptOwn);
            return EmailUpdate::Keep;
        }
    }
    match owner_of(email, linking_context) {
        Some(owner) if owner.user.id != user.id => {
            reasons.push(Reason::EmailKeptOwnedByAnother);
            EmailUpdate::Keep
        }
        _ => adopt(user, email, linking_context, reasons),
    }
}

fn adopt(
    user: &UserSummary,
    email: &VerifiedEmail,
    linking_context: &LinkingContext,
    reasons: &mut Vec<Reason>,
) -> EmailUpdate {
    reasons.push(Reason::EmailAdopted);
    EmailUpdate::Adopt {
        email: email.clone(),
        squatted_accounts: squatted_accounts(&linking_context.email_holders, Some(user.id), reasons),
    }
}

/// What others lose who hold an address unproven. Whoever signed up with it loses everything that hung on it;
/// whoever came through a provider keeps their user, which is known by that identity and not by the
/// address, and loses the claim.
pub(super) fn squatted_accounts(
    holders: &[EmailHolder],
    except: Option<UserId>,
    reasons: &mut Vec<Reason>,
) -> Vec<SquattedAccount> {
    let holders = holders.iter().filter(|holder| Some(holder.id) != except);
    holders
        .map(|holder| {
            let (reason, invalidated): (_, &[Invalidation]) = if holder.has_password {
                (
                    Reason::EmailSquatted,
                    &[
                        Invalidation::Claim,
                        Invalidation::Password,
                        Invalidation::Sessions,
                        Invalidation::Identities,
                        Invalidation::Letters,
                    ],
                )
            } else {
                (Reason::EmailClaimed, &[Invalidation::Claim, Invalidation::Letters])
            };
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
            SquattedAccount { user: holder.id, invalidated: invalidated.to_vec() }
        })
        .collect()
}

/// What others lose who hold an address unproven that this user proves by our letter.
pub fn claimed_accounts(holders: &[EmailHolder], user: UserId) -> Vec<SquattedAccount> {
    squatted_accounts(holders, Some(user), &mut Vec::new())
}

/// The address, if it may be used to find somebody.
pub(super) fn reauthenticated<'a>(facts: &'a Facts, reasons: &mut Vec<Reason>) -> Option<&'a VerifiedEmail> {
    reasons.push(match &facts.email {
        EmailFact::Absent => Reason::EmailAbsent,
        EmailFact::Malformed => Reason::EmailMalformed,
        EmailFact::Unverified(_) => Reason::EmailUnverified,
        EmailFact::Verified(email) if email.method() == VerificationMethod::Authority => Reason::EmailVerifiedByMailbox,
        EmailFact::Verified(_) => Reason::EmailVerifiedByProvider,
    });
    facts.email.verified()
}

/// The owner of this very address: an owner of another one, gathered by mistake, is nobody.
pub(super) fn owner_of<'a>(email: &VerifiedEmail, linking_context: &'a LinkingContext) -> Option<&'a EmailOwner> {
    linking_context.email_owner.as_ref().filter(|owner| {
        let own = owner.user.verified_email.as_ref();
        own.is_some_and(|own| own.address() == email.address())
    })
}
