//! What methods show together.

use crate::codes::codes;

codes! {
    /// How strongly a user is authenticated, weakest first.
    #[derive(PartialOrd, Ord)]
    Strength {
        Nothing = "nothing",
        OneFactor = "one_factor",
        TwoFactors = "two_factors",
    }
}

/// What one method shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Factors {
    /// Knows a secret, reads a mailbox, or is signed in elsewhere. Two of these are one factor: who reads the mailbox can
    /// set the password.
    First,
    /// Has something besides. Alone it is one factor.
    Second,
    /// Counts as the second beside a first, and as a first alone.
    Either,
    Both,
}

pub(super) fn strength_of(methods: impl Iterator<Item = Factors>) -> Strength {
    let (mut first, mut second, mut either) = (false, false, false);
    for factors in methods {
        match factors {
            Factors::Both => return Strength::TwoFactors,
            Factors::First => first = true,
            Factors::Second => second = true,
            Factors::Either => either = true,
        }
    }
    match (first, second, either) {
        (false, false, false) => Strength::Nothing,
        (true, true, _) | (true, _, true) | (_, true, true) => Strength::TwoFactors,
        _ => Strength::OneFactor,
    }
}
