//! Proofs: who is signed in, whose account it is, who reads a mailbox.

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
fn an_identity_of_the_signed_in_user_proves_who_they_are() {
    let answer = reauthenticate(&facts(), &signed_in_with_the_identity());
    assert_eq!(answer, Answer::Proven { user: user(1), email: EmailUpdate::Keep });
}

#[test]
fn a_proof_is_the_signed_in_users_own_or_none() {
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
        (LinkingContext { identity_owner: known(present(user(2))), ..linking_context.clone() }, Reason::ProofOfAnother),
        (LinkingContext { identity_owner: None, ..linking_context.clone() }, Reason::ProofOfAnother),
    ] {
        assert_eq!(reauthenticate(&facts(), &linking_context), Answer::Refuse(reason));
    }
}

/// An unknown identity whose address is the user's would be linked without asking in a sign-in; a proof links nothing.
#[test]
fn a_proof_links_nobody_whatever_the_address_says() {
    let linking_context = LinkingContext {
        identity_owner: None,
        session_user: Some(owning(user(1), ADA, VerificationMethod::EmailLink)),
        email_owner: owned_by(owning(user(1), ADA, VerificationMethod::EmailLink), &[]),
        ..LinkingContext::default()
    };
    assert!(matches!(sign_in(&facts(), &linking_context), Answer::LinkWithoutAsking { .. }));
    assert_eq!(reauthenticate(&facts(), &linking_context), Answer::Refuse(Reason::ProofOfAnother));
    assert_eq!(resolve(&facts(), &linking_context), Answer::Refuse(Reason::ProofOfAnother));
}

#[test]
fn at_the_link_prompt_an_identity_of_the_account_signs_its_user_in() {
    let linking_context = LinkingContext { session_user: None, ..signed_in_with_the_identity() };
    assert_eq!(resolve(&facts(), &linking_context), Answer::SignIn { user: user(1), email: EmailUpdate::Keep });
}

#[test]
fn at_the_link_prompt_somebody_elses_identity_opens_nothing() {
    for owner in [None, known(present(user(2)))] {
        let linking_context = LinkingContext { identity_owner: owner, ..LinkingContext::default() };
        assert_eq!(resolve(&facts(), &linking_context), Answer::Refuse(Reason::ProofOfAnother));
    }
    let disabled = UserSummary { disabled: true, ..present(user(1)) };
    let linking_context = LinkingContext { identity_owner: known(disabled), ..LinkingContext::default() };
    assert_eq!(resolve(&facts(), &linking_context), Answer::Refuse(Reason::UserDisabled));
}

#[test]
fn who_follows_the_letter_of_a_sign_up_becomes_a_user_with_the_address() {
    let email = verified(ADA, VerificationMethod::EmailLink);
    let decision = decide_by_email_link(&email, &LinkingContext::default());
    assert_eq!(decision.answer, Answer::Create { email: NewEmail::Verified(email) });
    assert_eq!(decision.reasons, [Reason::EmailVerifiedByLink, Reason::EmailFree]);
}

#[test]
fn the_letter_of_a_sign_up_makes_no_second_user_with_an_address() {
    for method in [VerificationMethod::ProviderClaim, VerificationMethod::Authority, VerificationMethod::EmailLink] {
        let linking_context =
            LinkingContext { email_owner: owned_by(owning(user(1), ADA, method), &[]), ..LinkingContext::default() };
        let decision = decide_by_email_link(&verified(ADA, VerificationMethod::EmailLink), &linking_context);
        assert_eq!(decision.answer, Answer::Refuse(Reason::EmailOwned), "{method:?}");
    }
}

#[test]
fn the_letter_takes_the_address_from_who_only_claimed_it() {
    let holder = EmailHolder { id: user(2), has_password: false };
    let linking_context = LinkingContext { email_holders: vec![holder.clone()], ..LinkingContext::default() };
    let Answer::ClaimFromUnverified { squatted_accounts, .. } =
        decide_by_email_link(&verified(ADA, VerificationMethod::EmailLink), &linking_context).answer
    else {
        panic!("claimed");
    };
    assert_eq!(
        squatted_accounts,
        [SquattedAccount { user: user(2), invalidated: vec![Invalidation::Claim, Invalidation::Letters] }]
    );
    assert_eq!(squatted_accounts, claimed_accounts(std::slice::from_ref(&holder), user(1)));
    assert_eq!(claimed_accounts(&[holder], user(2)), []);
}

#[test]
fn where_only_domains_are_admitted_a_letter_to_one_of_them_is_enough() {
    let sign_up = SignUp::Domains(["example.com".to_owned()].into());
    let linking_context = LinkingContext { sign_up, ..LinkingContext::default() };
    let of = |address| decide_by_email_link(&verified(address, VerificationMethod::EmailLink), &linking_context).answer;
    assert!(matches!(of("ada@example.com"), Answer::Create { .. }));
    assert_eq!(of("ada@example.com.evil.example"), Answer::Refuse(Reason::DomainNotAdmitted));
}

#[test]
fn recovery_voids_what_was_linked_before_the_address_was_proven_and_keeps_it_after() {
    for (method, trojan) in [
        (VerificationMethod::ProviderClaim, true),
        (VerificationMethod::Authority, false),
        (VerificationMethod::EmailLink, false),
    ] {
        let invalidated = invalidated_at_recovery(&owning(user(1), ADA, method));
        assert_eq!(invalidated.contains(&Invalidation::Identities), trojan, "{method:?}");
        for always in [Invalidation::Password, Invalidation::Sessions, Invalidation::Letters] {
            assert!(invalidated.contains(&always), "{method:?} {always:?}");
        }
    }
    assert!(invalidated_at_recovery(&present(user(1))).contains(&Invalidation::Identities));
}
