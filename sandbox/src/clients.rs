//! The clients (relying parties) that are registered at the sandbox's providers.

use std::fmt;

use url::{Host, Url};

use super::state::Provider;

/// The `client_id` at the sandbox Apple, a Services ID there.
pub const APPLE_CLIENT_ID: &str = "sandbox-apple";
/// The team at the sandbox Apple that the client belongs to.
pub const APPLE_TEAM_ID: &str = "SANDBOXTM1";
/// The id of the key that the client signs its secrets with; `apple_private_key_pem` is the key.
pub const APPLE_KEY_ID: &str = "SANDBOXKY1";
/// The `client_id` at the sandbox Microsoft.
pub const MICROSOFT_CLIENT_ID: &str = "sandbox-microsoft";
/// The `client_secret` at the sandbox Microsoft. Public by design: it protects nothing.
pub const MICROSOFT_CLIENT_SECRET: &str = "sandbox-microsoft-secret";
/// The `client_id` at the sandbox Google.
pub const GOOGLE_CLIENT_ID: &str = "sandbox-google";
/// The `client_secret` at the sandbox Google. Public by design: it protects nothing.
pub const GOOGLE_CLIENT_SECRET: &str = "sandbox-google-secret";
/// The `client_id` of a public client at the sandbox Google, which may live in a page: no secret, PKCE required, answered
/// anywhere on this machine.
pub const GOOGLE_SPA_CLIENT_ID: &str = "sandbox-google-spa";
/// The `client_id` at the sandbox GitHub.
pub const GITHUB_CLIENT_ID: &str = "sandbox-github";
/// The `client_secret` at the sandbox GitHub.
pub const GITHUB_CLIENT_SECRET: &str = "sandbox-github-secret";
/// The `client_id` (app id) at the sandbox Facebook.
pub const FACEBOOK_CLIENT_ID: &str = "sandbox-facebook";
/// The `client_secret` (app secret) at the sandbox Facebook.
pub const FACEBOOK_CLIENT_SECRET: &str = "sandbox-facebook-secret";
/// The `client_id` at the sandbox X.
pub const X_CLIENT_ID: &str = "sandbox-x";
/// The `client_secret` at the sandbox X.
pub const X_CLIENT_SECRET: &str = "sandbox-x-secret";
/// Where the path of every accepted redirect URI starts.
pub const REDIRECT_PATH: &str = "/auth/callback/";

/// One registration.
#[derive(Clone)]
pub struct Client {
    /// `client_id`.
    pub id: String,
    /// `client_secret`, for `client_secret_basic` and `client_secret_post`.
    pub secret: String,
}

/// A registration at Apple: a key in the place of a secret.
#[derive(Clone, Debug)]
pub struct AppleClient {
    /// `client_id`.
    pub id: String,
    /// The team.
    pub team_id: String,
    /// The `kid` of its client secrets.
    pub key_id: String,
}

/// The registrations at all providers.
#[derive(Clone, Debug)]
pub struct Clients {
    /// At the sandbox Apple.
    pub apple: AppleClient,
    /// The public client at the sandbox Google.
    pub google_spa: String,
    with_secret: Vec<Client>,
}

impl Clients {
    /// The registration at a provider; at Apple, [`Clients::apple`] is the one that counts.
    pub(super) fn of(&self, provider: Provider) -> &Client {
        &self.with_secret[provider as usize]
    }

    /// Whether it is one of the clients at the sandbox Google.
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

/// Whether a client may have its answers sent to `uri`: `http` or `https`, a loopback host, any port, a path
/// below [`REDIRECT_PATH`], no user information and no fragment (RFC 6749 §3.1.2).
///
/// A real provider compares whole strings (RFC 9700 §2.1). The sandbox cannot, because the developer's port
/// is not known to it; it stays on loopback, so that no code ever leaves the machine.
pub fn is_allowed_redirect_uri(uri: &str) -> bool {
    is_on_loopback(uri) && Url::parse(uri).is_ok_and(|url| url.path().starts_with(REDIRECT_PATH))
}

/// The same anywhere on this machine: for a public client, a page's origin, and the button's `login_uri`.
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
    fn a_callback_on_loopback_fits() {
        assert!(is_allowed_redirect_uri("http://localhost:3000/auth/callback/google"));
        assert!(is_allowed_redirect_uri("http://127.0.0.1:81/auth/callback/google"));
        assert!(is_allowed_redirect_uri("http://[::1]/auth/callback/google"));
    }

    #[test]
    fn anything_else_does_not_fit() {
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
    fn the_documented_clients_are_those_that_are_registered() {
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
    fn a_public_client_may_be_anywhere_on_this_machine_and_nowhere_else() {
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
    fn a_secret_is_not_printed() {
        assert!(!format!("{:?}", Clients::default()).contains("secret\": \"sandbox"));
        assert!(!format!("{:?}", Clients::default()).contains(GOOGLE_CLIENT_SECRET));
    }
}
