//! A message of a provider taken apart, and its checks.

use serde_json::Value as Json;

use super::{
    check::{Check, CheckResult, Verdict},
    id_token::{algorithms, header_of, parts},
    redactor::Redactor,
    step::{Step, TokenKind},
    value::Value,
};
use crate::oidc::{ExpectedSecurityEvent, IdTokenErrorKind as Jwt, SecurityEventError as Error, unverified_claims};

/// In the order in which they run.
const CHECKS: [Check; 9] = [
    Check::Shape,
    Check::Header,
    Check::Key,
    Check::Signature,
    Check::MessageKind,
    Check::Issuer,
    Check::MessageAudience,
    Check::MessageAge,
    Check::MessageClaims,
];

/// Header and claims as they are written, before any is believed.
pub fn event_parts(token: &str, redactor: &Redactor) -> Step {
    parts(TokenKind::Message, token, redactor)
}

/// The verification stops at the first check that fails: those before it passed. `with_keys` is whether the signature was
/// looked at, too: what fails without it costs no request for keys.
pub fn event_checks(
    failed: Option<&Error>,
    with_keys: bool,
    token: &str,
    expected: &ExpectedSecurityEvent<'_>,
    redactor: &Redactor,
) -> Step {
    let failed = failed.map(failed_check);
    let compared = Compared { token, header: header_of(token), claims: unverified_claims(token), expected, redactor };
    let ran = CHECKS.into_iter().filter(|check| with_keys || !matches!(check, Check::Key | Check::Signature));
    let mut results = Vec::new();
    for check in ran {
        let verdict = if failed == Some(check) { Verdict::Refused } else { Verdict::Passed };
        let (expected, actual) = compared.values(check, verdict);
        results.push(CheckResult::new(check, expected, actual, verdict));
        if verdict == Verdict::Refused {
            break;
        }
    }
    Step::Checked(results)
}

const fn failed_check(error: &Error) -> Check {
    match error {
        Error::Jwt(Jwt::BadSignature) => Check::Signature,
        Error::Jwt(Jwt::UnknownKid | Jwt::KidRequired | Jwt::KeyUnsuitable) => Check::Key,
        Error::Jwt(Jwt::AlgorithmNotAllowed(_) | Jwt::CriticalHeader | Jwt::KeyInHeader) => Check::Header,
        Error::Jwt(Jwt::TooLong | Jwt::Malformed) => Check::Shape,
        Error::WrongType | Error::Nonce => Check::MessageKind,
        Error::WrongIssuer => Check::Issuer,
        Error::WrongAudience => Check::MessageAudience,
        Error::IssuedInTheFuture | Error::TooOld => Check::MessageAge,
        Error::Jwt(_) | Error::Claim(_) => Check::MessageClaims,
    }
}

struct Compared<'a> {
    token: &'a str,
    header: Json,
    claims: Json,
    expected: &'a ExpectedSecurityEvent<'a>,
    redactor: &'a Redactor,
}

impl Compared<'_> {
    /// What was expected, and what was found.
    fn values(&self, check: Check, verdict: Verdict) -> (Value, Value) {
        let expected = self.expected;
        match check {
            Check::Shape => {
                let (parts, bytes) = (self.token.split('.').count(), self.token.len());
                (Value::fact("3 parts, at most 16384 bytes"), Value::shown(&format!("{parts} parts, {bytes} bytes")))
            }
            Check::Header => {
                (Value::shown(&format!("alg {}", algorithms(expected.algorithms))), self.member("alg", &self.header))
            }
            Check::Key => (Value::fact("a key of the provider's set"), self.member("kid", &self.header)),
            Check::Signature => {
                let made = verdict == Verdict::Passed;
                let actual = if made { "made with that key" } else { "not made with that key" };
                (Value::fact("made with that key"), Value::fact(actual))
            }
            Check::MessageKind => {
                (Value::fact("events, no nonce, and the type of a message"), Value::fact(self.kind()))
            }
            Check::Issuer => (Value::shown(&expected.issuers.join(" or ")), self.member("iss", &self.claims)),
            Check::MessageAudience => {
                (Value::shown(&expected.client_ids.join(" or ")), self.member("aud", &self.claims))
            }
            Check::MessageAge => {
                let now = expected.now;
                (Value::shown(&format!("issued lately, as seen at {now}")), self.member("iat", &self.claims))
            }
            _ => {
                let events = self.claims.get("events").and_then(Json::as_object).map_or(0, serde_json::Map::len);
                let named = ["jti", "sub", "sid"].into_iter().filter(|name| self.claims.get(*name).is_some());
                let found = format!("{events} events; {}", named.collect::<Vec<_>>().join(", "));
                (Value::fact("an id, events, and whom they are about"), Value::shown(&found))
            }
        }
    }

    fn kind(&self) -> &'static str {
        match (self.claims.get("events").is_some(), self.claims.get("nonce").is_some()) {
            (true, false) => "events and no nonce",
            (true, true) => "events and a nonce",
            (false, true) => "no events, and a nonce",
            (false, false) => "no events",
        }
    }

    fn member(&self, name: &str, document: &Json) -> Value {
        document.get(name).map_or(Value::ABSENT, |value| self.redactor.member(name, value).value)
    }
}
