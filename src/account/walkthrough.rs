//! What the walkthrough of a flow shows of a form.

use crate::{
    accounts::LinkKind,
    inspect::{self, Check, CheckResult, FlowKind, Step, Value},
};

/// A flow without a provider begins.
pub(super) fn began(kind: FlowKind) {
    inspect::record(|_| Step::Began { kind, provider: Value::ABSENT });
}

/// The outcome of a flow's only check, in our own words.
pub(super) fn checked(check: Check, expected: &'static str, actual: &'static str, passed: bool) {
    inspect::record(|_| Step::check(CheckResult::of(check, Value::fact(expected), Value::fact(actual), passed)));
}

/// What was typed for a password.
pub(super) fn password(is_correct: bool) {
    let actual = if is_correct { "correct" } else { "another password, or no such account" };
    checked(Check::Password, "the account's password", actual, is_correct);
}

/// What was typed for a code from an email.
pub(super) fn email_code(is_right: bool) {
    let actual = if is_right { "that code" } else { "another code, a used or old one, or too many tries" };
    checked(Check::EmailCode, "the code that was sent for this browser", actual, is_right);
}

/// What was typed at the second step.
pub(super) fn second_factor(is_right: bool) {
    let actual = if is_right { "a valid code" } else { "a wrong or used code" };
    checked(Check::SecondFactor, "a valid code, not used before", actual, is_right);
}

/// An email's link of one of these kinds, if it was found.
pub(super) fn email_link(kinds: &[LinkKind], is_found: bool) {
    inspect::record(|_| {
        let kinds: Vec<&str> = kinds.iter().map(|kind| kind.code()).collect();
        let actual = Value::fact(if is_found { "a valid link" } else { "none, or of another kind or address" });
        let expected = Value::of_log(&format!("a valid link: {}", kinds.join(" or ")));
        Step::check(CheckResult::of(Check::EmailLink, expected, actual, is_found))
    });
}

/// The end of a flow that a form answers with this error.
pub(super) fn refused(because: &str) {
    inspect::record(|_| Step::Refused { because: Value::of_log(because), next_step: None });
}
