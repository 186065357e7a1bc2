//! The values of labels: closed lists.

use std::collections::BTreeSet;

use crate::codes::codes;

/// For whatever is not in a list.
pub(super) const OTHER: &str = "other";
/// The sign-in methods beside the providers.
const METHODS: [&str; 3] = ["password", "passkey", "email_code"];

codes! {
    /// What a request to a provider came to.
    Outcome {
        /// An answer with a status below 500.
        Answered = "answered",
        /// A status of 500 or above.
        ServerError = "server_error",
        /// No complete answer.
        Failed = "failed",
    }
}

codes! {
    /// A rate limit by IP address.
    Limit {
        Starts = "starts",
        Responses = "responses",
        Forms = "forms",
    }
}

#[derive(Debug)]
pub(super) struct Labels {
    providers: BTreeSet<String>,
}

impl Labels {
    pub(super) fn new(providers: impl IntoIterator<Item = String>) -> Self {
        Self { providers: providers.into_iter().chain(METHODS.map(str::to_owned)).collect() }
    }

    /// The slug of an enabled provider, or one of `METHODS`.
    pub(super) fn provider<'a>(&'a self, slug: &str) -> &'a str {
        self.providers.get(slug).map_or(OTHER, String::as_str)
    }
}

pub(super) fn method_label(method: &str) -> &'static str {
    const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    METHODS.into_iter().find(|known| *known == method).unwrap_or(OTHER)
}

pub(super) const fn status_class(status: u16) -> &'static str {
    match status / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        5 => "5xx",
        _ => OTHER,
    }
}
