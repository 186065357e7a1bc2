//! The checks of an id_token, from the room that makes them.

use super::{Check, Verdict};
use crate::oidc;

impl From<oidc::Check> for Check {
    fn from(check: oidc::Check) -> Self {
        match check {
            oidc::Check::Shape => Self::Shape,
            oidc::Check::Header => Self::Header,
            oidc::Check::Key => Self::Key,
            oidc::Check::Signature => Self::Signature,
            oidc::Check::Payload => Self::Payload,
            oidc::Check::Kind => Self::Kind,
            oidc::Check::Issuer => Self::Issuer,
            oidc::Check::Audience => Self::Audience,
            oidc::Check::AuthorizedParty => Self::AuthorizedParty,
            oidc::Check::Expiry => Self::Expiry,
            oidc::Check::IssuedAt => Self::IssuedAt,
            oidc::Check::NotBefore => Self::NotBefore,
            oidc::Check::Nonce => Self::Nonce,
            oidc::Check::AccessTokenHash => Self::AccessTokenHash,
            oidc::Check::CodeHash => Self::CodeHash,
            oidc::Check::Subject => Self::Subject,
            oidc::Check::AuthTime => Self::AuthTime,
            oidc::Check::Acr => Self::Acr,
        }
    }
}

impl From<oidc::Verdict> for Verdict {
    fn from(verdict: oidc::Verdict) -> Self {
        match verdict {
            oidc::Verdict::Ok => Self::Passed,
            oidc::Verdict::NotApplicable => Self::NotNeeded,
            oidc::Verdict::Refused => Self::Refused,
        }
    }
}
