//! The linking decision alone: no database, no network.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use latchkey::{
    accounts::{EmailOwner, Facts, LinkingContext, Purpose, SignInMethod, UserId, UserSummary, VerifiedEmail, decide},
    oidc::AuthenticationClaims,
    providers::{Profile, ProfileEmail},
};
use time::OffsetDateTime;

use crate::Failure;

const ROUNDS: usize = 7;
const DECISIONS: u32 = 1_000_000;

/// The time of one decision per round, for the longest path: a new identity whose email belongs to a user with a
/// password and another provider.
pub fn measure() -> Result<Vec<Duration>, Failure> {
    let email = ProfileEmail {
        unverified_email: "ada@gmail.com".into(),
        verified_by_provider: true,
        provider_is_authoritative: true,
    };
    let profile = Profile {
        issuer: "https://accounts.google.com".into(),
        subject: "1".into(),
        provider: "google".into(),
        email: Some(email.clone()),
        name: None,
        picture: None,
        authentication: AuthenticationClaims::default(),
    };
    let owner = UserSummary {
        id: UserId::new(OffsetDateTime::UNIX_EPOCH, [7; 10]),
        disabled: false,
        verified_email: VerifiedEmail::from_profile(&email)?,
    };
    let methods = vec![SignInMethod::Password, SignInMethod::Provider("github".into())];
    let linking_context = LinkingContext {
        email_owner: Some(EmailOwner { user: owner, methods, has_second_factor: false }),
        ..LinkingContext::default()
    };
    let facts = Facts::of(&profile)?;
    let rounds = (0..ROUNDS).map(|_| {
        let begun = Instant::now();
        for _ in 0..DECISIONS {
            black_box(decide(black_box(&Purpose::SignIn), black_box(&facts), black_box(&linking_context)));
        }
        begun.elapsed() / DECISIONS
    });
    Ok(rounds.collect())
}
