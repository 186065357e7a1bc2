//! The client's IP address.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::http::{HeaderMap, header};
use ipnet::IpNet;

/// The peer of the connection or, if that is a trusted proxy, the last forwarded address that is not a trusted proxy's.
///
/// The threat: a client that can choose its address is never rate-limited, so only trusted proxies' headers are read.
pub fn of(peer: SocketAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(&address));
    let peer = peer.ip().to_canonical();
    if !is_trusted(peer) {
        return peer;
    }
    let mut nearest = peer;
    for address in forwarded(headers).into_iter().rev() {
        // An unreadable entry ends the chain: what stands before it is not trustworthy.
        let Some(address) = address else { break };
        nearest = address;
        if !is_trusted(address) {
            break;
        }
    }
    nearest
}

/// One bucket per network that one customer usually has: an IPv4 address, or an IPv6 /64.
pub fn rate_limit_key(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from(u128::from(v6) & !u128::from(u64::MAX))),
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// `X-Forwarded-For`, or else `Forwarded` (RFC 7239), oldest first.
fn forwarded(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    let list = |name: &str| {
        headers.get_all(name).iter().map(|value| value.to_str().unwrap_or("?")).collect::<Vec<_>>().join(",")
    };
    let simple = list("x-forwarded-for");
    if !simple.is_empty() {
        return simple.split(',').map(parse).collect();
    }
    let standard = list(header::FORWARDED.as_str());
    if standard.is_empty() {
        return Vec::new();
    }
    standard
        .split(',')
        .map(|element| {
            element
                .split(';')
                .filter_map(|pair| pair.split_once('='))
                .find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))
                .and_then(|(_, value)| parse(value.trim().trim_matches('"')))
        })
        .collect()
}

fn parse(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    text.parse::<IpAddr>()
        .or_else(|_| text.parse::<SocketAddr>().map(|address| address.ip()))
        .or_else(|_| text.trim_start_matches('[').trim_end_matches(']').parse())
        .ok()
        .map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use rstest::rstest;

    use super::*;

    fn address(peer: &str, name: &'static str, value: &'static str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_static(value));
        let trusted = ["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
        of(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[rstest]
    #[case::one_proxy("10.0.0.1:1", "x-forwarded-for", "203.0.113.9", "203.0.113.9")]
    #[case::two_proxies("10.0.0.1:1", "x-forwarded-for", "203.0.113.9, 10.0.0.2", "203.0.113.9")]
    #[case::standard("[::1]:1", "forwarded", "for=\"[2001:db8::7]:4711\";proto=https", "2001:db8::7")]
    #[case::mapped("[::ffff:10.0.0.1]:1", "x-forwarded-for", "::ffff:203.0.113.9", "203.0.113.9")]
    fn headers_of_a_trusted_proxy_are_used(
        #[case] peer: &str,
        #[case] name: &'static str,
        #[case] value: &'static str,
        #[case] expected: &str,
    ) {
        assert_eq!(address(peer, name, value), expected);
    }

    #[rstest]
    #[case::no_proxy("203.0.113.50:1", "x-forwarded-for", "198.51.100.1", "203.0.113.50")]
    #[case::invented_first_part("10.0.0.1:1", "x-forwarded-for", "198.51.100.1, 203.0.113.9", "203.0.113.9")]
    #[case::unreadable("10.0.0.1:1", "x-forwarded-for", "198.51.100.1, unknown", "10.0.0.1")]
    #[case::no_header("10.0.0.1:1", "accept", "x", "10.0.0.1")]
    fn other_headers_are_ignored(
        #[case] peer: &str,
        #[case] name: &'static str,
        #[case] value: &'static str,
        #[case] expected: &str,
    ) {
        assert_eq!(address(peer, name, value), expected);
    }

    #[test]
    fn addresses_of_one_64_share_a_bucket() {
        let key = |text: &str| rate_limit_key(text.parse().unwrap());
        assert_eq!(key("2001:db8::1"), key("2001:db8::ffff:1"));
        assert_ne!(key("2001:db8::1"), key("2001:db8:0:1::1"));
        assert_eq!(key("::ffff:203.0.113.9"), key("203.0.113.9"));
        assert_ne!(key("203.0.113.8"), key("203.0.113.9"));
    }
}
