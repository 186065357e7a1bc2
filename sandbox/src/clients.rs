//! The OAuth clients registered at the mock providers.

use std::fmt;

use url::{Host, Url};

use super::state::Provider;

/// The `client_id` (Services ID) at Apple.
pub const APPLE_CLIENT_ID: &str = "sandbox-apple";
/// The client's team id at Apple.
pub const APPLE_TEAM_ID: &str = "SANDBOXTM1";
/// The id of the key that signs Apple client secrets; [`crate::apple_private_key_pem`] is the key.
pub const APPLE_KEY_ID: &str = "SANDBOXKY1";
/// The `client_id` at Microsoft.
pub const MICROSOFT_CLIENT_ID: &str = "sandbox-microsoft";
/// The `client_secret` at Microsoft. Public by design: it protects nothing.
pub const MICROSOFT_CLIENT_SECRET: &str = "sandbox-microsoft-secret";
/// The `client_id` at Google.
pub const GOOGLE_CLIENT_ID: &str = "sandbox-google";
/// The `client_secret` at Google. Public by design: it protects nothing.
pub const GOOGLE_CLIENT_SECRET: &str = "sandbox-google-secret";
/// The `client_id` of Google's public client, for pages and apps: no secret, PKCE required, any loopback redirect URI.
pub const GOOGLE_SPA_CLIENT_ID: &str = "sandbox-google-spa";
/// The `client_id` at GitHub.
pub const GITHUB_CLIENT_ID: &str = "sandbox-github";
/// The `client_secret` at GitHub.
pub const GITHUB_CLIENT_SECRET: &str = "sandbox-github-secret";
/// What GitHub signs its webhooks with.
pub const GITHUB_WEBHOOK_SECRET: &str = "sandbox-github-webhook-secret";
/// The `client_id` (app id) at Facebook.
pub const FACEBOOK_CLIENT_ID: &str = "sandbox-facebook";
/// The `client_secret` (app secret) at Facebook.
pub const FACEBOOK_CLIENT_SECRET: &str = "sandbox-facebook-secret";
/// The `client_id` at X.
pub const X_CLIENT_ID: &str = "sandbox-x";
/// The `client_secret` at X.
pub const X_CLIENT_SECRET: &str = "sandbox-x-secret";
/// Prefix of the path of every allowed redirect URI.
pub const REDIRECT_PATH: &str = "/auth/callback/";

/// A registered client.
#[derive(Clone)]
pub struct Client {
    /// `client_id`.
    pub id: String,
    /// `client_secret`, for `client_secret_basic` and `client_secret_post`.
    pub secret: String,
}

/// A client registered at Apple, which has a key instead of a secret.
#[derive(Clone, Debug)]
pub struct AppleClient {
    /// `client_id`.
    pub id: String,
    /// Team id.
    pub team_id: String,
    /// The `kid` of its client secrets.
    pub key_id: String,
}

/// The clients registered at all providers.
#[derive(Clone, Debug)]
pub struct Clients {
    /// At the sandbox Apple.
    pub apple: AppleClient,
    /// The public client at Google.
    pub google_spa: String,
    with_secret: Vec<Client>,
}

impl Clients {
    /// The client at a provider; for Apple, use [`Clients::apple`].
    pub(super) fn of(&self, provider: Provider) -> &Client {
        &self.with_secret[provider as usize]
    }

    pub(super) fn is_google_client(&self, client_id: &str) -> bool {
        self.of(Provider::Google).id == client_id || self.google_spa == client_id
    }
}

impl Default for Clients {
    /// `sandbox-<slug>` with the secret `sandbox-<slug>-secret`, at each provider.
    fn default() -> Self {
        let client = |provider: &Provider| {
            let id = format!("sandbox-{}", provider.slug());
            Client { secret: format!("{id}-secret"), id }
        };
        Self {
            apple: AppleClient {
                id: APPLE_CLIENT_ID.to_owned(),
                team_id: APPLE_TEAM_ID.to_owned(),
                key_id: APPLE_KEY_ID.to_owned(),
            },
            google_spa: GOOGLE_SPA_CLIENT_ID.to_owned(),
            with_secret: Provider::ALL.iter().map(client).collect(),
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Client {{ id: {:?}, secret: [redacted] }}", self.id)
    }
}

/// Whether `uri` is an allowed redirect URI: `http` or `https`, a loopback host, any port, a path below
/// [`REDIRECT_PATH`], no user information and no fragment (RFC 6749 §3.1.2).
///
/// A real provider compares whole strings (RFC 9700 §2.1). The sandbox does not know the developer's port, so it
/// accepts any on loopback; no code leaves the machine.
pub fn is_allowed_redirect_uri(uri: &str) -> bool {
    is_on_loopback(uri) && Url::parse(uri).is_ok_and(|url| url.path().starts_with(REDIRECT_PATH))
}

/// Whether `uri` is on loopback, at any path: for public clients, origins of pages, and the button's `login_uri`.
pub fn is_on_loopback(uri: &str) -> bool {
    let Ok(url) = Url::parse(uri) else {
        return false;
    };
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    matches!(url.scheme(), "http" | "https") && loopback && bare
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callback_on_loopback_is_allowed() {
        assert!(is_allowed_redirect_uri("http://localhost:3000/auth/callback/google"));
        assert!(is_allowed_redirect_uri("http://127.0.0.1:81/auth/callback/google"));
        assert!(is_allowed_redirect_uri("http://[::1]/auth/callback/google"));
    }

    #[test]
    fn other_redirect_uris_are_rejected() {
        for uri in [
            "http://evil.example/auth/callback/google",
            "http://localhost.evil.example/auth/callback/google",
            "http://localhost:3000@evil.example/auth/callback/google",
            "http://localhost:3000/other",
            "http://localhost:3000/auth/callback/../../other",
            "http://localhost:3000/auth/callback/google#x",
            "javascript://localhost/auth/callback/",
            "/auth/callback/google",
        ] {
            assert!(!is_allowed_redirect_uri(uri), "{uri}");
        }
    }

    #[test]
    fn documented_clients_are_registered() {
        let clients = Clients::default();
        for (provider, id, secret) in [
            (Provider::Google, GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET),
            (Provider::Github, GITHUB_CLIENT_ID, GITHUB_CLIENT_SECRET),
            (Provider::Facebook, FACEBOOK_CLIENT_ID, FACEBOOK_CLIENT_SECRET),
            (Provider::X, X_CLIENT_ID, X_CLIENT_SECRET),
            (Provider::Microsoft, MICROSOFT_CLIENT_ID, MICROSOFT_CLIENT_SECRET),
        ] {
            let client = clients.of(provider);
            assert_eq!((client.id.as_str(), client.secret.as_str()), (id, secret));
        }
        for provider in Provider::ALL {
            assert_eq!(clients.of(*provider).id, format!("sandbox-{}", provider.slug()));
        }
    }

    #[test]
    fn public_client_may_use_any_loopback_url_only() {
        assert!(is_on_loopback("http://localhost:3020/") && is_on_loopback("http://127.0.0.1:3020"));
        for uri in [
            "https://evil.example/",
            "http://localhost@evil.example/",
            "null",
            "file:///localhost",
            "http://localhost/#x",
        ] {
            assert!(!is_on_loopback(uri), "{uri}");
        }
    }

    #[test]
    fn client_secret_is_not_printed() {
        assert!(!format!("{:?}", Clients::default()).contains("secret\": \"sandbox"));
        assert!(!format!("{:?}", Clients::default()).contains(GOOGLE_CLIENT_SECRET));
    }
}
