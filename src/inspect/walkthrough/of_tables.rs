//! Words and sources of rows.

use crate::inspect::source::Source;

pub(super) fn words_of_table(table: &str) -> &'static str {
    match table {
        "used_flows" => "By a hash of the state, or of a message's id. From here on it cannot be used a second time.",
        "users" => "A person. Found by identities, never by an email address alone.",
        "identities" => "Issuer and subject at the provider, and the user that they belong to.",
        "sessions" => "One browser that is signed in, by the hash of its secret.",
        "events" => "The audit trail: what was decided, and why.",
        "grants" => "The tokens for the provider's API, encrypted, with the scopes that were granted.",
        "refresh_tokens" => "The hash of a refresh token that works once.",
        "outbox" => "An email that will be delivered by a background loop.",
        _ => "",
    }
}

pub(super) fn source_of_table(table: &str) -> Source {
    Source::ours(match table {
        "used_flows" => "src/store/sessions/used_flows.rs",
        "users" => "src/store/users/queries.rs",
        "identities" => "src/store/users/identities.rs",
        "sessions" => "src/store/sessions/queries.rs",
        "events" => "src/store/audit/events.rs",
        "grants" => "src/store/grants/rows.rs",
        "refresh_tokens" => "src/store/sessions/refresh_tokens.rs",
        _ => "src/store/outbox.rs",
    })
}
