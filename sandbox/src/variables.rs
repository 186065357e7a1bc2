//! Environment variables that point an application at the sandbox: what a developer otherwise copies from provider
//! consoles.

use super::apple::apple_private_key_pem;
use super::clients::{Clients, GITHUB_WEBHOOK_SECRET};
use super::state::Provider;

/// For every built-in provider of an application: its client and its URLs.
pub fn variables(origin: &str, clients: &Clients) -> Vec<(String, String)> {
    let mut variables = Vec::new();
    // The generic provider has no variables of its own: an application names it as it likes.
    for provider in Provider::ALL.iter().filter(|provider| **provider != Provider::Oidc) {
        let addresses = provider.facts().addresses.iter();
        variables.extend(addresses.map(|(name, path)| ((*name).to_owned(), format!("{origin}{path}"))));
        let family = provider.slug().to_ascii_uppercase();
        let client = if *provider == Provider::Apple { at_apple(clients) } else { with_secret(*provider, clients) };
        variables.extend(client.into_iter().map(|(name, value)| (format!("{family}_{name}"), value)));
    }
    variables.push(("GITHUB_WEBHOOK_SECRET".to_owned(), GITHUB_WEBHOOK_SECRET.to_owned()));
    // The public client's tokens are accepted as ours.
    variables.push(("GOOGLE_API_CLIENT_IDS".to_owned(), clients.google_spa.clone()));
    variables
}

fn with_secret(provider: Provider, clients: &Clients) -> Vec<(&'static str, String)> {
    let client = clients.of(provider);
    vec![("CLIENT_ID", client.id.clone()), ("CLIENT_SECRET", client.secret.clone())]
}

fn at_apple(clients: &Clients) -> Vec<(&'static str, String)> {
    let client = &clients.apple;
    vec![
        ("CLIENT_ID", client.id.clone()),
        ("TEAM_ID", client.team_id.clone()),
        ("KEY_ID", client.key_id.clone()),
        ("PRIVATE_KEY", apple_private_key_pem()),
    ]
}
