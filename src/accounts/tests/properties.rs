//! Properties that hold for all inputs.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

fn any_method() -> impl Strategy<Value = VerificationMethod> {
    prop_oneof![
        Just(VerificationMethod::ProviderClaim),
        Just(VerificationMethod::Authority),
        Just(VerificationMethod::EmailLink)
    ]
}

fn any_email_text() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just(ADA), Just("eve@evil.example"), Just("bob@gmail.com"), Just("no address")]
}

fn any_user() -> impl Strategy<Value = UserSummary> {
    (0..4_u8, any::<bool>(), proptest::option::of((any_email_text(), any_method()))).prop_map(
        |(number, disabled, email)| UserSummary {
            id: user(number),
            disabled,
            verified_email: email
                .and_then(|(address, method)| Some((EmailAddress::parse(address).ok()?, method)))
                .map(|(address, method)| VerifiedEmail::on_record(address, method)),
        },
    )
}

fn any_sign_in_method() -> impl Strategy<Value = SignInMethod> {
    prop_oneof![
        Just(SignInMethod::Password),
        Just(SignInMethod::Provider("google".into())),
        Just(SignInMethod::Provider("eve".into()))
    ]
}

fn any_context() -> impl Strategy<Value = LinkingContext> {
    let holder =
        (0..4_u8, any::<bool>()).prop_map(|(number, has_password)| EmailHolder { id: user(number), has_password });
    let sign_up = prop_oneof![
        Just(SignUp::Open),
        Just(SignUp::Closed),
        Just(SignUp::Invited),
        Just(SignUp::Domains(BTreeSet::from(["gmail.com".to_owned()])))
    ];
    (
        proptest::option::of((any_user(), proptest::option::of(any_email_text()))),
        proptest::option::of((any_user(), proptest::collection::vec(any_sign_in_method(), 0..3), any::<bool>())),
        proptest::collection::vec(holder, 0..3),
        proptest::option::of(any_user()),
        sign_up,
        prop_oneof![Just(Invitation::None), Just(Invitation::Pending), Just(Invitation::Opened)],
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(
            |(identity, address, email_holders, session_user, sign_up, invitation, too_many_changes, is_full)| {
                LinkingContext {
                    too_many_changes,
                    is_full,
                    identity_owner: identity.map(|(user, recorded)| IdentityOwner {
                        user,
                        recorded_email: recorded.and_then(|address| EmailAddress::parse(address).ok()),
                    }),
                    email_owner: address.map(|(user, methods, has_second_factor)| EmailOwner {
                        user,
                        methods,
                        has_second_factor,
                    }),
                    email_holders,
                    session_user,
                    sign_up,
                    invitation,
                }
            },
        )
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
    proptest::option::of((any_email_text(), any::<bool>(), any::<bool>()).prop_map(
        |(address, verified_by_provider, provider_is_authoritative)| ProfileEmail {
            unverified_email: address.into(),
            verified_by_provider,
            provider_is_authoritative,
        },
    ))
}

/// The users that an answer signs in, asks or changes.
fn touched(answer: &Answer) -> Vec<UserId> {
    let of_squatted = |squatted_accounts: &[SquattedAccount]| {
        squatted_accounts.iter().map(|squatted| squatted.user).collect::<Vec<_>>()
    };
    match answer {
        Answer::SignIn { user, email }
        | Answer::LinkWithoutAsking { user, email }
        | Answer::Link { user, email }
        | Answer::AlreadyLinked { user, email }
        | Answer::Reauthenticated { user, email }
        | Answer::Grant { user, email } => {
            let mut users = vec![*user];
            if let EmailUpdate::Adopt { squatted_accounts, .. } = email {
                users.extend(of_squatted(squatted_accounts));
            }
            users
        }
        Answer::Prompt { user, .. } => vec![*user],
        Answer::ClaimFromUnverified { squatted_accounts, .. } => of_squatted(squatted_accounts),
        Answer::Create { .. } | Answer::LinkedElsewhere | Answer::Refuse(_) => vec![],
    }
}

proptest! {
    // Every fifth email address is verified, which one of the properties has no use for.
    #![proptest_config(ProptestConfig { cases: 4096, max_global_rejects: 65_536, ..ProptestConfig::default() })]

    #[test]
    fn every_combination_has_an_answer_with_reasons(
        purpose in any_purpose(), email in any_email(), linking_context in any_context(),
    ) {
        let facts = facts_with(|profile| profile.email = email);
        let decision = decide(&purpose, &facts, &linking_context);
        prop_assert!(!decision.reasons.is_empty());
        if let Answer::Refuse(reason) = decision.answer {
            prop_assert_eq!(decision.reasons.last(), Some(&reason));
        }
    }

    /// The policy in other words than the code's.
    #[test]
    fn no_input_makes_a_user_outside_the_policy(
        purpose in any_purpose(), email in any_email(), linking_context in any_context(),
    ) {
        let facts = facts_with(|profile| profile.email = email);
        let answers = [
            decide(&purpose, &facts, &linking_context).answer,
            decide_by_email_link(&verified("bob@gmail.com", VerificationMethod::EmailLink), &linking_context).answer,
            decide_by_email_link(&verified("eve@evil.example", VerificationMethod::EmailLink), &linking_context).answer,
        ];
        for answer in answers {
            let email = match answer {
                Answer::Create { email: NewEmail::Verified(email) } | Answer::ClaimFromUnverified { email, .. } => Some(email),
                Answer::Create { .. } => None,
                _ => continue,
            };
            let reads_mailbox = email.as_ref().is_some_and(|email| email.method().is_strong());
            let is_invited = email.is_some()
                && linking_context.invitation != Invitation::None
                && (reads_mailbox || linking_context.invitation == Invitation::Opened);
            let admitted = match &linking_context.sign_up {
                SignUp::Open => true,
                SignUp::Closed => false,
                SignUp::Invited => is_invited,
                SignUp::Domains(_) =>
                    is_invited || reads_mailbox && email.unwrap().email().as_str().ends_with("@gmail.com"),
            };
            prop_assert!(admitted);
        }
    }

    #[test]
    fn existing_users_sign_in_whatever_the_policy(email in any_email(), linking_context in any_context()) {
        let facts = facts_with(|profile| profile.email = email);
        let open = LinkingContext { sign_up: SignUp::Open, ..linking_context.clone() };
        let (answer, without_policy) = (sign_in(&facts, &linking_context), sign_in(&facts, &open));
        let creates = matches!(without_policy, Answer::Create { .. } | Answer::ClaimFromUnverified { .. });
        prop_assert!(creates || answer == without_policy);
    }

    #[test]
    fn an_unverified_email_never_reaches_another_user(
        purpose in any_purpose(), email in any_email(), linking_context in any_context(),
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
        // Who holds the address makes no difference at all.
        let without_holders = LinkingContext { email_owner: None, email_holders: vec![], ..linking_context };
        prop_assert_eq!(decide(&purpose, &facts, &without_holders), decision);
    }

    #[test]
    fn only_the_owner_of_the_same_email_is_linked(
        email in any_email(), linking_context in any_context(),
    ) {
        let facts = facts_with(|profile| profile.email = email);
        if let Answer::LinkWithoutAsking { user, .. } = sign_in(&facts, &linking_context) {
            let owner = linking_context.email_owner.unwrap();
            let own = owner.user.verified_email.unwrap();
            let new = facts.email.verified().unwrap();
            prop_assert_eq!(user, owner.user.id);
            prop_assert_eq!(own.email(), new.email());
            prop_assert!(own.method().is_strong() && new.method() == VerificationMethod::Authority);
            prop_assert!(!owner.user.disabled);
            prop_assert!(!owner.methods.contains(&SignInMethod::Provider("google".into())));
        }
    }

    #[test]
    fn a_disabled_user_is_never_signed_in(
        purpose in any_purpose(), email in any_email(), linking_context in any_context(),
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
