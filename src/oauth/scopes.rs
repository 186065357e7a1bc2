//! `scope`: what a grant may do (RFC 6749 §3.3).

use std::fmt;

use serde::{Deserialize, Serialize};

/// A set of scopes in the order of their first mention, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Scopes(Vec<String>);

impl Scopes {
    /// Reads a `scope` value. Commas separate as well as spaces: GitHub answers `repo,gist`, Facebook
    /// likewise, and no provider of ours has a scope with a comma in it.
    pub fn parse(text: &str) -> Self {
        text.split([' ', ',']).filter(|scope| !scope.is_empty()).collect()
    }

    /// Whether this scope is among them. Scopes are case sensitive.
    pub fn contains(&self, scope: &str) -> bool {
        self.0.iter().any(|own| own == scope)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The scopes one by one.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// These and then those, each once.
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

/// As the `scope` parameter wants it: separated by single spaces.
impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}
