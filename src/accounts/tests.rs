//! The linking policy as tables: a valid case, and one change each.

use std::collections::BTreeSet;

use proptest::prelude::*;
use time::OffsetDateTime;

use super::*;
use crate::providers::{Profile, ProfileEmail};

mod methods;

fn user(number: u8) -> UserId {
    UserId::new(OffsetDateTime::UNIX_EPOCH, [number; 10])
}

fn profile() -> Profile {
    Profile {
        issuer: "https://accounts.google.com".into(),
        subject: "ada".into(),
        provider: "google".into(),
        email: Some(ProfileEmail {
            unverified_address: ADA.into(),
            verified_by_provider: true,
            provider_is_authoritative: true,
        }),
        name: Some("Ada".into()),
        picture: None,
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
    Some(IdentityOwner { recorded_email: user.verified_email.as_ref().map(|email| email.address().clone()), user })
}

fn owned_by(user: UserSummary, methods: &[SignInMethod]) -> Option<EmailOwner> {
    Some(EmailOwner { user, methods: methods.to_vec() })
}

fn sign_in(facts: &Facts, linking_context: &LinkingContext) -> Answer {
    decide(&Purpose::SignIn, facts, linking_context).answer
}

/// A user who signed up by letter with Ada's address, and only has a password.
fn standing_with_owner() -> LinkingContext {
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
fn a_known_identity_signs_its_user_in_whatever_its_address_says() {
    let linking_context = LinkingContext {
        identity_owner: known(owning(user(1), "old@gmail.com", VerificationMethod::Authority)),
        email_owner: owned_by(owning(user(2), ADA, VerificationMethod::Authority), &[]),
        ..LinkingContext::default()
    };
    for facts in [
        facts(),
        facts_with(|profile| profile.email = None),
        facts_with_email(|email| email.verified_by_provider = false),
        facts_with_email(|email| email.unverified_address = "not an address".into()),
    ] {
        let answer = sign_in(&facts, &linking_context);
        assert_eq!(answer, Answer::SignIn { user: user(1), email: EmailUpdate::Keep });
    }
}

#[test]
fn an_address_follows_the_identity_that_it_came_from() {
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
    assert_eq!(sign_in(&by_word, &linking_context), kept, "a weaker proof replaces no stronger one");
}

#[test]
fn a_better_proof_of_the_same_address_is_written_down() {
    let linking_context = LinkingContext {
        identity_owner: known(owning(user(1), ADA, VerificationMethod::ProviderClaim)),
        ..LinkingContext::default()
    };
    let answer = sign_in(&facts(), &linking_context);
    assert!(matches!(answer, Answer::SignIn { email: EmailUpdate::Adopt { .. }, .. }), "{answer:?}");
}

// LK21.

#[test]
fn lk21_a_disabled_user_gets_in_by_no_door() {
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

/// All 2^5: is the provider the authority, does it say verified, is the local address verified, has the local
/// user a password, have they an identity at this provider already?
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
                assert_eq!(email.address().as_str(), ADA);
                assert_eq!(squatted_accounts.len(), 1);
                assert_eq!(squatted_accounts[0].invalidated.contains(&Invalidation::Password), has_password);
                assert_eq!(squatted_accounts[0].invalidated.contains(&Invalidation::Sessions), has_password);
                assert_eq!(squatted_accounts[0].invalidated.contains(&Invalidation::Identities), has_password);
                assert!(squatted_accounts[0].invalidated.contains(&Invalidation::Claim));
            }
            (false, _) => {
                assert!(matches!(decision.answer, Answer::Create { email: NewEmail::Claimed(_) }), "{case:05b}");
            }
        }
    }
}

/// Eve's provider says "verified" about Ada's address, and Eve signs up with it. Ada's Google identity must not
/// be led into Eve's user.
#[test]
fn an_owner_on_a_providers_word_is_asked_even_when_the_authority_comes() {
    let mut linking_context = standing_with_owner();
    assert!(matches!(sign_in(&facts(), &linking_context), Answer::LinkWithoutAsking { .. }));
    linking_context.email_owner =
        owned_by(owning(user(1), ADA, VerificationMethod::ProviderClaim), &[SignInMethod::Provider("eve".into())]);
    let decision = decide(&Purpose::SignIn, &facts(), &linking_context);
    assert!(matches!(decision.answer, Answer::Prompt { .. }));
    assert!(decision.reasons.contains(&Reason::EmailOwnedUnconfirmed));
}

#[test]
fn an_owner_of_another_address_is_nobody() {
    let linking_context = LinkingContext {
        email_owner: owned_by(owning(user(1), "eve@gmail.com", VerificationMethod::EmailLink), &[]),
        ..LinkingContext::default()
    };
    assert!(matches!(sign_in(&facts(), &linking_context), Answer::Create { .. }));
}

// Rule 3, LK1.

#[test]
fn lk1_what_was_planted_is_void_and_the_owner_gets_a_clean_user() {
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
                invalidated: vec![
                    Invalidation::Claim,
                    Invalidation::Password,
                    Invalidation::Sessions,
                    Invalidation::Identities,
                    Invalidation::Letters
                ],
            },
            SquattedAccount { user: user(2), invalidated: vec![Invalidation::Claim, Invalidation::Letters] },
        ]
    );
    assert!(decision.reasons.ends_with(&[Reason::EmailSquatted, Reason::EmailClaimed]));
}

#[test]
fn a_user_voids_nothing_of_their_own_when_their_address_is_proven() {
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
fn nobody_found_means_a_new_user() {
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
fn lk5_lk7_an_address_that_is_not_verified_finds_nobody() {
    for authoritative in [false, true] {
        let facts = facts_with_email(|email| {
            email.verified_by_provider = false;
            email.provider_is_authoritative = authoritative;
        });
        let decision = decide(&Purpose::SignIn, &facts, &standing_with_owner());
        assert!(matches!(decision.answer, Answer::Create { email: NewEmail::Claimed(_) }));
        assert!(decision.reasons.contains(&Reason::EmailUnverified));
    }
}

#[test]
fn a_malformed_address_is_none_even_when_it_is_called_verified() {
    for text in ["", "ada@gmail.com\r\n", "ada@gmail.com,eve@evil.example", "\"ada@gmail.com\"@evil.example"] {
        let facts = facts_with_email(|email| email.unverified_address = text.into());
        let answer = sign_in(&facts, &standing_with_owner());
        assert_eq!(answer, Answer::Create { email: NewEmail::None }, "{text:?}");
    }
}

// LK22.

#[test]
fn lk22_sign_up_can_be_closed_and_users_who_are_there_still_get_in() {
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
fn lk22_only_an_address_of_an_admitted_domain_by_its_authority_signs_up() {
    let linking_context = LinkingContext {
        sign_up: SignUp::Domains(BTreeSet::from(["good.example".to_owned()])),
        ..LinkingContext::default()
    };
    let from = |address: &str| facts_with_email(|email| email.unverified_address = address.into());
    for address in ["x@good.example", "X@GOOD.example"] {
        assert!(matches!(sign_in(&from(address), &linking_context), Answer::Create { .. }), "{address}");
    }
    let by_word = facts_with_email(|email| {
        email.unverified_address = "x@good.example".into();
        email.provider_is_authoritative = false;
    });
    let unverified = facts_with_email(|email| {
        email.unverified_address = "x@good.example".into();
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

// Linking while signed in, LK14.

#[test]
fn a_signed_in_user_links_a_new_identity() {
    let linking_context = LinkingContext { session_user: Some(present(user(1))), ..LinkingContext::default() };
    let decision = decide(&Purpose::Link { user: user(1) }, &facts(), &linking_context);
    assert!(matches!(decision.answer, Answer::Link { user: who, .. } if who == user(1)));
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
fn linking_takes_no_address_from_another_user() {
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

// For all inputs.

fn any_proof() -> impl Strategy<Value = VerificationMethod> {
    prop_oneof![
        Just(VerificationMethod::ProviderClaim),
        Just(VerificationMethod::Authority),
        Just(VerificationMethod::EmailLink)
    ]
}

fn any_address() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just(ADA), Just("eve@evil.example"), Just("bob@gmail.com"), Just("no address")]
}

fn any_user() -> impl Strategy<Value = UserSummary> {
    (0..4_u8, any::<bool>(), proptest::option::of((any_address(), any_proof()))).prop_map(
        |(number, disabled, email)| UserSummary {
            id: user(number),
            disabled,
            verified_email: email
                .and_then(|(address, method)| Some((EmailAddress::parse(address).ok()?, method)))
                .map(|(address, method)| VerifiedEmail::on_record(address, method)),
        },
    )
}

fn any_way() -> impl Strategy<Value = SignInMethod> {
    prop_oneof![
        Just(SignInMethod::Password),
        Just(SignInMethod::Provider("google".into())),
        Just(SignInMethod::Provider("eve".into()))
    ]
}

fn any_standing() -> impl Strategy<Value = LinkingContext> {
    let holder =
        (0..4_u8, any::<bool>()).prop_map(|(number, has_password)| EmailHolder { id: user(number), has_password });
    let sign_up = prop_oneof![
        Just(SignUp::Open),
        Just(SignUp::Closed),
        Just(SignUp::Domains(BTreeSet::from(["gmail.com".to_owned()])))
    ];
    (
        proptest::option::of((any_user(), proptest::option::of(any_address()))),
        proptest::option::of((any_user(), proptest::collection::vec(any_way(), 0..3))),
        proptest::collection::vec(holder, 0..3),
        proptest::option::of(any_user()),
        sign_up,
    )
        .prop_map(|(identity, address, email_holders, session_user, sign_up)| LinkingContext {
            identity_owner: identity.map(|(user, recorded)| IdentityOwner {
                user,
                recorded_email: recorded.and_then(|address| EmailAddress::parse(address).ok()),
            }),
            email_owner: address.map(|(user, methods)| EmailOwner { user, methods }),
            email_holders,
            session_user,
            sign_up,
        })
}

fn any_purpose() -> impl Strategy<Value = Purpose> {
    prop_oneof![
        Just(Purpose::SignIn),
        (0..4_u8).prop_map(|number| Purpose::Link { user: user(number) }),
        (0..4_u8).prop_map(|number| Purpose::Reauthenticate { user: user(number) }),
        (0..4_u8).prop_map(|number| Purpose::ResolveLink { user: user(number), link: "link".into() }),
        (0..4_u8, prop_oneof![Just("ada"), Just("eve")]).prop_map(|(number, subject)| {
            Purpose::Grant {
                user: user(number),
                identity: IdentityKey::new("https://accounts.google.com", subject).unwrap(),
            }
        }),
    ]
}

fn any_email() -> impl Strategy<Value = Option<ProfileEmail>> {
    proptest::option::of((any_address(), any::<bool>(), any::<bool>()).prop_map(
        |(address, verified_by_provider, provider_is_authoritative)| ProfileEmail {
            unverified_address: address.into(),
            verified_by_provider,
            provider_is_authoritative,
        },
    ))
}

/// The users whom an answer lets in, asks or changes.
fn touched(answer: &Answer) -> Vec<UserId> {
    let of_plants = |squatted_accounts: &[SquattedAccount]| {
        squatted_accounts.iter().map(|squatted| squatted.user).collect::<Vec<_>>()
    };
    match answer {
        Answer::SignIn { user, email }
        | Answer::LinkWithoutAsking { user, email }
        | Answer::Link { user, email }
        | Answer::AlreadyLinked { user, email }
        | Answer::Proven { user, email }
        | Answer::Grant { user, email } => {
            let mut users = vec![*user];
            if let EmailUpdate::Adopt { squatted_accounts, .. } = email {
                users.extend(of_plants(squatted_accounts));
            }
            users
        }
        Answer::Prompt { user, .. } => vec![*user],
        Answer::ClaimFromUnverified { squatted_accounts, .. } => of_plants(squatted_accounts),
        Answer::Create { .. } | Answer::LinkedElsewhere | Answer::Refuse(_) => vec![],
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn every_combination_has_an_answer_with_reasons(
        purpose in any_purpose(), email in any_email(), linking_context in any_standing(),
    ) {
        let facts = facts_with(|profile| profile.email = email);
        let decision = decide(&purpose, &facts, &linking_context);
        prop_assert!(!decision.reasons.is_empty());
        if let Answer::Refuse(reason) = decision.answer {
            prop_assert_eq!(decision.reasons.last(), Some(&reason));
        }
    }

    #[test]
    fn no_input_lets_an_unverified_address_reach_another_user(
        purpose in any_purpose(), email in any_email(), linking_context in any_standing(),
    ) {
        let facts = facts_with(|profile| profile.email = email);
        prop_assume!(facts.email.verified().is_none());
        let decision = decide(&purpose, &facts, &linking_context);

        let own = [
            linking_context.identity_owner.as_ref().map(|owner| owner.user.id),
            linking_context.session_user.as_ref().map(|user| user.id),
        ];
        for who in touched(&decision.answer) {
            prop_assert!(own.contains(&Some(who)), "{:?}", decision);
        }
        // Nor does it matter in any other way who has the address.
        let nobody_has_it = LinkingContext { email_owner: None, email_holders: vec![], ..linking_context };
        prop_assert_eq!(decide(&purpose, &facts, &nobody_has_it), decision);
    }

    #[test]
    fn only_the_owner_of_the_very_address_is_ever_joined(
        email in any_email(), linking_context in any_standing(),
    ) {
        let facts = facts_with(|profile| profile.email = email);
        if let Answer::LinkWithoutAsking { user, .. } = sign_in(&facts, &linking_context) {
            let owner = linking_context.email_owner.unwrap();
            let own = owner.user.verified_email.unwrap();
            let told = facts.email.verified().unwrap();
            prop_assert_eq!(user, owner.user.id);
            prop_assert_eq!(own.address(), told.address());
            prop_assert!(own.method().is_strong() && told.method() == VerificationMethod::Authority);
            prop_assert!(!owner.user.disabled);
            prop_assert!(!owner.methods.contains(&SignInMethod::Provider("google".into())));
        }
    }

    #[test]
    fn nobody_disabled_gets_in(
        purpose in any_purpose(), email in any_email(), linking_context in any_standing(),
    ) {
        let facts = facts_with(|profile| profile.email = email);
        let users = [
            linking_context.identity_owner.as_ref().map(|owner| owner.user.clone()),
            linking_context.session_user.clone(),
            linking_context.email_owner.as_ref().map(|owner| owner.user.clone()),
        ];
        let answer = decide(&purpose, &facts, &linking_context).answer;
        if let Answer::SignIn { user, .. } = &answer {
            prop_assert!(users[0].as_ref().is_some_and(|known| known.id == *user && !known.disabled));
        }
        if let Answer::Link { user, .. } | Answer::AlreadyLinked { user, .. } | Answer::Grant { user, .. } = &answer {
            prop_assert!(users[1].as_ref().is_some_and(|present| present.id == *user && !present.disabled));
        }
        if let Answer::LinkWithoutAsking { user, .. } | Answer::Prompt { user, .. } = &answer {
            prop_assert!(users[2].as_ref().is_some_and(|owner| owner.id == *user && !owner.disabled));
        }
    }
}
