//! SSRF protection: which IP addresses are contacted.
//!
//! The threat: a provider's metadata names `https://169.254.169.254/…` or a host name that resolves into the internal
//! network, and the server fetches it for the attacker (OWASP ASVS 5.0 13.2.4). The check is part of the resolver, so
//! that a name cannot resolve to one address for the check and to another for the connection (DNS rebinding).

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// The addresses that a client may contact. Those of [`is_metadata`] are never among them.
#[derive(Clone, Debug)]
pub(super) enum AddressGuard {
    /// In development, all others.
    Development,
    /// Public addresses, and those in these networks.
    Public(Vec<IpNet>),
}

/// Why an address is not contacted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum GuardError {
    #[error("{0} is not a public address")]
    NotPublic(IpAddr),
    #[error("{0} belongs to a cloud's metadata service")]
    Metadata(IpAddr),
}

impl AddressGuard {
    pub(super) fn check(&self, address: IpAddr) -> Result<(), GuardError> {
        let address = address.to_canonical();
        match self {
            _ if is_metadata(address) => Err(GuardError::Metadata(address)),
            Self::Development => Ok(()),
            Self::Public(_) if is_public(address) => Ok(()),
            Self::Public(networks) if networks.iter().any(|network| network.contains(&address)) => Ok(()),
            Self::Public(_) => Err(GuardError::NotPublic(address)),
        }
    }

    /// The addresses that may be contacted, or why the first one may not.
    fn filter(&self, found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, GuardError> {
        let (mut allowed, mut refused) = (Vec::new(), None);
        for address in found {
            match self.check(address.ip()) {
                Ok(()) => allowed.push(address),
                Err(error) => refused = refused.or(Some(error)),
            }
        }
        match refused {
            Some(error) if allowed.is_empty() => Err(error),
            _ => Ok(allowed),
        }
    }
}

/// The system's resolver, reduced to what the guard allows.
impl Resolve for AddressGuard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let allowed = guard.filter(found)?;
            if allowed.is_empty() {
                return Err(io::Error::new(io::ErrorKind::NotFound, "host name without an address").into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// Whether the address answers machines in a cloud with credentials and settings of their own. No provider is there, so
/// no setting allows it: the link-local networks (AWS, Azure, Google Cloud and most others), and the addresses that
/// clouds chose elsewhere.
pub(super) fn is_metadata(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => is_metadata_v4(v4),
        IpAddr::V6(v6) => is_metadata_v6(v6) || embedded_v4(v6).is_some_and(is_metadata_v4),
    }
}

fn is_metadata_v4(v4: Ipv4Addr) -> bool {
    /// Alibaba Cloud; Oracle Cloud (Classic); Azure's host.
    const CHOSEN: [Ipv4Addr; 3] =
        [Ipv4Addr::new(100, 100, 100, 200), Ipv4Addr::new(192, 0, 0, 192), Ipv4Addr::new(168, 63, 129, 16)];
    v4.is_link_local() || CHOSEN.contains(&v4)
}

fn is_metadata_v6(v6: Ipv6Addr) -> bool {
    // AWS: fd00:ec2::254 and its neighbours; Google Cloud; Oracle Cloud; Scaleway.
    let aws = matches!(v6.segments(), [0xfd00, 0x0ec2, ..]);
    let google = v6 == Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254);
    let oracle = v6 == Ipv6Addr::new(0xfd00, 0xc1, 0, 0, 0, 0, 0xa9fe, 0xa9fe);
    let scaleway = v6 == Ipv6Addr::new(0xfd00, 0x42, 0, 0, 0, 0, 0, 0x42);
    v6.is_unicast_link_local() || aws || google || oracle || scaleway
}

/// The IPv4 address to which a translator or a tunnel forwards: NAT64 (RFC 6052), 6to4 (RFC 3056), and the obsolete
/// IPv4-compatible form.
fn embedded_v4(v6: Ipv6Addr) -> Option<Ipv4Addr> {
    let from = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match v6.segments() {
        [0x64, 0xff9b, 0 | 1, _, _, _, high, low] | [0, 0, 0, 0, 0, 0, high, low] => Some(from(high, low)),
        [0x2002, high, low, ..] => Some(from(high, low)),
        _ => None,
    }
}

/// Whether every address of the network is one of [`is_metadata`]: for a setting that has no effect.
pub(super) fn is_metadata_network(network: &IpNet) -> bool {
    match network {
        IpNet::V4(v4) => is_metadata_v4(v4.addr()) && v4.prefix_len() >= 16,
        IpNet::V6(v6) => is_metadata_v6(v6.addr()) && v6.prefix_len() >= 10,
    }
}

/// Whether the address is public, i.e. outside the special-purpose registries of RFC 6890.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
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

    const NONE: AddressGuard = AddressGuard::Public(Vec::new());

    fn listed(networks: &[&str]) -> AddressGuard {
        AddressGuard::Public(networks.iter().map(|network| network.parse().unwrap()).collect())
    }

    #[rstest]
    #[case("142.250.74.46")]
    #[case("8.8.8.8")]
    #[case("100.128.0.1")]
    #[case("2a00:1450:4001:82a::200e")]
    fn public_address_is_allowed(#[case] address: IpAddr) {
        assert_eq!(NONE.check(address), Ok(()));
    }

    #[rstest]
    #[case("127.0.0.1", "127.0.0.0/8")]
    #[case("10.1.2.3", "10.0.0.0/8")]
    #[case("172.16.0.1", "172.16.0.0/12")]
    #[case("192.168.1.1", "192.168.1.1/32")]
    #[case("100.64.0.1", "100.64.0.0/10")]
    #[case("0.0.0.0", "0.0.0.0/0")]
    #[case("198.18.0.1", "198.18.0.0/15")]
    #[case("224.0.0.1", "224.0.0.0/4")]
    #[case("255.255.255.255", "255.0.0.0/8")]
    #[case("::1", "::1/128")]
    #[case("::", "::/0")]
    #[case("::ffff:127.0.0.1", "127.0.0.0/8")]
    #[case("::ffff:10.0.0.1", "10.0.0.0/8")]
    #[case("fd00::1", "fd00::/8")]
    #[case("64:ff9b::7f00:1", "64:ff9b::/96")]
    #[case("2002:7f00:1::", "2002::/16")]
    #[case("2001:db8::1", "2001:db8::/32")]
    fn special_purpose_address_needs_a_listed_network(#[case] address: IpAddr, #[case] network: &str) {
        assert_eq!(NONE.check(address), Err(GuardError::NotPublic(address.to_canonical())));
        assert!(listed(&["10.99.0.0/16", "fd99::/16"]).check(address).is_err());
        assert_eq!(listed(&["10.99.0.0/16", network]).check(address), Ok(()));
        assert_eq!(AddressGuard::Development.check(address), Ok(()));
    }

    #[rstest]
    #[case("169.254.169.254")]
    #[case("169.254.170.2")]
    #[case("::ffff:169.254.169.254")]
    #[case("fe80::a9fe:a9fe")]
    #[case("febf::1")]
    #[case("fd00:ec2::254")]
    #[case("fd00:ec2::23")]
    #[case("fd20:ce::254")]
    #[case("fd00:c1::a9fe:a9fe")]
    #[case("fd00:42::42")]
    #[case("100.100.100.200")]
    #[case("192.0.0.192")]
    #[case("168.63.129.16")]
    #[case("64:ff9b::a9fe:a9fe")]
    #[case("64:ff9b:1::a9fe:a9fe")]
    #[case("2002:a9fe:a9fe::")]
    #[case("::a9fe:a9fe")]
    fn metadata_address_is_refused_even_if_listed(#[case] address: IpAddr) {
        let own = format!("{address}/{}", if address.is_ipv4() { 32 } else { 128 });
        for guard in [NONE, AddressGuard::Development, listed(&["0.0.0.0/0", "::/0", &own])] {
            assert_eq!(guard.check(address), Err(GuardError::Metadata(address.to_canonical())), "{guard:?}");
        }
    }

    #[test]
    fn a_name_with_one_allowed_address_is_reduced_to_it() {
        let sockets = |addresses: &[&str]| -> Vec<SocketAddr> {
            addresses.iter().map(|address| SocketAddr::new(address.parse().unwrap(), 0)).collect()
        };
        let found = sockets(&["169.254.169.254", "10.0.0.1", "8.8.8.8"]);
        assert_eq!(NONE.filter(found.clone()), Ok(sockets(&["8.8.8.8"])));
        assert_eq!(listed(&["10.0.0.0/8"]).filter(found), Ok(sockets(&["10.0.0.1", "8.8.8.8"])));
        let inside = GuardError::NotPublic("10.0.0.1".parse().unwrap());
        assert_eq!(NONE.filter(sockets(&["10.0.0.1", "169.254.169.254"])), Err(inside));
        assert_eq!(NONE.filter(Vec::new()), Ok(Vec::new()));
    }

    #[rstest]
    #[case("169.254.0.0/16", true)]
    #[case("169.254.169.254/32", true)]
    #[case("fe80::/10", true)]
    #[case("fd00:ec2::254/128", true)]
    #[case("168.0.0.0/6", false)]
    #[case("10.0.0.0/8", false)]
    #[case("fd00::/8", false)]
    fn network_without_any_allowed_address_is_found(#[case] network: IpNet, #[case] useless: bool) {
        assert_eq!(is_metadata_network(&network), useless);
    }
}
