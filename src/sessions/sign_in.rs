//! The outcome of signing in.

use http::HeaderValue;

/// What signing in came to. Every caller binds it by an irrefutable pattern (`let SignIn::Complete(cookies) = …`), so that a
/// second outcome, such as a second factor that is still due, is a compile error in each of them until it is handled.
#[derive(Debug)]
#[must_use = "without its credentials the user is not signed in"]
pub enum SignIn<C = Vec<HeaderValue>> {
    /// The user is signed in by these credentials: `Set-Cookie` values, or a pair of tokens.
    Complete(C),
}
