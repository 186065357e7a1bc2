//! What the walkthrough of a flow shows of a callback.

use super::{callback_error::CallbackError, flow_cookies::Found};
use crate::{
    inspect::{self, Check, CheckResult, Step, Value},
    relying_party::PendingFlow,
};

/// The response has no state, or several.
pub(super) fn no_state() {
    inspect::record(|_| {
        Step::check(CheckResult::of(Check::State, Value::fact("the state of a flow"), Value::ABSENT, false))
    });
}

/// Whether this browser has the flow, and whether its ten minutes have passed.
pub(super) fn flow_of_this_browser(found: &Found) {
    inspect::record(|_| {
        let (cookie, age) = match found {
            Found::Pending(_) => ("its cookie opens", Some(true)),
            Found::Expired(_) => ("its cookie opens", Some(false)),
            Found::Unknown => ("no cookie for this state", None),
        };
        let here = CheckResult::of(
            Check::FlowCookie,
            Value::fact("a sealed cookie for this state"),
            Value::fact(cookie),
            age.is_some(),
        );
        let age = age.map(|young| {
            let actual = Value::fact(if young { "within ten minutes" } else { "longer ago" });
            CheckResult::of(Check::FlowAge, Value::fact("begun within ten minutes"), actual, young)
        });
        Step::Checked([here].into_iter().chain(age).collect())
    });
}

pub(super) fn first_response(is_first: bool) {
    inspect::record(|_| {
        let actual = Value::fact(if is_first { "not used before" } else { "used already" });
        Step::check(CheckResult::of(Check::FlowUnused, Value::fact("not used before"), actual, is_first))
    });
}

/// `slug` is that of the redirect URI; `label` gives a provider's display name.
pub(super) fn provider_of_path<'a>(flow: &'a PendingFlow, slug: &'a str, label: impl Fn(&'a str) -> &'a str) {
    inspect::record(|_| {
        let (expected, actual) = (Value::configured(label(&flow.provider)), Value::configured(label(slug)));
        Step::check(CheckResult::of(Check::ProviderOfPath, expected, actual, flow.provider == slug))
    });
}

/// The end of a flow, in the words of the log.
pub(super) fn refused(error: &CallbackError, because: &str, next_step: Option<&str>) {
    if let CallbackError::Policy(reason) = error {
        inspect::record(|_| {
            let (expected, actual) = (Value::fact("may sign in, link or confirm"), Value::fact(reason.sentence()));
            Step::check(CheckResult::of(Check::Policy, expected, actual, false))
        });
    }
    inspect::record(|_| Step::Refused { because: Value::of_log(because), next_step: next_step.map(Value::of_log) });
}
