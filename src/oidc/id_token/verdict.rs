//! The result of each check, for the log and the audit trail: names and outcomes, never values.

use super::IdTokenErrorKind;

/// One check and its outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClaimVerdict {
    /// The check.
    pub check: Check,
    /// Its outcome.
    pub verdict: Verdict,
}

/// The outcome of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Present and valid.
    Ok,
    /// Absent, or nothing to compare with, which is allowed.
    NotApplicable,
    /// Invalid: the token was rejected here.
    Refused,
}

/// The checks, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Check {
    /// Three parts, at most 16 KiB.
    Shape,
    /// `alg`, `typ` and `kid`; no `crit` and no key.
    Header,
    /// A key of the provider's JWK set fits.
    Key,
    /// The signature.
    Signature,
    /// Strict JSON object.
    Payload,
    /// No `events`, which other kinds of token have.
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
    /// The name in the log and the audit trail: that of the claim, if any.
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
    /// The name in the log and the audit trail.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::NotApplicable => "not_applicable",
            Self::Refused => "refused",
        }
    }
}

/// Whether an optional claim was checked.
pub(super) enum Presence {
    Checked,
    Absent,
}

/// Collects verdicts.
#[derive(Default)]
pub(super) struct Verdicts(Vec<ClaimVerdict>);

impl Verdicts {
    /// Records the outcome of a check and returns it.
    pub(super) fn record<T>(
        &mut self,
        check: Check,
        outcome: Result<T, IdTokenErrorKind>,
    ) -> Result<T, IdTokenErrorKind> {
        let verdict = if outcome.is_ok() { Verdict::Ok } else { Verdict::Refused };
        self.0.push(ClaimVerdict { check, verdict });
        outcome
    }

    /// The same for a claim, which may be absent.
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
