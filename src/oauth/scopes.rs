//! `scope`: RFC 6749 §3.3.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A set of scopes, in order of first occurrence.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Scopes(Vec<String>);

impl Scopes {
    /// Parses a `scope` value. Spaces and commas separate: GitHub and Facebook answer `repo,gist`, and no supported
    /// provider has a scope that contains a comma.
    pub fn parse(text: &str) -> Self {
        text.split([' ', ',']).filter(|scope| !scope.is_empty()).collect()
    }

    /// Whether the set contains this scope, compared case-sensitively.
    pub fn contains(&self, scope: &str) -> bool {
        self.0.iter().any(|own| own == scope)
    }

    /// Whether the set is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The scopes in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Both sets, `self` first.
    pub fn union(&self, other: &Self) -> Self {
        self.iter().chain(other.iter()).collect()
    }
}

impl<S: AsRef<str>> FromIterator<S> for Scopes {
    fn from_iter<I: IntoIterator<Item = S>>(scopes: I) -> Self {
        let mut set = Self::default();
        for scope in scopes {
            if !set.contains(scope.as_ref()) {
                set.0.push(scope.as_ref().to_owned());
            }
        }
        set
    }
}

/// The `scope` parameter: separated by single spaces.
impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}
