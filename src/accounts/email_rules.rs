//! The part of the linking policy that is about email addresses.

use super::decision::{EmailUpdate, Invalidation, SquattedAccount};
use super::email::EmailAddress;
use super::facts::{EmailFact, Facts};
use super::ids::UserId;
use super::linking_context::{EmailHolder, EmailOwner, LinkingContext, UserSummary};
use super::reason::Reason;
use super::verification_method::{VerificationMethod, VerifiedEmail};

/// Whether the user's email address changes. It follows the provider if it came from this identity, is adopted if the
/// user has none, and is never taken from another user. Its changes have a maximum, as each can be undone for a week.
pub(super) fn email_update(
    user: &UserSummary,
    came_from_here: Option<&EmailAddress>,
    facts: &Facts,
    linking_context: &LinkingContext,
    reasons: &mut Vec<Reason>,
) -> EmailUpdate {
    let Some(email) = verified_email(facts, reasons) else {
        return EmailUpdate::Keep;
    };
    if let Some(own) = &user.verified_email {
        if own.email() == email.email() {
            return if email.method() > own.method() {
                adopt(user, email, linking_context, reasons)
            } else {
                EmailUpdate::Keep
            };
        }
        if came_from_here != Some(own.email()) || own.method() > email.method() {
            reasons.push(Reason::EmailKeptOwn);
            return EmailUpdate::Keep;
        }
        if linking_context.too_many_changes {
            reasons.push(Reason::TooManyChanges);
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

/// What other users lose who hold the email address unverified. A user who signed up with it and a password loses
/// everything that depends on it; a user who came from a provider is identified by that identity, and loses only the
/// claim.
pub(super) fn squatted_accounts(
    holders: &[EmailHolder],
    except: Option<UserId>,
    reasons: &mut Vec<Reason>,
) -> Vec<SquattedAccount> {
    let holders = holders.iter().filter(|holder| Some(holder.id) != except);
    holders
        .map(|holder| {
            let (reason, invalidations): (_, &[Invalidation]) = if holder.has_password {
                (
                    Reason::EmailSquatted,
                    &[
                        Invalidation::Claim,
                        Invalidation::Password,
                        Invalidation::Sessions,
                        Invalidation::Identities,
                        Invalidation::EmailLinks,
                    ],
                )
            } else {
                (Reason::EmailClaimed, &[Invalidation::Claim, Invalidation::EmailLinks])
            };
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
            SquattedAccount { user: holder.id, invalidations: invalidations.to_vec() }
        })
        .collect()
}

/// What other users lose when this one verifies the email address by a link.
pub fn claimed_accounts(holders: &[EmailHolder], user: UserId) -> Vec<SquattedAccount> {
    squatted_accounts(holders, Some(user), &mut Vec::new())
}

/// The email address, if it may find a user.
pub(super) fn verified_email<'a>(facts: &'a Facts, reasons: &mut Vec<Reason>) -> Option<&'a VerifiedEmail> {
    reasons.push(match &facts.email {
        EmailFact::Absent => Reason::EmailAbsent,
        EmailFact::Malformed => Reason::EmailMalformed,
        EmailFact::Unverified(_) => Reason::EmailUnverified,
        EmailFact::Verified(email) if email.method() == VerificationMethod::Authority => Reason::EmailVerifiedByMailbox,
        EmailFact::Verified(_) => Reason::EmailVerifiedByProvider,
    });
    facts.email.verified()
}

/// Ignores an owner of another address, gathered by mistake.
pub(super) fn owner_of<'a>(email: &VerifiedEmail, linking_context: &'a LinkingContext) -> Option<&'a EmailOwner> {
    linking_context.email_owner.as_ref().filter(|owner| {
        let own = owner.user.verified_email.as_ref();
        own.is_some_and(|own| own.email() == email.email())
    })
}
