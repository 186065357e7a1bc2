//! The claims of a verified id_token.

use std::fmt;

use serde_json::Value;

use super::ClaimVerdict;
use crate::oauth::JsonDocument;

/// Claims that [`super::verify_id_token`] has verified; nothing else makes them. "Verified" means that the
/// provider said so to us, now: whether `email` may be believed is the provider's page of facts to decide.
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
    /// When `claims` is no JSON object.
    #[cfg(test)]
    pub(crate) fn unverified_for_tests(claims: &Value) -> Self {
        let document = JsonDocument::parse(claims.to_string().as_bytes()).expect("an object");
        Self::verified(document, Vec::new())
    }

    /// `iss`, as it is in the token.
    pub fn issuer(&self) -> &str {
        self.text("iss").unwrap_or_default()
    }

    /// `sub`: 1 to 255 printable ASCII characters, unique and never reassigned within the issuer.
    pub fn subject(&self) -> &str {
        self.text("sub").unwrap_or_default()
    }

    /// `exp`, in seconds since 1970. Of the token, not of our session.
    pub fn expires_at(&self) -> u64 {
        self.get("exp").and_then(Value::as_u64).unwrap_or_default()
    }

    /// `auth_time`, in seconds since 1970.
    pub fn auth_time(&self) -> Option<u64> {
        self.get("auth_time").and_then(Value::as_u64)
    }

    /// Any claim as it is (`email`, `email_verified`, `hd`, `tid`, …). Providers differ in types: the reader
    /// decides what counts.
    pub fn get(&self, claim: &str) -> Option<&Value> {
        self.document.get(claim)
    }

    /// A claim that is a string; `None` when it is absent or anything else.
    pub fn text(&self, claim: &str) -> Option<&str> {
        self.get(claim).and_then(Value::as_str)
    }

    /// What was checked, in order.
    pub fn verdicts(&self) -> &[ClaimVerdict] {
        &self.verdicts
    }
}

/// Names only: the values are a person's data.
impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claims").field("document", &self.document).finish_non_exhaustive()
    }
}
