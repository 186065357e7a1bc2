//! The linking policy as tables: a valid case, and one change each.

use std::collections::BTreeSet;

use time::OffsetDateTime;

use super::*;
use crate::{
    oidc::AuthenticationClaims,
    providers::{Profile, ProfileEmail},
};

mod methods;
mod properties;

fn user(number: u8) -> UserId {
    UserId::new(OffsetDateTime::UNIX_EPOCH, [number; 10])
}

fn profile() -> Profile {
    Profile {
        issuer: "https://accounts.google.com".into(),
        subject: "ada".into(),
        provider: "google".into(),
        email: Some(ProfileEmail {
            unverified_email: ADA.into(),
            verified_by_provider: true,
            provider_is_authoritative: true,
        }),
        name: Some("Ada".into()),
        picture: None,
        authentication: AuthenticationClaims::default(),
    }
}

const ADA: &str = "ada@gmail.com";

fn facts() -> Facts {
    Facts::of(&profile()).unwrap()
}

fn facts_with(change: impl FnOnce(&mut Profile)) -> Facts {
    let mut profile = profile();
    change(&mut profile);
    Facts::of(&profile).unwrap()
}

fn facts_with_email(change: impl FnOnce(&mut ProfileEmail)) -> Facts {
    facts_with(|profile| change(profile.email.as_mut().unwrap()))
}

fn verified(address: &str, method: VerificationMethod) -> VerifiedEmail {
    VerifiedEmail::on_record(EmailAddress::parse(address).unwrap(), method)
}

fn present(id: UserId) -> UserSummary {
    UserSummary { id, disabled: false, verified_email: None }
}

fn owning(id: UserId, address: &str, method: VerificationMethod) -> UserSummary {
    UserSummary { verified_email: Some(verified(address, method)), ..present(id) }
}

fn known(user: UserSummary) -> Option<IdentityOwner> {
    Some(IdentityOwner { recorded_email: user.verified_email.as_ref().map(|email| email.email().clone()), user })
}

fn owned_by(user: UserSummary, methods: &[SignInMethod]) -> Option<EmailOwner> {
    Some(EmailOwner { user, methods: methods.to_vec(), has_second_factor: false })
}

fn sign_in(facts: &Facts, linking_context: &LinkingContext) -> Answer {
    decide(&Purpose::SignIn, facts, linking_context).answer
}

/// A user who signed up with Ada's email address and has only a password.
fn context_with_owner() -> LinkingContext {
    LinkingContext {
        email_owner: owned_by(owning(user(1), ADA, VerificationMethod::EmailLink), &[SignInMethod::Password]),
        ..LinkingContext::default()
    }
}

// Rule 1.

#[test]
fn a_known_identity_signs_its_user_in() {
    let linking_context = LinkingContext {
        identity_owner: known(owning(user(1), ADA, VerificationMethod::Authority)),
        ..LinkingContext::default()
    };
    let decision = decide(&Purpose::SignIn, &facts(), &linking_context);
    assert_eq!(
        decision,
        Decision {
            answer: Answer::SignIn { user: user(1), email: EmailUpdate::Keep },
            reasons: vec![Reason::IdentityKnown, Reason::EmailVerifiedByMailbox],
        }
    );
}

#[test]
fn a_known_identity_signs_its_user_in_whatever_its_email() {
    let linking_context = LinkingContext {
        identity_owner: known(owning(user(1), "old@gmail.com", VerificationMethod::Authority)),
        email_owner: owned_by(owning(user(2), ADA, VerificationMethod::Authority), &[]),
        ..LinkingContext::default()
    };
    for facts in [
        facts(),
        facts_with(|profile| profile.email = None),
        facts_with_email(|email| email.verified_by_provider = false),
        facts_with_email(|email| email.unverified_email = "not an address".into()),
    ] {
        let answer = sign_in(&facts, &linking_context);
        assert_eq!(answer, Answer::SignIn { user: user(1), email: EmailUpdate::Keep });
    }
}

#[test]
fn an_email_follows_the_identity_that_it_came_from() {
    let linking_context = LinkingContext {
        identity_owner: known(owning(user(1), "old@gmail.com", VerificationMethod::Authority)),
        ..LinkingContext::default()
    };
    let adopted = Answer::SignIn {
        user: user(1),
        email: EmailUpdate::Adopt { email: verified(ADA, VerificationMethod::Authority), squatted_accounts: vec![] },
    };
    assert_eq!(sign_in(&facts(), &linking_context), adopted);

    let mut elsewhere = linking_context.clone();
    elsewhere.identity_owner.as_mut().unwrap().recorded_email = None;
    let kept = Answer::SignIn { user: user(1), email: EmailUpdate::Keep };
    assert_eq!(sign_in(&facts(), &elsewhere), kept);

    let by_word = facts_with_email(|email| email.provider_is_authoritative = false);
    assert_eq!(sign_in(&by_word, &linking_context), kept, "a weaker verification does not replace a stronger one");
}

#[test]
fn after_very_many_changes_an_email_stays() {
    let linking_context = |too_many_changes, email, method| LinkingContext {
        identity_owner: known(owning(user(1), email, method)),
        too_many_changes,
        ..LinkingContext::default()
    };
    let full = linking_context(true, "old@gmail.com", VerificationMethod::Authority);
    let decision = decide(&Purpose::SignIn, &facts(), &full);
    assert_eq!(decision.answer, Answer::SignIn { user: user(1), email: EmailUpdate::Keep });
    assert_eq!(decision.reasons.last(), Some(&Reason::TooManyChanges));
    // What needs no email that undoes it goes on: the address is verified better than before.
    for context in [
        linking_context(false, "old@gmail.com", VerificationMethod::Authority),
        linking_context(true, ADA, VerificationMethod::ProviderClaim),
    ] {
        let answer = sign_in(&facts(), &context);
        assert!(matches!(answer, Answer::SignIn { email: EmailUpdate::Adopt { .. }, .. }), "{answer:?}");
    }
}

#[test]
fn after_very_many_changes_linking_asks() {
    let linking_context = |too_many_changes| LinkingContext {
        email_owner: owned_by(owning(user(1), ADA, VerificationMethod::EmailLink), &[]),
        too_many_changes,
        ..LinkingContext::default()
    };
    assert!(matches!(sign_in(&facts(), &linking_context(true)), Answer::Prompt { .. }));
    assert!(matches!(sign_in(&facts(), &linking_context(false)), Answer::LinkWithoutAsking { .. }));
}

#[test]
fn a_stronger_verification_of_the_same_email_is_stored() {
    let linking_context = LinkingContext {
        identity_owner: known(owning(user(1), ADA, VerificationMethod::ProviderClaim)),
        ..LinkingContext::default()
    };
    let answer = sign_in(&facts(), &linking_context);
    assert!(matches!(answer, Answer::SignIn { email: EmailUpdate::Adopt { .. }, .. }), "{answer:?}");
}

// LK21.

#[test]
fn lk21_a_disabled_user_is_refused_everywhere() {
    let disabled = UserSummary { disabled: true, ..owning(user(1), ADA, VerificationMethod::Authority) };
    let by_identity = LinkingContext { identity_owner: known(disabled.clone()), ..LinkingContext::default() };
    let by_address = LinkingContext { email_owner: owned_by(disabled.clone(), &[]), ..LinkingContext::default() };
    for linking_context in [by_identity, by_address] {
        assert_eq!(sign_in(&facts(), &linking_context), Answer::Refuse(Reason::UserDisabled));
    }
    let in_session = LinkingContext { session_user: Some(disabled), ..LinkingContext::default() };
    let purpose = Purpose::Link { user: user(1) };
    assert_eq!(decide(&purpose, &facts(), &in_session).answer, Answer::Refuse(Reason::UserDisabled));
}

// Rule 2, LK8.

/// All 2^5: the provider is the authority, it says verified, the local email is verified, the local user has a
/// password, the local user has an identity at this provider.
#[test]
fn lk8_linking_without_asking_needs_every_condition_at_once() {
    for case in 0..32_u8 {
        let bit = |number: u8| case & (1 << number) != 0;
        let (authoritative, said_verified, locally_verified) = (bit(0), bit(1), bit(2));
        let (has_password, linked_here) = (bit(3), bit(4));

        let facts = facts_with_email(|email| {
            email.provider_is_authoritative = authoritative;
            email.verified_by_provider = said_verified;
        });
        let mut methods = vec![SignInMethod::Provider("github".into())];
        methods.extend(has_password.then_some(SignInMethod::Password));
        methods.extend(linked_here.then(|| SignInMethod::Provider("google".into())));
        let linking_context = if locally_verified {
            LinkingContext {
                email_owner: owned_by(owning(user(1), ADA, VerificationMethod::EmailLink), &methods),
                ..LinkingContext::default()
            }
        } else {
            LinkingContext {
                email_holders: vec![EmailHolder { id: user(1), has_password }],
                ..LinkingContext::default()
            }
        };

        let decision = decide(&Purpose::SignIn, &facts, &linking_context);
        match (said_verified, locally_verified) {
            (true, true) if authoritative && !linked_here => assert_eq!(
                decision.answer,
                Answer::LinkWithoutAsking { user: user(1), email: EmailUpdate::Keep },
                "{case:05b}"
            ),
            (true, true) => {
                assert_eq!(decision.answer, Answer::Prompt { user: user(1), methods }, "{case:05b}");
            }
            (true, false) => {
                let Answer::ClaimFromUnverified { email, squatted_accounts } = decision.answer else {
                    panic!("{case:05b}: {:?}", decision.answer);
                };
                assert_eq!(email.email().as_str(), ADA);
                assert_eq!(squatted_accounts.len(), 1);
                assert_eq!(squatted_accounts[0].invalidations.contains(&Invalidation::Password), has_password);
                assert_eq!(squatted_accounts[0].invalidations.contains(&Invalidation::Sessions), has_password);
                assert_eq!(squatted_accounts[0].invalidations.contains(&Invalidation::Identities), has_password);
                assert!(squatted_accounts[0].invalidations.contains(&Invalidation::Claim));
            }
            (false, _) => {
                assert!(matches!(decision.answer, Answer::Create { email: NewEmail::Claimed(_) }), "{case:05b}");
            }
        }
    }
}

/// Eve's provider says that Ada's address is verified, and Eve signs up with it. Ada's Google identity must not be
/// linked to Eve's user.
#[test]
fn a_weakly_verified_owner_is_asked_even_by_the_authority() {
    let mut linking_context = context_with_owner();
    assert!(matches!(sign_in(&facts(), &linking_context), Answer::LinkWithoutAsking { .. }));
    linking_context.email_owner =
        owned_by(owning(user(1), ADA, VerificationMethod::ProviderClaim), &[SignInMethod::Provider("eve".into())]);
    let decision = decide(&Purpose::SignIn, &facts(), &linking_context);
    assert!(matches!(decision.answer, Answer::Prompt { .. }));
    assert!(decision.reasons.contains(&Reason::EmailOwnedUnconfirmed));
}

#[test]
fn an_owner_of_another_email_is_ignored() {
    let linking_context = LinkingContext {
        email_owner: owned_by(owning(user(1), "eve@gmail.com", VerificationMethod::EmailLink), &[]),
        ..LinkingContext::default()
    };
    assert!(matches!(sign_in(&facts(), &linking_context), Answer::Create { .. }));
}

// Rule 3, LK1.

#[test]
fn lk1_squatted_accounts_lose_the_email_to_a_new_user() {
    let linking_context = LinkingContext {
        email_holders: vec![
            EmailHolder { id: user(1), has_password: true },
            EmailHolder { id: user(2), has_password: false },
        ],
        ..LinkingContext::default()
    };
    let decision = decide(&Purpose::SignIn, &facts(), &linking_context);
    let Answer::ClaimFromUnverified { email, squatted_accounts } = decision.answer else {
        panic!("{decision:?}");
    };
    assert_eq!(email, verified(ADA, VerificationMethod::Authority));
    assert_eq!(
        squatted_accounts,
        [
            SquattedAccount {
                user: user(1),
                invalidations: vec![
                    Invalidation::Claim,
                    Invalidation::Password,
                    Invalidation::Sessions,
                    Invalidation::Identities,
                    Invalidation::EmailLinks
                ],
            },
            SquattedAccount { user: user(2), invalidations: vec![Invalidation::Claim, Invalidation::EmailLinks] },
        ]
    );
    assert!(decision.reasons.ends_with(&[Reason::EmailSquatted, Reason::EmailClaimed]));
}

#[test]
fn verifying_an_email_invalidates_nothing_of_its_user() {
    let holder = |number| EmailHolder { id: user(number), has_password: true };
    let linking_context = LinkingContext {
        session_user: Some(present(user(1))),
        email_holders: vec![holder(1), holder(2)],
        ..LinkingContext::default()
    };
    let answer = decide(&Purpose::Link { user: user(1) }, &facts(), &linking_context).answer;
    let Answer::Link { email: EmailUpdate::Adopt { squatted_accounts, .. }, .. } = answer else {
        panic!("{answer:?}");
    };
    assert_eq!(squatted_accounts.iter().map(|squatted| squatted.user).collect::<Vec<_>>(), [user(2)]);
}

// Rule 4, LK5, LK7.

#[test]
fn an_unknown_profile_creates_a_user() {
    assert_eq!(
        sign_in(&facts(), &LinkingContext::default()),
        Answer::Create { email: NewEmail::Verified(verified(ADA, VerificationMethod::Authority)) }
    );
    assert_eq!(
        sign_in(&facts_with(|profile| profile.email = None), &LinkingContext::default()),
        Answer::Create { email: NewEmail::None }
    );
}

/// LK5: a provider that does not check. LK7: one that is trusted, but whose addresses can be edited (nOAuth):
/// its page never says verified. Its being an authority changes nothing.
#[test]
fn lk5_lk7_an_unverified_email_finds_no_user() {
    for authoritative in [false, true] {
        let facts = facts_with_email(|email| {
            email.verified_by_provider = false;
            email.provider_is_authoritative = authoritative;
        });
        let decision = decide(&Purpose::SignIn, &facts, &context_with_owner());
        assert!(matches!(decision.answer, Answer::Create { email: NewEmail::Claimed(_) }));
        assert!(decision.reasons.contains(&Reason::EmailUnverified));
    }
}

#[test]
fn a_malformed_email_is_absent_even_if_called_verified() {
    for text in ["", "ada@gmail.com\r\n", "ada@gmail.com,eve@evil.example", "\"ada@gmail.com\"@evil.example"] {
        let facts = facts_with_email(|email| email.unverified_email = text.into());
        let answer = sign_in(&facts, &context_with_owner());
        assert_eq!(answer, Answer::Create { email: NewEmail::None }, "{text:?}");
    }
}

// LK22.

#[test]
fn lk22_closed_sign_up_still_admits_existing_users() {
    let closed = LinkingContext { sign_up: SignUp::Closed, ..LinkingContext::default() };
    assert_eq!(sign_in(&facts(), &closed), Answer::Refuse(Reason::SignUpClosed));
    let there = LinkingContext {
        identity_owner: known(present(user(1))),
        sign_up: SignUp::Closed,
        ..LinkingContext::default()
    };
    assert!(matches!(sign_in(&facts(), &there), Answer::SignIn { .. }));
}

#[test]
fn lk22_sign_up_can_require_a_verified_domain() {
    let linking_context = LinkingContext {
        sign_up: SignUp::Domains(BTreeSet::from(["good.example".to_owned()])),
        ..LinkingContext::default()
    };
    let from = |address: &str| facts_with_email(|email| email.unverified_email = address.into());
    for address in ["x@good.example", "X@GOOD.example"] {
        assert!(matches!(sign_in(&from(address), &linking_context), Answer::Create { .. }), "{address}");
    }
    let by_word = facts_with_email(|email| {
        email.unverified_email = "x@good.example".into();
        email.provider_is_authoritative = false;
    });
    let unverified = facts_with_email(|email| {
        email.unverified_email = "x@good.example".into();
        email.verified_by_provider = false;
    });
    let without = facts_with(|profile| profile.email = None);
    for facts in [
        by_word,
        unverified,
        without,
        from("x@good.example.evil.example"),
        from("x@evilgood.example"),
        from("x@sub.good.example"),
        from("x@evil.example\n@good.example"),
        from("x@evil.example,y@good.example"),
    ] {
        assert_eq!(sign_in(&facts, &linking_context), Answer::Refuse(Reason::DomainNotAdmitted), "{facts:?}");
    }
}

#[test]
fn an_invitation_admits_whoever_reads_its_mailbox() {
    let facts_of = |authoritative, verified| {
        facts_with_email(|email| {
            email.provider_is_authoritative = authoritative;
            email.verified_by_provider = verified;
        })
    };
    let (hosted, by_word, unverified) = (facts_of(true, true), facts_of(false, true), facts_of(false, false));
    let without = facts_with(|profile| profile.email = None);
    for (sign_up, reason) in [
        (SignUp::Invited, Reason::NotInvited),
        (SignUp::Domains(BTreeSet::from(["good.example".to_owned()])), Reason::DomainNotAdmitted),
    ] {
        for (invitation, admitted, refused) in [
            (Invitation::None, &[][..], &[&hosted, &by_word, &unverified, &without][..]),
            (Invitation::Pending, &[&hosted], &[&by_word, &unverified, &without]),
            (Invitation::Opened, &[&hosted, &by_word], &[&unverified, &without]),
        ] {
            let linking_context = LinkingContext { sign_up: sign_up.clone(), invitation, ..LinkingContext::default() };
            for facts in admitted {
                assert!(matches!(sign_in(facts, &linking_context), Answer::Create { .. }), "{invitation:?} {facts:?}");
            }
            for facts in refused {
                assert_eq!(sign_in(facts, &linking_context), Answer::Refuse(reason), "{invitation:?} {facts:?}");
            }
        }
    }
    for invitation in [Invitation::Pending, Invitation::Opened] {
        let closed = LinkingContext { sign_up: SignUp::Closed, invitation, ..LinkingContext::default() };
        assert_eq!(sign_in(&hosted, &closed), Answer::Refuse(Reason::SignUpClosed));
    }
}

// Linking while signed in, LK14.

#[test]
fn a_signed_in_user_links_a_new_identity() {
    let linking_context = LinkingContext { session_user: Some(present(user(1))), ..LinkingContext::default() };
    let decision = decide(&Purpose::Link { user: user(1) }, &facts(), &linking_context);
    assert!(matches!(decision.answer, Answer::Link { user: who, .. } if who == user(1)));
}

#[test]
fn a_full_account_gets_no_further_identity() {
    let linking_context = |identity_owner| LinkingContext {
        session_user: Some(present(user(1))),
        is_full: true,
        identity_owner,
        ..LinkingContext::default()
    };
    let link = |linking_context| decide(&Purpose::Link { user: user(1) }, &facts(), &linking_context).answer;
    assert_eq!(link(linking_context(None)), Answer::Refuse(Reason::TooManyIdentities));
    assert!(matches!(link(linking_context(known(present(user(1))))), Answer::AlreadyLinked { .. }));
    assert_eq!(link(linking_context(known(present(user(2))))), Answer::LinkedElsewhere);
    // A sign-in with an identity that is linked already.
    assert!(matches!(sign_in(&facts(), &linking_context(known(present(user(1))))), Answer::SignIn { .. }));
}

#[test]
fn linking_needs_the_user_who_started_it() {
    let purpose = Purpose::Link { user: user(1) };
    for (session_user, reason) in [(None, Reason::SessionMissing), (Some(present(user(2))), Reason::SessionOfAnother)] {
        let linking_context = LinkingContext { session_user, ..LinkingContext::default() };
        assert_eq!(decide(&purpose, &facts(), &linking_context).answer, Answer::Refuse(reason));
    }
}

#[test]
fn lk14_an_identity_of_another_user_does_not_move() {
    let purpose = Purpose::Link { user: user(1) };
    let linking_context = |owner| LinkingContext {
        identity_owner: known(present(owner)),
        session_user: Some(present(user(1))),
        ..LinkingContext::default()
    };
    assert_eq!(decide(&purpose, &facts(), &linking_context(user(2))).answer, Answer::LinkedElsewhere);
    assert!(matches!(decide(&purpose, &facts(), &linking_context(user(1))).answer, Answer::AlreadyLinked { .. }));
}

#[test]
fn linking_takes_no_email_from_another_user() {
    let linking_context = LinkingContext {
        session_user: Some(present(user(1))),
        email_owner: owned_by(owning(user(2), ADA, VerificationMethod::ProviderClaim), &[]),
        ..LinkingContext::default()
    };
    assert_eq!(
        decide(&Purpose::Link { user: user(1) }, &facts(), &linking_context).answer,
        Answer::Link { user: user(1), email: EmailUpdate::Keep }
    );
}

// Step-up.

#[test]
fn a_grant_is_for_the_identity_that_was_asked_for() {
    let purpose = |subject: &str| Purpose::Grant {
        user: user(1),
        identity: IdentityKey::new("https://accounts.google.com", subject).unwrap(),
    };
    let linking_context = |owner| LinkingContext {
        identity_owner: known(present(owner)),
        session_user: Some(present(user(1))),
        ..LinkingContext::default()
    };
    assert!(matches!(decide(&purpose("ada"), &facts(), &linking_context(user(1))).answer, Answer::Grant { .. }));
    assert_eq!(
        decide(&purpose("eve"), &facts(), &linking_context(user(1))).answer,
        Answer::Refuse(Reason::GrantForAnotherIdentity)
    );
    assert_eq!(
        decide(&purpose("ada"), &facts(), &linking_context(user(2))).answer,
        Answer::Refuse(Reason::GrantIdentityNotLinked)
    );
}
