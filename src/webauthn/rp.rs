//! The relying party: this site.

use url::{Host, Url};

/// What authenticators and browsers know this site by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rp {
    id: String,
    origin: String,
}

impl Rp {
    /// The relying party of an origin such as `https://accounts.example.com`: its RP ID is the host. `None` where browsers offer
    /// no passkeys: a host that is an IP address (WebAuthn §5.1.2 requires a domain), and http anywhere but on `localhost`.
    ///
    /// A registrable suffix (`example.com`) would be a valid RP ID as well, and let every other subdomain use the passkeys.
    pub fn of_origin(origin: &str) -> Option<Self> {
        let url = Url::parse(origin).ok()?;
        let Some(Host::Domain(host)) = url.host() else { return None };
        let is_local = host == "localhost" || host.ends_with(".localhost");
        let is_usable = url.scheme() == "https" || (url.scheme() == "http" && is_local);
        is_usable.then(|| Self { id: host.to_owned(), origin: url.origin().ascii_serialization() })
    }

    /// The RP ID: a host, without scheme and port.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The only origin from which responses are accepted.
    pub fn origin(&self) -> &str {
        &self.origin
    }
}
