//! The linking policy as tables: a valid case, and one change each.

use std::collections::BTreeSet;

use proptest::prelude::*;
use time::OffsetDateTime;

use super::*;
use crate::providers::{Profile, ProfileEmail};

mod proofs;

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

fn verified(address: &str, proof: Proof) -> VerifiedEmail {
    VerifiedEmail::on_record(EmailAddress::parse(address).unwrap(), proof)
}

fn present(id: UserId) -> UserStanding {
    UserStanding { id, disabled: false, verified_email: None }
}

fn owning(id: UserId, address: &str, proof: Proof) -> UserStanding {
    UserStanding { verified_email: Some(verified(address, proof)), ..present(id) }
}

fn known(user: UserStanding) -> Option<IdentityOwner> {
    Some(IdentityOwner { recorded_email: user.verified_email.as_ref().map(|email| email.address().clone()), user })
}

fn owned_by(user: UserStanding, ways: &[Way]) -> Option<AddressOwner> {
    Some(AddressOwner { user, ways: ways.to_vec() })
}

fn sign_in(facts: &Facts, standing: &Standing) -> Answer {
    decide(&Purpose::SignIn, facts, standing).answer
}

/// A user who signed up by letter with Ada's address, and only has a password.
fn standing_with_owner() -> Standing {
    Standing { address_owner: owned_by(owning(user(1), ADA, Proof::Letter), &[Way::Password]), ..Standing::default() }
}

// Rule 1.

#[test]
fn a_known_identity_signs_its_user_in() {
    let standing = Standing { identity_owner: known(owning(user(1), ADA, Proof::Authority)), ..Standing::default() };
    let decision = decide(&Purpose::SignIn, &facts(), &standing);
    assert_eq!(
        decision,
        Decision {
            answer: Answer::SignIn { user: user(1), email: EmailUpdate::Keep },
            reasons: vec![Reason::IdentityKnown, Reason::EmailVerifiedByItsAuthority],
        }
    );
}

#[test]
fn a_known_identity_signs_its_user_in_whatever_its_address_says() {
    let standing = Standing {
        identity_owner: known(owning(user(1), "old@gmail.com", Proof::Authority)),
        address_owner: owned_by(owning(user(2), ADA, Proof::Authority), &[]),
        ..Standing::default()
    };
    for facts in [
        facts(),
        facts_with(|profile| profile.email = None),
        facts_with_email(|email| email.verified_by_provider = false),
        facts_with_email(|email| email.unverified_address = "not an address".into()),
    ] {
        let answer = sign_in(&facts, &standing);
        assert_eq!(answer, Answer::SignIn { user: user(1), email: EmailUpdate::Keep });
    }
}

#[test]
fn an_address_follows_the_identity_that_it_came_from() {
    let standing =
        Standing { identity_owner: known(owning(user(1), "old@gmail.com", Proof::Authority)), ..Standing::default() };
    let adopted = Answer::SignIn {
        user: user(1),
        email: EmailUpdate::Adopt { email: verified(ADA, Proof::Authority), plants: vec![] },
    };
    assert_eq!(sign_in(&facts(), &standing), adopted);

    let mut elsewhere = standing.clone();
    elsewhere.identity_owner.as_mut().unwrap().recorded_email = None;
    let kept = Answer::SignIn { user: user(1), email: EmailUpdate::Keep };
    assert_eq!(sign_in(&facts(), &elsewhere), kept);

    let by_word = facts_with_email(|email| email.provider_is_authoritative = false);
    assert_eq!(sign_in(&by_word, &standing), kept, "a weaker proof replaces no stronger one");
}

#[test]
fn a_better_proof_of_the_same_address_is_written_down() {
    let standing =
        Standing { identity_owner: known(owning(user(1), ADA, Proof::ProvidersWord)), ..Standing::default() };
    let answer = sign_in(&facts(), &standing);
    assert!(matches!(answer, Answer::SignIn { email: EmailUpdate::Adopt { .. }, .. }), "{answer:?}");
}

// LK21.

#[test]
fn lk21_a_disabled_user_gets_in_by_no_door() {
    let disabled = UserStanding { disabled: true, ..owning(user(1), ADA, Proof::Authority) };
    let by_identity = Standing { identity_owner: known(disabled.clone()), ..Standing::default() };
    let by_address = Standing { address_owner: owned_by(disabled.clone(), &[]), ..Standing::default() };
    for standing in [by_identity, by_address] {
        assert_eq!(sign_in(&facts(), &standing), Answer::Refuse(Reason::UserDisabled));
    }
    let in_session = Standing { session_user: Some(disabled), ..Standing::default() };
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
        let mut ways = vec![Way::Provider("github".into())];
        ways.extend(has_password.then_some(Way::Password));
        ways.extend(linked_here.then(|| Way::Provider("google".into())));
        let standing = if locally_verified {
            Standing { address_owner: owned_by(owning(user(1), ADA, Proof::Letter), &ways), ..Standing::default() }
        } else {
            Standing { address_holders: vec![AddressHolder { id: user(1), has_password }], ..Standing::default() }
        };

        let decision = decide(&Purpose::SignIn, &facts, &standing);
        match (said_verified, locally_verified) {
            (true, true) if authoritative && !linked_here => assert_eq!(
                decision.answer,
                Answer::LinkWithoutAsking { user: user(1), email: EmailUpdate::Keep },
                "{case:05b}"
            ),
            (true, true) => {
                assert_eq!(decision.answer, Answer::Prompt { user: user(1), ways }, "{case:05b}");
            }
            (true, false) => {
                let Answer::ClaimFromUnverified { email, plants } = decision.answer else {
                    panic!("{case:05b}: {:?}", decision.answer);
                };
                assert_eq!(email.address().as_str(), ADA);
                assert_eq!(plants.len(), 1);
                assert_eq!(plants[0].void.contains(&Void::Password), has_password);
                assert_eq!(plants[0].void.contains(&Void::Sessions), has_password);
                assert_eq!(plants[0].void.contains(&Void::Identities), has_password);
                assert!(plants[0].void.contains(&Void::Claim));
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
    let mut standing = standing_with_owner();
    assert!(matches!(sign_in(&facts(), &standing), Answer::LinkWithoutAsking { .. }));
    standing.address_owner = owned_by(owning(user(1), ADA, Proof::ProvidersWord), &[Way::Provider("eve".into())]);
    let decision = decide(&Purpose::SignIn, &facts(), &standing);
    assert!(matches!(decision.answer, Answer::Prompt { .. }));
    assert!(decision.reasons.contains(&Reason::AddressOwnedByWord));
}

#[test]
fn an_owner_of_another_address_is_nobody() {
    let standing = Standing {
        address_owner: owned_by(owning(user(1), "eve@gmail.com", Proof::Letter), &[]),
        ..Standing::default()
    };
    assert!(matches!(sign_in(&facts(), &standing), Answer::Create { .. }));
}

// Rule 3, LK1.

#[test]
fn lk1_what_was_planted_is_void_and_the_owner_gets_a_clean_user() {
    let standing = Standing {
        address_holders: vec![
            AddressHolder { id: user(1), has_password: true },
            AddressHolder { id: user(2), has_password: false },
        ],
        ..Standing::default()
    };
    let decision = decide(&Purpose::SignIn, &facts(), &standing);
    let Answer::ClaimFromUnverified { email, plants } = decision.answer else {
        panic!("{decision:?}");
    };
    assert_eq!(email, verified(ADA, Proof::Authority));
    assert_eq!(
        plants,
        [
            Plant {
                user: user(1),
                void: vec![Void::Claim, Void::Password, Void::Sessions, Void::Identities, Void::Letters],
            },
            Plant { user: user(2), void: vec![Void::Claim, Void::Letters] },
        ]
    );
    assert!(decision.reasons.ends_with(&[Reason::AddressPlanted, Reason::AddressClaimed]));
}

#[test]
fn a_user_voids_nothing_of_their_own_when_their_address_is_proven() {
    let holder = |number| AddressHolder { id: user(number), has_password: true };
    let standing = Standing {
        session_user: Some(present(user(1))),
        address_holders: vec![holder(1), holder(2)],
        ..Standing::default()
    };
    let answer = decide(&Purpose::Link { user: user(1) }, &facts(), &standing).answer;
    let Answer::Link { email: EmailUpdate::Adopt { plants, .. }, .. } = answer else {
        panic!("{answer:?}");
    };
    assert_eq!(plants.iter().map(|plant| plant.user).collect::<Vec<_>>(), [user(2)]);
}

// Rule 4, LK5, LK7.

#[test]
fn nobody_found_means_a_new_user() {
    assert_eq!(
        sign_in(&facts(), &Standing::default()),
        Answer::Create { email: NewEmail::Verified(verified(ADA, Proof::Authority)) }
    );
    assert_eq!(
        sign_in(&facts_with(|profile| profile.email = None), &Standing::default()),
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
    let closed = Standing { sign_up: SignUp::Closed, ..Standing::default() };
    assert_eq!(sign_in(&facts(), &closed), Answer::Refuse(Reason::SignUpClosed));
    let there = Standing { identity_owner: known(present(user(1))), sign_up: SignUp::Closed, ..Standing::default() };
    assert!(matches!(sign_in(&facts(), &there), Answer::SignIn { .. }));
}

#[test]
fn lk22_only_an_address_of_an_admitted_domain_by_its_authority_signs_up() {
    let standing =
        Standing { sign_up: SignUp::Domains(BTreeSet::from(["good.example".to_owned()])), ..Standing::default() };
    let from = |address: &str| facts_with_email(|email| email.unverified_address = address.into());
    for address in ["x@good.example", "X@GOOD.example"] {
        assert!(matches!(sign_in(&from(address), &standing), Answer::Create { .. }), "{address}");
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
        assert_eq!(sign_in(&facts, &standing), Answer::Refuse(Reason::DomainNotAdmitted), "{facts:?}");
    }
}

// Linking while signed in, LK14.

#[test]
fn a_signed_in_user_links_a_new_identity() {
    let standing = Standing { session_user: Some(present(user(1))), ..Standing::default() };
    let decision = decide(&Purpose::Link { user: user(1) }, &facts(), &standing);
    assert!(matches!(decision.answer, Answer::Link { user: who, .. } if who == user(1)));
}

#[test]
fn linking_needs_the_user_who_started_it() {
    let purpose = Purpose::Link { user: user(1) };
    for (session_user, reason) in [(None, Reason::SessionMissing), (Some(present(user(2))), Reason::SessionOfAnother)] {
        let standing = Standing { session_user, ..Standing::default() };
        assert_eq!(decide(&purpose, &facts(), &standing).answer, Answer::Refuse(reason));
    }
}

#[test]
fn lk14_an_identity_of_another_user_does_not_move() {
    let purpose = Purpose::Link { user: user(1) };
    let standing = |owner| Standing {
        identity_owner: known(present(owner)),
        session_user: Some(present(user(1))),
        ..Standing::default()
    };
    assert_eq!(decide(&purpose, &facts(), &standing(user(2))).answer, Answer::LinkedElsewhere);
    assert!(matches!(decide(&purpose, &facts(), &standing(user(1))).answer, Answer::AlreadyLinked { .. }));
}

#[test]
fn linking_takes_no_address_from_another_user() {
    let standing = Standing {
        session_user: Some(present(user(1))),
        address_owner: owned_by(owning(user(2), ADA, Proof::ProvidersWord), &[]),
        ..Standing::default()
    };
    assert_eq!(
        decide(&Purpose::Link { user: user(1) }, &facts(), &standing).answer,
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
    let standing = |owner| Standing {
        identity_owner: known(present(owner)),
        session_user: Some(present(user(1))),
        ..Standing::default()
    };
    assert!(matches!(decide(&purpose("ada"), &facts(), &standing(user(1))).answer, Answer::Grant { .. }));
    assert_eq!(
        decide(&purpose("eve"), &facts(), &standing(user(1))).answer,
        Answer::Refuse(Reason::GrantForAnotherIdentity)
    );
    assert_eq!(
        decide(&purpose("ada"), &facts(), &standing(user(2))).answer,
        Answer::Refuse(Reason::GrantIdentityNotLinked)
    );
}

// For all inputs.

fn any_proof() -> impl Strategy<Value = Proof> {
    prop_oneof![Just(Proof::ProvidersWord), Just(Proof::Authority), Just(Proof::Letter)]
}

fn any_address() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just(ADA), Just("eve@evil.example"), Just("bob@gmail.com"), Just("no address")]
}

fn any_user() -> impl Strategy<Value = UserStanding> {
    (0..4_u8, any::<bool>(), proptest::option::of((any_address(), any_proof()))).prop_map(
        |(number, disabled, email)| UserStanding {
            id: user(number),
            disabled,
            verified_email: email
                .and_then(|(address, proof)| Some((EmailAddress::parse(address).ok()?, proof)))
                .map(|(address, proof)| VerifiedEmail::on_record(address, proof)),
        },
    )
}

fn any_way() -> impl Strategy<Value = Way> {
    prop_oneof![Just(Way::Password), Just(Way::Provider("google".into())), Just(Way::Provider("eve".into()))]
}

fn any_standing() -> impl Strategy<Value = Standing> {
    let holder =
        (0..4_u8, any::<bool>()).prop_map(|(number, has_password)| AddressHolder { id: user(number), has_password });
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
        .prop_map(|(identity, address, address_holders, session_user, sign_up)| Standing {
            identity_owner: identity.map(|(user, recorded)| IdentityOwner {
                user,
                recorded_email: recorded.and_then(|address| EmailAddress::parse(address).ok()),
            }),
            address_owner: address.map(|(user, ways)| AddressOwner { user, ways }),
            address_holders,
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
    let of_plants = |plants: &[Plant]| plants.iter().map(|plant| plant.user).collect::<Vec<_>>();
    match answer {
        Answer::SignIn { user, email }
        | Answer::LinkWithoutAsking { user, email }
        | Answer::Link { user, email }
        | Answer::AlreadyLinked { user, email }
        | Answer::Proven { user, email }
        | Answer::Grant { user, email } => {
            let mut users = vec![*user];
            if let EmailUpdate::Adopt { plants, .. } = email {
                users.extend(of_plants(plants));
            }
            users
        }
        Answer::Prompt { user, .. } => vec![*user],
        Answer::ClaimFromUnverified { plants, .. } => of_plants(plants),
        Answer::Create { .. } | Answer::LinkedElsewhere | Answer::Refuse(_) => vec![],
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn every_combination_has_an_answer_with_reasons(
        purpose in any_purpose(), email in any_email(), standing in any_standing(),
    ) {
        let facts = facts_with(|profile| profile.email = email);
        let decision = decide(&purpose, &facts, &standing);
        prop_assert!(!decision.reasons.is_empty());
        if let Answer::Refuse(reason) = decision.answer {
            prop_assert_eq!(decision.reasons.last(), Some(&reason));
        }
    }

    #[test]
    fn no_input_lets_an_unverified_address_reach_another_user(
        purpose in any_purpose(), email in any_email(), standing in any_standing(),
    ) {
        let facts = facts_with(|profile| profile.email = email);
        prop_assume!(facts.email.verified().is_none());
        let decision = decide(&purpose, &facts, &standing);

        let own = [
            standing.identity_owner.as_ref().map(|owner| owner.user.id),
            standing.session_user.as_ref().map(|user| user.id),
        ];
        for who in touched(&decision.answer) {
            prop_assert!(own.contains(&Some(who)), "{:?}", decision);
        }
        // Nor does it matter in any other way who has the address.
        let nobody_has_it = Standing { address_owner: None, address_holders: vec![], ..standing };
        prop_assert_eq!(decide(&purpose, &facts, &nobody_has_it), decision);
    }

    #[test]
    fn only_the_owner_of_the_very_address_is_ever_joined(
        email in any_email(), standing in any_standing(),
    ) {
        let facts = facts_with(|profile| profile.email = email);
        if let Answer::LinkWithoutAsking { user, .. } = sign_in(&facts, &standing) {
            let owner = standing.address_owner.unwrap();
            let own = owner.user.verified_email.unwrap();
            let told = facts.email.verified().unwrap();
            prop_assert_eq!(user, owner.user.id);
            prop_assert_eq!(own.address(), told.address());
            prop_assert!(own.proof().is_strong() && told.proof() == Proof::Authority);
            prop_assert!(!owner.user.disabled);
            prop_assert!(!owner.ways.contains(&Way::Provider("google".into())));
        }
    }

    #[test]
    fn nobody_disabled_gets_in(
        purpose in any_purpose(), email in any_email(), standing in any_standing(),
    ) {
        let facts = facts_with(|profile| profile.email = email);
        let users = [
            standing.identity_owner.as_ref().map(|owner| owner.user.clone()),
            standing.session_user.clone(),
            standing.address_owner.as_ref().map(|owner| owner.user.clone()),
        ];
        let answer = decide(&purpose, &facts, &standing).answer;
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
