//! Which addresses a discovery document may send us to.
//!
//! We send codes and client secrets to the token endpoint, fetch keys from `jwks_uri` and send browsers to
//! the authorization endpoint. A document that names `http:`, `javascript:` or an address inside our own
//! network must not get that far (threats AR10, JW13). Names that resolve to inner addresses are the
//! resolver's business, at the edge.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// What is allowed beyond https to public hosts.
#[derive(Clone, Copy, Debug, Default)]
pub struct EndpointRules {
    /// `http` to loopback, for development and tests; only where the issuer is itself on loopback.
    pub allow_loopback_http: bool,
}

/// Why an address was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// Not an absolute address with a host, or with characters that parsers disagree about.
    #[error("not an absolute address")]
    Malformed,
    /// Neither https nor allowed loopback http.
    #[error("not https")]
    NotHttps,
    /// `user:password@`, which makes an address look like another one.
    #[error("user information in the address")]
    UserInformation,
    /// A fragment, which RFC 6749 §3.1 and §3.2 forbid.
    #[error("a fragment in the address")]
    Fragment,
    /// A query where Discovery §2 allows none (the issuer).
    #[error("a query in the address")]
    Query,
    /// Loopback, private or link-local, named by an issuer that is not.
    #[error("an address inside a private network")]
    PrivateHost,
}

/// Reads the issuer identifier, which comes from our configuration (Discovery §2: https, host, optional port
/// and path; no query or fragment).
pub(super) fn parse_issuer(issuer: &str, rules: EndpointRules) -> Result<Url, EndpointError> {
    let url = parse(issuer)?;
    let loopback_http = url.scheme() == "http" && rules.allow_loopback_http && is_loopback(&url);
    if url.scheme() != "https" && !loopback_http {
        return Err(EndpointError::NotHttps);
    }
    match url.query() {
        Some(_) => Err(EndpointError::Query),
        None => Ok(url),
    }
}

/// Reads an endpoint that the metadata of `issuer` names.
pub(super) fn parse_endpoint(endpoint: &str, issuer: &Url, rules: EndpointRules) -> Result<Url, EndpointError> {
    let url = parse(endpoint)?;
    let loopback_http = url.scheme() == "http" && rules.allow_loopback_http && is_loopback(&url) && is_loopback(issuer);
    if url.scheme() != "https" && !loopback_http {
        return Err(EndpointError::NotHttps);
    }
    if is_private(&url) && !is_private(issuer) {
        return Err(EndpointError::PrivateHost);
    }
    Ok(url)
}

fn parse(address: &str) -> Result<Url, EndpointError> {
    // WHATWG parsing drops tabs and line breaks and reads `\` as `/`; what needs that is not honest.
    if address.bytes().any(|byte| byte.is_ascii_control() || byte == b' ' || byte == b'\\') {
        return Err(EndpointError::Malformed);
    }
    let url = Url::parse(address).map_err(|_| EndpointError::Malformed)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(EndpointError::UserInformation);
    }
    if url.fragment().is_some() {
        return Err(EndpointError::Fragment);
    }
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => is_localhost(name),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn is_private(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => is_localhost(name),
        Some(Host::Ipv4(address)) => is_private_v4(address),
        Some(Host::Ipv6(address)) => is_private_v6(address),
        None => true,
    }
}

fn is_localhost(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    name.eq_ignore_ascii_case("localhost") || name.to_ascii_lowercase().ends_with(".localhost")
}

fn is_private_v4(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_multicast()
        || first == 0
        || (first == 100 && (64..128).contains(&second)) // carriers' NAT, RFC 6598
}

fn is_private_v6(address: Ipv6Addr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(mapped) => is_private_v4(mapped),
        IpAddr::V6(address) => {
            address.is_loopback()
                || address.is_unspecified()
                || address.is_unique_local()
                || address.is_unicast_link_local()
                || address.is_multicast()
        }
    }
}
