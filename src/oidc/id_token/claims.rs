//! The claims of a verified id_token.

use std::fmt;

use serde_json::Value;

use super::{AuthenticationClaims, ClaimVerdict};
use crate::oauth::JsonDocument;

/// Claims that [`super::verify_id_token`] verified; nothing else constructs them. Verified means that the provider
/// issued them to this client now; whether its `email` is trustworthy is decided per provider in `providers`.
#[derive(Clone)]
pub struct Claims {
    document: JsonDocument,
    verdicts: Vec<ClaimVerdict>,
}

impl Claims {
    pub(super) fn verified(document: JsonDocument, verdicts: Vec<ClaimVerdict>) -> Self {
        Self { document, verdicts }
    }

    /// Claims for the tests of rooms that build on them.
    ///
    /// # Panics
    /// If `claims` is not a JSON object.
    #[cfg(test)]
    pub(crate) fn unverified_for_tests(claims: &Value) -> Self {
        let document = JsonDocument::parse(claims.to_string().as_bytes()).expect("an object");
        Self::verified(document, Vec::new())
    }

    /// `iss`, as in the token.
    pub fn issuer(&self) -> &str {
        self.text("iss").unwrap_or_default()
    }

    /// `sub`: 1 to 255 printable ASCII characters, unique and never reassigned within the issuer.
    pub fn subject(&self) -> &str {
        self.text("sub").unwrap_or_default()
    }

    /// `exp` in Unix seconds: of the token, unrelated to the session.
    pub fn expires_at(&self) -> u64 {
        self.get("exp").and_then(Value::as_u64).unwrap_or_default()
    }

    /// How the provider says that it authenticated the user.
    pub fn authentication(&self) -> AuthenticationClaims {
        AuthenticationClaims::of(&self.document)
    }

    /// Any claim (`email`, `email_verified`, `hd`, `tid`, …). Its type differs between providers; the caller checks it.
    pub fn get(&self, claim: &str) -> Option<&Value> {
        self.document.get(claim)
    }

    /// A string claim; `None` if absent or of another type.
    pub fn text(&self, claim: &str) -> Option<&str> {
        self.get(claim).and_then(Value::as_str)
    }

    /// The checks in order.
    pub fn verdicts(&self) -> &[ClaimVerdict] {
        &self.verdicts
    }
}

/// Prints names only: values are personal data.
impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claims").field("document", &self.document).finish_non_exhaustive()
    }
}
