//! The id_token taken apart: header, claims, and each check with what it expected and what it found.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value as Json;

use super::{
    check::{Check, CheckResult},
    redactor::Redactor,
    step::{Step, TokenKind},
    value::Value,
};
use crate::oidc::{self, Algorithm, ClaimVerdict, ExpectedIdToken, LEEWAY_SECONDS, NonceRule, unverified_claims};

/// Header and claims as they are written, before any is believed.
pub fn id_token_parts(token: &str, redactor: &Redactor) -> Step {
    parts(TokenKind::IdToken, token, redactor)
}

pub(super) fn parts(kind: TokenKind, token: &str, redactor: &Redactor) -> Step {
    let (header, claims) = (redactor.members(&header_of(token)), redactor.members(&unverified_claims(token)));
    Step::Token { kind, header, claims }
}

/// The checks that ran, in order, each beside the values that it compared.
pub fn id_token_checks(
    verdicts: &[ClaimVerdict],
    token: &str,
    expected: &ExpectedIdToken<'_>,
    redactor: &Redactor,
) -> Step {
    let compared = Compared { token, header: header_of(token), claims: unverified_claims(token), expected, redactor };
    let results = verdicts.iter().map(|ClaimVerdict { check, verdict }| {
        let (expected, actual) = (compared.expected(*check), compared.actual(*check, *verdict));
        CheckResult::new(Check::from(*check), expected, actual, (*verdict).into())
    });
    Step::Checked(results.collect())
}

pub(super) fn header_of(token: &str) -> Json {
    let part = token.split('.').next().unwrap_or_default();
    let json = URL_SAFE_NO_PAD.decode(part).ok();
    json.and_then(|json| serde_json::from_slice(&json).ok()).unwrap_or(Json::Null)
}

struct Compared<'a> {
    token: &'a str,
    header: Json,
    claims: Json,
    expected: &'a ExpectedIdToken<'a>,
    redactor: &'a Redactor,
}

impl Compared<'_> {
    fn expected(&self, check: oidc::Check) -> Value {
        let expected = self.expected;
        match check {
            oidc::Check::Shape => Value::fact("3 parts, at most 16384 bytes"),
            oidc::Check::Header => Value::shown(&format!("alg {}; typ JWT or none", algorithms(expected.algorithms))),
            oidc::Check::Key => Value::fact("a key of the provider's set"),
            oidc::Check::Signature => Value::fact("made with that key"),
            oidc::Check::Payload => Value::fact("a JSON object, no claim twice"),
            oidc::Check::Kind => Value::fact("no events"),
            oidc::Check::Issuer => Value::shown(&expected.issuers.join(" or ")),
            oidc::Check::Audience | oidc::Check::AuthorizedParty => Value::shown(&expected.client_ids.join(" or ")),
            oidc::Check::Expiry => Value::shown(&format!("later than {}", self.now_minus_leeway())),
            oidc::Check::IssuedAt | oidc::Check::NotBefore => {
                Value::shown(&format!("not later than {}", expected.now.saturating_add(LEEWAY_SECONDS)))
            }
            oidc::Check::Nonce => match expected.nonce {
                NonceRule::Equals(nonce) => self.redactor.secret(nonce),
                NonceRule::NotSent => Value::fact("none was sent"),
                NonceRule::Forbidden => Value::fact("absent: none was sent"),
            },
            oidc::Check::AccessTokenHash => Value::fact("half the hash of the access token"),
            oidc::Check::CodeHash => Value::fact("half the hash of the code"),
            oidc::Check::Subject => Value::fact("1 to 255 printable characters"),
            oidc::Check::AuthTime => match expected.max_age {
                Some(max_age) => Value::shown(&format!("not longer than {max_age} s ago")),
                None => Value::fact("not asked for"),
            },
            oidc::Check::Acr => match expected.acr_values {
                [] => Value::fact("not asked for"),
                values => Value::shown(&values.join(" or ")),
            },
        }
    }

    fn actual(&self, check: oidc::Check, verdict: oidc::Verdict) -> Value {
        match check {
            oidc::Check::Shape => {
                let (parts, bytes) = (self.token.split('.').count(), self.token.len());
                Value::shown(&format!("{parts} parts, {bytes} bytes"))
            }
            oidc::Check::Header => self.member("alg", &self.header),
            oidc::Check::Key => self.member("kid", &self.header),
            oidc::Check::Signature => Value::fact(match verdict {
                oidc::Verdict::Refused => "not made with that key",
                _ => "made with that key",
            }),
            oidc::Check::Payload => {
                Value::shown(&format!("{} claims", self.claims.as_object().map_or(0, |it| it.len())))
            }
            oidc::Check::Kind => Value::fact(if self.claims.get("events").is_some() { "events" } else { "no events" }),
            claim => self.member(claim.name(), &self.claims),
        }
    }

    fn member(&self, name: &str, document: &Json) -> Value {
        document.get(name).map_or(Value::ABSENT, |value| self.redactor.member(name, value).value)
    }

    const fn now_minus_leeway(&self) -> u64 {
        self.expected.now.saturating_sub(LEEWAY_SECONDS)
    }
}

pub(super) fn algorithms(algorithms: &[Algorithm]) -> String {
    let names: Vec<&str> = algorithms.iter().map(|algorithm| algorithm.name()).collect();
    names.join(" or ")
}
