//! The checks of a flow: what each asks, what happens without it, and what to do when it fails.

use super::value::Value;

/// The outcome of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Passed,
    /// Nothing to compare, which is allowed.
    NotNeeded,
    /// The flow ends here.
    Refused,
}

/// A check that ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckResult {
    pub check: Check,
    pub expected: Value,
    pub actual: Value,
    pub verdict: Verdict,
}

impl CheckResult {
    pub const fn new(check: Check, expected: Value, actual: Value, verdict: Verdict) -> Self {
        Self { check, expected, actual, verdict }
    }

    /// A check that passed or refused.
    pub const fn of(check: Check, expected: Value, actual: Value, passed: bool) -> Self {
        Self::new(check, expected, actual, if passed { Verdict::Passed } else { Verdict::Refused })
    }

    pub(super) const fn size(&self) -> usize {
        2 + self.expected.size() + self.actual.size()
    }
}

macro_rules! checks {
    ($($name:ident = $label:literal, $source:expr, $asks:literal, $without:literal, $advice:literal;)+) => {
        /// A check. Its texts are for people who learn and for people who debug.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Check { $($name,)+ }

        impl Check {
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            pub const fn label(self) -> &'static str {
                match self { $(Self::$name => $label,)+ }
            }

            pub const fn source(self) -> Source {
                match self { $(Self::$name => $source,)+ }
            }

            /// The question that it answers.
            pub const fn asks(self) -> &'static str {
                match self { $(Self::$name => $asks,)+ }
            }

            /// What could happen if nothing checked this.
            pub const fn without(self) -> &'static str {
                match self { $(Self::$name => $without,)+ }
            }

            /// What to do when it refuses.
            pub const fn advice(self) -> &'static str {
                match self { $(Self::$name => $advice,)+ }
            }
        }
    };
}

mod list;
mod of_oidc;

pub use list::Check;
