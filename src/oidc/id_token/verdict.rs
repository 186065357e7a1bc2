//! What each check said, for the log and the flow inspector. Names and outcomes, never values.

use super::IdTokenErrorKind;

/// One check and its outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClaimVerdict {
    /// What was checked.
    pub check: Check,
    /// How it went.
    pub verdict: Verdict,
}

/// The outcome of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Present and right.
    Ok,
    /// Not there, or nothing to compare it with, and that is allowed.
    NotApplicable,
    /// Wrong: the token was refused here.
    Refused,
}

/// The checks, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Check {
    /// Three parts, not too long.
    Shape,
    /// `alg`, `typ`, `kid`, and nothing that must not be there.
    Header,
    /// A key of the provider's set.
    Key,
    /// The signature.
    Signature,
    /// Strict JSON.
    Payload,
    /// An id_token and no other kind.
    Kind,
    /// `iss`.
    Issuer,
    /// `aud`.
    Audience,
    /// `azp`.
    AuthorizedParty,
    /// `exp`.
    Expiry,
    /// `iat`.
    IssuedAt,
    /// `nbf`.
    NotBefore,
    /// `nonce`.
    Nonce,
    /// `at_hash`.
    AccessTokenHash,
    /// `c_hash`.
    CodeHash,
    /// `sub`.
    Subject,
    /// `auth_time`.
    AuthTime,
    /// `acr`.
    Acr,
}

impl Check {
    /// The name for events and pages: the claim's own, where it is about one.
    pub fn name(self) -> &'static str {
        match self {
            Self::Shape => "shape",
            Self::Header => "header",
            Self::Key => "key",
            Self::Signature => "signature",
            Self::Payload => "payload",
            Self::Kind => "kind",
            Self::Issuer => "iss",
            Self::Audience => "aud",
            Self::AuthorizedParty => "azp",
            Self::Expiry => "exp",
            Self::IssuedAt => "iat",
            Self::NotBefore => "nbf",
            Self::Nonce => "nonce",
            Self::AccessTokenHash => "at_hash",
            Self::CodeHash => "c_hash",
            Self::Subject => "sub",
            Self::AuthTime => "auth_time",
            Self::Acr => "acr",
        }
    }
}

impl Verdict {
    /// The name for events and pages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::NotApplicable => "not_applicable",
            Self::Refused => "refused",
        }
    }
}

/// Whether a claim was there to be checked.
pub(super) enum Presence {
    Checked,
    Absent,
}

/// The verdicts so far.
#[derive(Default)]
pub(super) struct Verdicts(Vec<ClaimVerdict>);

impl Verdicts {
    /// Notes the outcome of a check and passes it on.
    pub(super) fn record<T>(
        &mut self,
        check: Check,
        outcome: Result<T, IdTokenErrorKind>,
    ) -> Result<T, IdTokenErrorKind> {
        let verdict = if outcome.is_ok() { Verdict::Ok } else { Verdict::Refused };
        self.0.push(ClaimVerdict { check, verdict });
        outcome
    }

    /// The same for a claim that may be absent.
    pub(super) fn record_claim(
        &mut self,
        check: Check,
        outcome: Result<Presence, IdTokenErrorKind>,
    ) -> Result<(), IdTokenErrorKind> {
        let verdict = match outcome {
            Ok(Presence::Checked) => Verdict::Ok,
            Ok(Presence::Absent) => Verdict::NotApplicable,
            Err(_) => Verdict::Refused,
        };
        self.0.push(ClaimVerdict { check, verdict });
        outcome.map(|_| ())
    }
}

impl From<Verdicts> for Vec<ClaimVerdict> {
    fn from(verdicts: Verdicts) -> Self {
        verdicts.0
    }
}
