//! The linking policy: which user a profile belongs to. Total and pure.
//!
//! The threat: Eve signs up with Ada's email address before Ada does, by a form or a provider that does not verify it.
//! If Ada's first sign-in joined Eve's account, or Eve's provider joined Ada's, they would share a user. So an
//! unverified email address never finds a user, and nothing that was set up before its verification survives it.
//! ("Pre-hijacked accounts", USENIX Security 2022.)

use super::decision::{Answer, Decision, EmailUpdate, Invalidation, NewEmail, Purpose};
use super::email::EmailAddress;
use super::email_rules::{email_update, owner_of, squatted_accounts, verified_email};
use super::facts::Facts;
use super::ids::{IdentityKey, UserId};
use super::linking_context::{EmailOwner, LinkingContext, SignInMethod, UserSummary};
use super::reason::Reason;
use super::verification_method::{VerificationMethod, VerifiedEmail};

/// Decides about a profile. Every combination has an answer.
///
/// 1. The identity is known: its user signs in.
/// 2. A user owns the same verified email address: linked without asking only if the provider is the authority for the
///    address and has verified it, the user's own verification is as strong, and the user has no other identity at this
///    provider and no second factor, and has not changed the account very often; otherwise the user is asked.
/// 3. Other users hold the address unverified: a new user gets it, and they lose it.
/// 4. Otherwise a new user.
///
/// An email address that the provider has not verified plays no part in this.
pub fn decide(purpose: &Purpose, facts: &Facts, linking_context: &LinkingContext) -> Decision {
    let mut reasons = Vec::new();
    let answer = match purpose {
        Purpose::SignIn => sign_in(facts, linking_context, &mut reasons),
        Purpose::Link { user } => link(*user, facts, linking_context, &mut reasons),
        Purpose::Grant { user, identity } => grant(*user, identity, facts, linking_context, &mut reasons),
        Purpose::Reauthenticate { user } => reauthenticate(*user, facts, linking_context, &mut reasons),
        Purpose::ResolveLink { user, .. } => resolve_link(*user, facts, linking_context, &mut reasons),
    };
    Decision { answer, reasons }
}

/// Whether the email address of a sign-up form may get an account once its link is opened; the same rules, asked before an
/// email is sent.
pub fn admits_email(email: &EmailAddress, linking_context: &LinkingContext) -> bool {
    let email = VerifiedEmail::on_record(email.clone(), VerificationMethod::EmailLink);
    linking_context.sign_up.refusal(&NewEmail::Verified(email), linking_context.invitation).is_none()
}

/// Decides about a sign-up whose link was opened: rules 3 and 4. The owner of the email address gets no second account.
pub fn decide_by_email_link(email: &VerifiedEmail, linking_context: &LinkingContext) -> Decision {
    let mut reasons = vec![Reason::EmailVerifiedByLink];
    let answer = claim(email, linking_context, &mut reasons);
    Decision { answer, reasons }
}

/// Decides about a user of another system who brings a verified email address: rules 3 and 4, as after a sign-up.
pub fn decide_by_import(email: &VerifiedEmail, linking_context: &LinkingContext) -> Answer {
    claim(email, linking_context, &mut Vec::new())
}

fn claim(email: &VerifiedEmail, linking_context: &LinkingContext, reasons: &mut Vec<Reason>) -> Answer {
    match owner_of(email, linking_context) {
        Some(_) => refuse(Reason::EmailOwned, reasons),
        None => create(NewEmail::Verified(email.clone()), linking_context, reasons),
    }
}

/// What a password reset by email invalidates.
///
/// If only a provider's claim verified the email address before, the account may be Eve's, from a provider that does
/// not verify: her identities are unlinked (the trojan-identifier attack). Otherwise the mailbox's owner linked them.
pub fn invalidations_at_recovery(user: &UserSummary) -> Vec<Invalidation> {
    let strong = user.verified_email.as_ref().is_some_and(|email| email.method().is_strong());
    let mut invalidations = vec![Invalidation::Password, Invalidation::Sessions, Invalidation::EmailLinks];
    invalidations.extend((!strong).then_some(Invalidation::Identities));
    invalidations
}

fn sign_in(facts: &Facts, linking_context: &LinkingContext, reasons: &mut Vec<Reason>) -> Answer {
    if let Some(known) = &linking_context.identity_owner {
        reasons.push(Reason::IdentityKnown);
        if known.user.disabled {
            return refuse(Reason::UserDisabled, reasons);
        }
        let came_from_here = known.recorded_email.as_ref();
        return Answer::SignIn {
            user: known.user.id,
            email: email_update(&known.user, came_from_here, facts, linking_context, reasons),
        };
    }
    reasons.push(Reason::IdentityUnknown);
    let Some(email) = verified_email(facts, reasons) else {
        return create(NewEmail::of(&facts.email), linking_context, reasons);
    };
    match owner_of(email, linking_context) {
        Some(owner) => join(owner, email, facts, linking_context.too_many_changes, reasons),
        None => create(NewEmail::Verified(email.clone()), linking_context, reasons),
    }
}

/// Rule 2. In doubt, the owner decides.
fn join(
    owner: &EmailOwner,
    email: &VerifiedEmail,
    facts: &Facts,
    too_many_changes: bool,
    reasons: &mut Vec<Reason>,
) -> Answer {
    let user = &owner.user;
    // With only a provider's claim, the user may be Eve, from a provider that does not verify: Ada's Google identity
    // must not be linked to her.
    let owned = user.verified_email.as_ref().is_some_and(|own| own.method().is_strong());
    reasons.push(if owned { Reason::EmailOwned } else { Reason::EmailOwnedUnconfirmed });
    if user.disabled {
        return refuse(Reason::UserDisabled, reasons);
    }
    // Two accounts at one provider with the same address: the provider has reassigned it, or one claim is false.
    let has_one_here = owner.methods.contains(&SignInMethod::Provider(facts.provider.clone()));
    reasons.push(if has_one_here { Reason::OwnerHasIdentityHere } else { Reason::OwnerHasNoIdentityHere });
    // Linked at once, the identity would be there before the second factor is asked for.
    reasons.extend(owner.has_second_factor.then_some(Reason::OwnerHasSecondFactor));
    reasons.extend(too_many_changes.then_some(Reason::TooManyChanges));
    let is_certain = owned && email.method() == VerificationMethod::Authority && !has_one_here;
    if is_certain && !owner.has_second_factor && !too_many_changes {
        Answer::LinkWithoutAsking { user: user.id, email: EmailUpdate::Keep }
    } else {
        Answer::Prompt { user: user.id, methods: owner.methods.clone() }
    }
}

/// Rules 3 and 4.
fn create(email: NewEmail, linking_context: &LinkingContext, reasons: &mut Vec<Reason>) -> Answer {
    if let Some(reason) = linking_context.sign_up.refusal(&email, linking_context.invitation) {
        return refuse(reason, reasons);
    }
    match email {
        NewEmail::Verified(email) => {
            reasons.push(Reason::EmailFree);
            let squatted_accounts = squatted_accounts(&linking_context.email_holders, None, reasons);
            if squatted_accounts.is_empty() {
                Answer::Create { email: NewEmail::Verified(email) }
            } else {
                Answer::ClaimFromUnverified { email, squatted_accounts }
            }
        }
        email => Answer::Create { email },
    }
}

fn link(user: UserId, facts: &Facts, linking_context: &LinkingContext, reasons: &mut Vec<Reason>) -> Answer {
    let session_user = match starter(user, linking_context, reasons) {
        Ok(session_user) => session_user,
        Err(refused) => return refused,
    };
    match &linking_context.identity_owner {
        Some(owner) if owner.user.id == user => {
            reasons.push(Reason::IdentityOwnedBySelf);
            let came_from_here = owner.recorded_email.as_ref();
            Answer::AlreadyLinked {
                user,
                email: email_update(session_user, came_from_here, facts, linking_context, reasons),
            }
        }
        Some(_) => {
            reasons.push(Reason::IdentityOwnedByAnother);
            Answer::LinkedElsewhere
        }
        None if linking_context.is_full => {
            reasons.push(Reason::IdentityUnknown);
            refuse(Reason::TooManyIdentities, reasons)
        }
        None => {
            reasons.push(Reason::IdentityUnknown);
            Answer::Link { user, email: email_update(session_user, None, facts, linking_context, reasons) }
        }
    }
}

fn grant(
    user: UserId,
    identity: &IdentityKey,
    facts: &Facts,
    linking_context: &LinkingContext,
    reasons: &mut Vec<Reason>,
) -> Answer {
    let session_user = match starter(user, linking_context, reasons) {
        Ok(session_user) => session_user,
        Err(refused) => return refused,
    };
    // The user may pick another account on the provider's page, whose data must not appear here.
    if facts.identity != *identity {
        return refuse(Reason::GrantForAnotherIdentity, reasons);
    }
    match &linking_context.identity_owner {
        Some(owner) if owner.user.id == user => {
            reasons.push(Reason::GrantForTheIdentity);
            let came_from_here = owner.recorded_email.as_ref();
            Answer::Grant { user, email: email_update(session_user, came_from_here, facts, linking_context, reasons) }
        }
        _ => refuse(Reason::GrantIdentityNotLinked, reasons),
    }
}

fn reauthenticate(user: UserId, facts: &Facts, linking_context: &LinkingContext, reasons: &mut Vec<Reason>) -> Answer {
    if let Err(refused) = starter(user, linking_context, reasons) {
        return refused;
    }
    match own_identity(user, facts, linking_context, reasons) {
        Ok(email) => Answer::Reauthenticated { user, email },
        Err(refused) => refused,
    }
}

fn resolve_link(user: UserId, facts: &Facts, linking_context: &LinkingContext, reasons: &mut Vec<Reason>) -> Answer {
    match own_identity(user, facts, linking_context, reasons) {
        Ok(email) => Answer::SignIn { user, email },
        Err(refused) => refused,
    }
}

/// Requires that the identity is already linked to the user. Creates and links nothing, and looks no user up by email.
fn own_identity(
    user: UserId,
    facts: &Facts,
    linking_context: &LinkingContext,
    reasons: &mut Vec<Reason>,
) -> Result<EmailUpdate, Answer> {
    let Some(owner) = linking_context.identity_owner.as_ref().filter(|owner| owner.user.id == user) else {
        return Err(refuse(Reason::ReauthenticationMismatch, reasons));
    };
    if owner.user.disabled {
        return Err(refuse(Reason::UserDisabled, reasons));
    }
    reasons.push(Reason::IdentityOfUser);
    Ok(email_update(&owner.user, owner.recorded_email.as_ref(), facts, linking_context, reasons))
}

/// The signed-in user, who must be the one that started the flow. Otherwise Eve could start a link in her session and
/// have Ada finish it: Ada's identity would sign in to Eve's account, or the reverse.
fn starter<'a>(
    user: UserId,
    linking_context: &'a LinkingContext,
    reasons: &mut Vec<Reason>,
) -> Result<&'a UserSummary, Answer> {
    match &linking_context.session_user {
        None => Err(refuse(Reason::SessionMissing, reasons)),
        Some(present) if present.id != user => Err(refuse(Reason::SessionOfAnother, reasons)),
        Some(present) if present.disabled => Err(refuse(Reason::UserDisabled, reasons)),
        Some(present) => {
            reasons.push(Reason::SessionOfStarter);
            Ok(present)
        }
    }
}

fn refuse(reason: Reason, reasons: &mut Vec<Reason>) -> Answer {
    reasons.push(reason);
    Answer::Refuse(reason)
}
