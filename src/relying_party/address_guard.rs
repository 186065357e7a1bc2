//! SSRF protection: only public IP addresses are contacted.
//!
//! The threat: a provider's metadata names `http://169.254.169.254/…` or a host name that resolves into the internal
//! network, and the server fetches it for the attacker (OWASP ASVS 5.0 13.2.4). The check is part of the resolver, so
//! that a name cannot resolve to one address for the check and to another for the connection (DNS rebinding).

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// The system's resolver, reduced to public addresses.
#[derive(Clone, Copy, Debug)]
pub(super) struct PublicAddresses;

impl Resolve for PublicAddresses {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let public: Vec<SocketAddr> = found.into_iter().filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err(
                    io::Error::new(io::ErrorKind::PermissionDenied, "host name without a public address").into()
                );
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// Whether the address is public, i.e. outside the special-purpose registries of RFC 6890.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or_else(|| is_public_v6(v6), is_public_v4),
    }
}

fn is_public_v4(v4: Ipv4Addr) -> bool {
    let [a, b, c, _] = v4.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let protocol_assignments = a == 192 && b == 0 && c == 0;
    let benchmarking = a == 198 && (b == 18 || b == 19);
    !(v4.is_private()
        || v4.is_loopback()
        || v4.is_link_local()
        || v4.is_unspecified()
        || v4.is_documentation()
        || v4.is_multicast()
        || a == 0
        || a >= 240
        || shared
        || protocol_assignments
        || benchmarking)
}

/// Global unicast is 2000::/3, without the ranges for documentation and those that embed an IPv4 address (6to4,
/// Teredo).
fn is_public_v6(v6: Ipv6Addr) -> bool {
    let [first, second, ..] = v6.segments();
    let embeds_v4 = first == 0x2002 || (first == 0x2001 && second == 0);
    let documentation = (first == 0x2001 && second == 0x0db8) || (first == 0x3fff && second < 0x1000);
    (first & 0xe000) == 0x2000 && !embeds_v4 && !documentation
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("142.250.74.46")]
    #[case("8.8.8.8")]
    #[case("100.128.0.1")]
    #[case("2a00:1450:4001:82a::200e")]
    fn public_address_is_allowed(#[case] address: IpAddr) {
        assert!(is_public(address));
    }

    #[rstest]
    #[case("127.0.0.1")]
    #[case("10.1.2.3")]
    #[case("172.16.0.1")]
    #[case("192.168.1.1")]
    #[case("169.254.169.254")]
    #[case("100.64.0.1")]
    #[case("0.0.0.0")]
    #[case("198.18.0.1")]
    #[case("224.0.0.1")]
    #[case("255.255.255.255")]
    #[case("::1")]
    #[case("::")]
    #[case("::ffff:127.0.0.1")]
    #[case("::ffff:10.0.0.1")]
    #[case("fe80::1")]
    #[case("fd00::1")]
    #[case("64:ff9b::7f00:1")]
    #[case("2002:7f00:1::")]
    #[case("2001:db8::1")]
    fn special_purpose_address_is_blocked(#[case] address: IpAddr) {
        assert!(!is_public(address));
    }
}
