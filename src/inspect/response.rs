//! The checks of an authorization response, from its outcome.

use super::{
    check::{Check, CheckResult, Verdict},
    redactor::Redactor,
    step::Step,
    value::Value,
};
use crate::oauth::{
    AuthorizationCode, AuthorizationResponse, AuthorizationResponseError as Error, ExpectedIssuer, ExpectedResponse,
};

const CHECKS: [Check; 4] = [Check::State, Check::ResponseIssuer, Check::ResponseError, Check::Code];

/// `validate_authorization_response` stops at the first check that fails: those before it passed.
pub fn response_checks(
    response: &AuthorizationResponse,
    expected: &ExpectedResponse<'_>,
    outcome: &Result<AuthorizationCode, Error>,
    redactor: &Redactor,
) -> Step {
    let failed = outcome.as_ref().err().map(failed_check);
    let mut results = Vec::new();
    for check in CHECKS {
        let actual = actual(check, response, outcome, redactor);
        let verdict = match (failed == Some(check), actual == Value::ABSENT) {
            (true, _) => Verdict::Refused,
            (false, true) => Verdict::NotNeeded,
            (false, false) => Verdict::Passed,
        };
        results.push(CheckResult::new(check, expectation(check, expected, redactor), actual, verdict));
        if failed == Some(check) {
            break;
        }
    }
    Step::Checked(results)
}

fn failed_check(error: &Error) -> Check {
    match error {
        Error::StateMissing | Error::StateMismatch | Error::Duplicate("state") | Error::Malformed("state") => {
            Check::State
        }
        Error::IssuerMismatch | Error::IssuerMissing | Error::Duplicate("iss") | Error::Malformed("iss") => {
            Check::ResponseIssuer
        }
        Error::CodeMissing | Error::Duplicate("code") | Error::Malformed("code") => Check::Code,
        Error::Provider(_) | Error::Duplicate(_) | Error::Malformed(_) => Check::ResponseError,
    }
}

fn expectation(check: Check, expected: &ExpectedResponse<'_>, redactor: &Redactor) -> Value {
    match check {
        Check::State => redactor.secret(expected.state),
        Check::ResponseIssuer => match (expected.issuer, expected.iss_parameter_supported) {
            (ExpectedIssuer::Is(issuer), true) => Value::shown(issuer),
            (ExpectedIssuer::Is(issuer), false) => Value::shown(&format!("{issuer}, or absent")),
            (ExpectedIssuer::Fits(_), _) => Value::fact("an issuer of the provider's own domains, or absent"),
        },
        Check::ResponseError => Value::fact("no error"),
        _ => Value::fact("one code of printable characters"),
    }
}

fn actual(
    check: Check,
    response: &AuthorizationResponse,
    outcome: &Result<AuthorizationCode, Error>,
    redactor: &Redactor,
) -> Value {
    match check {
        Check::State => response.unverified_state().map_or(Value::ABSENT, |state| redactor.unknown(state)),
        Check::ResponseIssuer => response.unverified_issuer().map_or(Value::ABSENT, Value::shown),
        Check::ResponseError => match outcome {
            Err(Error::Provider(code)) => Value::shown(&format!("{code:?}")),
            _ => Value::fact("no error"),
        },
        _ => outcome.as_ref().map_or(Value::ABSENT, |code| redactor.secret(code)),
    }
}
