//! Every built-in provider, configured for tests.

use super::{BuiltIn, Provider, Settings, built_in, key_for_tests::p256_key};

/// These settings, and values that pass for the required ones among the others.
pub(crate) fn settings(row: &BuiltIn, more: &[(&'static str, &str)]) -> Settings {
    let more = more.iter().map(|(name, value)| (*name, (*value).to_owned()));
    more.chain(row.required.iter().map(|name| (*name, required_value(name)))).collect()
}

/// A value that passes for a required variable.
pub(crate) fn required_value(name: &str) -> String {
    match name {
        "CLIENT_ID" => "id".to_owned(),
        "CLIENT_SECRET" => "secret".to_owned(),
        "PRIVATE_KEY" => p256_key().pem,
        _ => "ABCDE12345".to_owned(),
    }
}

/// The provider with this slug; further settings by the names of their variables without the prefix.
pub(crate) fn provider_with(slug: &str, more: &[(&'static str, &str)]) -> Provider {
    let row = built_in(slug).expect("a built-in provider");
    (row.provider)(&settings(row, more)).expect("settings that pass")
}

pub(crate) fn provider(slug: &str) -> Provider {
    provider_with(slug, &[])
}
