//! Proofs: who is signed in, whose account it is, who reads a mailbox.

use super::*;

fn reauthenticate(facts: &Facts, standing: &Standing) -> Answer {
    decide(&Purpose::Reauthenticate { user: user(1) }, facts, standing).answer
}

fn resolve(facts: &Facts, standing: &Standing) -> Answer {
    decide(&Purpose::ResolveLink { user: user(1), link: "link".into() }, facts, standing).answer
}

fn signed_in_with_the_identity() -> Standing {
    Standing {
        identity_owner: known(owning(user(1), ADA, Proof::Authority)),
        session_user: Some(present(user(1))),
        ..Standing::default()
    }
}

#[test]
fn an_identity_of_the_signed_in_user_proves_who_they_are() {
    let answer = reauthenticate(&facts(), &signed_in_with_the_identity());
    assert_eq!(answer, Answer::Proven { user: user(1), email: EmailUpdate::Keep });
}

#[test]
fn a_proof_is_the_signed_in_users_own_or_none() {
    let standing = signed_in_with_the_identity();
    for (standing, reason) in [
        (Standing { session_user: None, ..standing.clone() }, Reason::SessionMissing),
        (Standing { session_user: Some(present(user(2))), ..standing.clone() }, Reason::SessionOfAnother),
        (
            Standing { session_user: Some(UserStanding { disabled: true, ..present(user(1)) }), ..standing.clone() },
            Reason::UserDisabled,
        ),
        (Standing { identity_owner: known(present(user(2))), ..standing.clone() }, Reason::ProofOfAnother),
        (Standing { identity_owner: None, ..standing.clone() }, Reason::ProofOfAnother),
    ] {
        assert_eq!(reauthenticate(&facts(), &standing), Answer::Refuse(reason));
    }
}

/// An unknown identity whose address is the user's would be linked without asking in a sign-in; a proof links nothing.
#[test]
fn a_proof_links_nobody_whatever_the_address_says() {
    let standing = Standing {
        identity_owner: None,
        session_user: Some(owning(user(1), ADA, Proof::Letter)),
        address_owner: owned_by(owning(user(1), ADA, Proof::Letter), &[]),
        ..Standing::default()
    };
    assert!(matches!(sign_in(&facts(), &standing), Answer::LinkWithoutAsking { .. }));
    assert_eq!(reauthenticate(&facts(), &standing), Answer::Refuse(Reason::ProofOfAnother));
    assert_eq!(resolve(&facts(), &standing), Answer::Refuse(Reason::ProofOfAnother));
}

#[test]
fn at_the_link_prompt_an_identity_of_the_account_signs_its_user_in() {
    let standing = Standing { session_user: None, ..signed_in_with_the_identity() };
    assert_eq!(resolve(&facts(), &standing), Answer::SignIn { user: user(1), email: EmailUpdate::Keep });
}

#[test]
fn at_the_link_prompt_somebody_elses_identity_opens_nothing() {
    for owner in [None, known(present(user(2)))] {
        let standing = Standing { identity_owner: owner, ..Standing::default() };
        assert_eq!(resolve(&facts(), &standing), Answer::Refuse(Reason::ProofOfAnother));
    }
    let disabled = UserStanding { disabled: true, ..present(user(1)) };
    let standing = Standing { identity_owner: known(disabled), ..Standing::default() };
    assert_eq!(resolve(&facts(), &standing), Answer::Refuse(Reason::UserDisabled));
}

#[test]
fn who_follows_the_letter_of_a_sign_up_becomes_a_user_with_the_address() {
    let email = verified(ADA, Proof::Letter);
    let decision = decide_by_letter(&email, &Standing::default());
    assert_eq!(decision.answer, Answer::Create { email: NewEmail::Verified(email) });
    assert_eq!(decision.reasons, [Reason::EmailVerifiedByLetter, Reason::AddressFree]);
}

#[test]
fn the_letter_of_a_sign_up_makes_no_second_user_with_an_address() {
    for proof in [Proof::ProvidersWord, Proof::Authority, Proof::Letter] {
        let standing = Standing { address_owner: owned_by(owning(user(1), ADA, proof), &[]), ..Standing::default() };
        let decision = decide_by_letter(&verified(ADA, Proof::Letter), &standing);
        assert_eq!(decision.answer, Answer::Refuse(Reason::AddressOwned), "{proof:?}");
    }
}

#[test]
fn the_letter_takes_the_address_from_who_only_claimed_it() {
    let holder = AddressHolder { id: user(2), has_password: false };
    let standing = Standing { address_holders: vec![holder.clone()], ..Standing::default() };
    let Answer::ClaimFromUnverified { plants, .. } = decide_by_letter(&verified(ADA, Proof::Letter), &standing).answer
    else {
        panic!("claimed");
    };
    assert_eq!(plants, [Plant { user: user(2), void: vec![Void::Claim, Void::Letters] }]);
    assert_eq!(plants, claimed_plants(std::slice::from_ref(&holder), user(1)));
    assert_eq!(claimed_plants(&[holder], user(2)), []);
}

#[test]
fn where_only_domains_are_admitted_a_letter_to_one_of_them_is_enough() {
    let sign_up = SignUp::Domains(["example.com".to_owned()].into());
    let standing = Standing { sign_up, ..Standing::default() };
    let of = |address| decide_by_letter(&verified(address, Proof::Letter), &standing).answer;
    assert!(matches!(of("ada@example.com"), Answer::Create { .. }));
    assert_eq!(of("ada@example.com.evil.example"), Answer::Refuse(Reason::DomainNotAdmitted));
}

#[test]
fn recovery_voids_what_was_linked_before_the_address_was_proven_and_keeps_it_after() {
    for (proof, trojan) in [(Proof::ProvidersWord, true), (Proof::Authority, false), (Proof::Letter, false)] {
        let void = void_at_recovery(&owning(user(1), ADA, proof));
        assert_eq!(void.contains(&Void::Identities), trojan, "{proof:?}");
        for always in [Void::Password, Void::Sessions, Void::Letters] {
            assert!(void.contains(&always), "{proof:?} {always:?}");
        }
    }
    assert!(void_at_recovery(&present(user(1))).contains(&Void::Identities));
}
