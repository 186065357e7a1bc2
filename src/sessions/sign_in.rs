//! The outcome of signing in.

use http::HeaderValue;

use super::pending_second_factor::PendingSecondFactor;
use crate::accounts::Authentications;

/// What signing in came to. Every caller handles both: no door skips the second step.
#[derive(Debug)]
#[must_use = "without its credentials the user is not signed in"]
pub enum SignIn<C = Vec<HeaderValue>> {
    /// The user is signed in by these credentials: `Set-Cookie` values, or a pair of tokens.
    Complete(C),
    /// The second step is due. Nobody is signed in; the caller keeps it with its client.
    SecondFactor(Box<PendingSecondFactor>),
}

/// What a first step came to, before anything is opened or linked.
#[derive(Debug)]
pub enum FirstStep {
    /// With these steps the user may be signed in.
    Enough(Authentications),
    SecondFactor(Box<PendingSecondFactor>),
}

/// What a re-authentication came to.
#[derive(Debug)]
pub enum Reauthentication {
    /// The session has a new secret: `Set-Cookie` values.
    Done(Vec<HeaderValue>),
    /// The session has ended meanwhile.
    SignedOut,
    /// The account has a second factor, and the method shows only the first. Nothing has changed.
    TooWeak,
}
