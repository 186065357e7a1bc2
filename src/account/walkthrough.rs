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
