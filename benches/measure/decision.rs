//! The linking decision alone: no database, no network.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use latchkey::{
    accounts::{AddressOwner, Facts, Purpose, Standing, UserId, UserStanding, VerifiedEmail, Way, decide},
    providers::{Profile, ProfileEmail},
};
use time::OffsetDateTime;

use crate::Failure;

const ROUNDS: usize = 7;
const DECISIONS: u32 = 1_000_000;

/// How long one decision takes, in each round: a new identity whose address a user with a password and another provider
/// has, which is the longest way through.
pub fn measure() -> Result<Vec<Duration>, Failure> {
    let email = ProfileEmail {
        unverified_address: "ada@gmail.com".into(),
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
    };
    let owner = UserStanding {
        id: UserId::new(OffsetDateTime::UNIX_EPOCH, [7; 10]),
        disabled: false,
        verified_email: VerifiedEmail::vouched_for(&email)?,
    };
    let ways = vec![Way::Password, Way::Provider("github".into())];
    let standing = Standing { address_owner: Some(AddressOwner { user: owner, ways }), ..Standing::default() };
    let facts = Facts::of(&profile)?;
    let rounds = (0..ROUNDS).map(|_| {
        let begun = Instant::now();
        for _ in 0..DECISIONS {
            black_box(decide(black_box(&Purpose::SignIn), black_box(&facts), black_box(&standing)));
        }
        begun.elapsed() / DECISIONS
    });
    Ok(rounds.collect())
}
