//! Re-authentication, the link prompt, sign-up links and recovery.

use super::*;

fn reauthenticate(facts: &Facts, linking_context: &LinkingContext) -> Answer {
    decide(&Purpose::Reauthenticate { user: user(1) }, facts, linking_context).answer
}

fn resolve(facts: &Facts, linking_context: &LinkingContext) -> Answer {
    decide(&Purpose::ResolveLink { user: user(1), link: "link".into() }, facts, linking_context).answer
}

fn signed_in_with_the_identity() -> LinkingContext {
    LinkingContext {
        identity_owner: known(owning(user(1), ADA, VerificationMethod::Authority)),
        session_user: Some(present(user(1))),
        ..LinkingContext::default()
    }
}

#[test]
fn an_identity_of_the_signed_in_user_reauthenticates() {
    let answer = reauthenticate(&facts(), &signed_in_with_the_identity());
    assert_eq!(answer, Answer::Reauthenticated { user: user(1), email: EmailUpdate::Keep });
}

#[test]
fn reauthentication_needs_the_signed_in_users_identity() {
    let linking_context = signed_in_with_the_identity();
    for (linking_context, reason) in [
        (LinkingContext { session_user: None, ..linking_context.clone() }, Reason::SessionMissing),
        (LinkingContext { session_user: Some(present(user(2))), ..linking_context.clone() }, Reason::SessionOfAnother),
        (
            LinkingContext {
                session_user: Some(UserSummary { disabled: true, ..present(user(1)) }),
                ..linking_context.clone()
            },
            Reason::UserDisabled,
        ),
        (
            LinkingContext { identity_owner: known(present(user(2))), ..linking_context.clone() },
            Reason::ReauthenticationMismatch,
        ),
        (LinkingContext { identity_owner: None, ..linking_context.clone() }, Reason::ReauthenticationMismatch),
    ] {
        assert_eq!(reauthenticate(&facts(), &linking_context), Answer::Refuse(reason));
    }
}

/// A sign-in would link an unknown identity with the user's email without asking; a re-authentication links nothing.
#[test]
fn reauthentication_links_nothing_whatever_the_email() {
    let linking_context = LinkingContext {
        identity_owner: None,
        session_user: Some(owning(user(1), ADA, VerificationMethod::EmailLink)),
        email_owner: owned_by(owning(user(1), ADA, VerificationMethod::EmailLink), &[]),
        ..LinkingContext::default()
    };
    assert!(matches!(sign_in(&facts(), &linking_context), Answer::LinkWithoutAsking { .. }));
    assert_eq!(reauthenticate(&facts(), &linking_context), Answer::Refuse(Reason::ReauthenticationMismatch));
    assert_eq!(resolve(&facts(), &linking_context), Answer::Refuse(Reason::ReauthenticationMismatch));
}

#[test]
fn at_the_link_prompt_an_identity_of_the_account_signs_its_user_in() {
    let linking_context = LinkingContext { session_user: None, ..signed_in_with_the_identity() };
    assert_eq!(resolve(&facts(), &linking_context), Answer::SignIn { user: user(1), email: EmailUpdate::Keep });
}

#[test]
fn at_the_link_prompt_another_users_identity_is_refused() {
    for owner in [None, known(present(user(2)))] {
        let linking_context = LinkingContext { identity_owner: owner, ..LinkingContext::default() };
        assert_eq!(resolve(&facts(), &linking_context), Answer::Refuse(Reason::ReauthenticationMismatch));
    }
    let disabled = UserSummary { disabled: true, ..present(user(1)) };
    let linking_context = LinkingContext { identity_owner: known(disabled), ..LinkingContext::default() };
    assert_eq!(resolve(&facts(), &linking_context), Answer::Refuse(Reason::UserDisabled));
}

#[test]
fn a_sign_up_link_creates_a_user_with_the_email() {
    let email = verified(ADA, VerificationMethod::EmailLink);
    let decision = decide_by_email_link(&email, &LinkingContext::default());
    assert_eq!(decision.answer, Answer::Create { email: NewEmail::Verified(email) });
    assert_eq!(decision.reasons, [Reason::EmailVerifiedByLink, Reason::EmailFree]);
}

#[test]
fn a_sign_up_link_creates_no_second_user() {
    for method in [VerificationMethod::ProviderClaim, VerificationMethod::Authority, VerificationMethod::EmailLink] {
        let linking_context =
            LinkingContext { email_owner: owned_by(owning(user(1), ADA, method), &[]), ..LinkingContext::default() };
        let decision = decide_by_email_link(&verified(ADA, VerificationMethod::EmailLink), &linking_context);
        assert_eq!(decision.answer, Answer::Refuse(Reason::EmailOwned), "{method:?}");
    }
}

#[test]
fn a_sign_up_link_takes_the_email_from_claimants() {
    let holder = EmailHolder { id: user(2), has_password: false };
    let linking_context = LinkingContext { email_holders: vec![holder.clone()], ..LinkingContext::default() };
    let Answer::ClaimFromUnverified { squatted_accounts, .. } =
        decide_by_email_link(&verified(ADA, VerificationMethod::EmailLink), &linking_context).answer
    else {
        panic!("claimed");
    };
    assert_eq!(
        squatted_accounts,
        [SquattedAccount { user: user(2), invalidations: vec![Invalidation::Claim, Invalidation::EmailLinks] }]
    );
    assert_eq!(squatted_accounts, claimed_accounts(std::slice::from_ref(&holder), user(1)));
    assert_eq!(claimed_accounts(&[holder], user(2)), []);
}

#[test]
fn a_link_to_an_allowed_domain_may_sign_up() {
    let sign_up = SignUp::Domains(["example.com".to_owned()].into());
    let linking_context = LinkingContext { sign_up, ..LinkingContext::default() };
    let of = |address| decide_by_email_link(&verified(address, VerificationMethod::EmailLink), &linking_context).answer;
    assert!(matches!(of("ada@example.com"), Answer::Create { .. }));
    assert_eq!(of("ada@example.com.evil.example"), Answer::Refuse(Reason::DomainNotAdmitted));
}

#[test]
fn recovery_unlinks_what_was_linked_before_verification() {
    for (method, trojan) in [
        (VerificationMethod::ProviderClaim, true),
        (VerificationMethod::Authority, false),
        (VerificationMethod::EmailLink, false),
    ] {
        let invalidations = invalidations_at_recovery(&owning(user(1), ADA, method));
        assert_eq!(invalidations.contains(&Invalidation::Identities), trojan, "{method:?}");
        for always in [Invalidation::Password, Invalidation::Sessions, Invalidation::EmailLinks] {
            assert!(invalidations.contains(&always), "{method:?} {always:?}");
        }
    }
    assert!(invalidations_at_recovery(&present(user(1))).contains(&Invalidation::Identities));
}
