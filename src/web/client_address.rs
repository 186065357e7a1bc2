//! The client's IP address.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::http::{HeaderMap, HeaderName, header};
use ipnet::IpNet;

/// Which proxies tell the client's address, and how.
#[derive(Clone, Debug)]
pub struct ForwardedBy {
    /// `TRUSTED_PROXIES`
    pub proxies: Arc<[IpNet]>,
    /// `CLIENT_IP_HEADER`: `x-forwarded-for`, `forwarded` (RFC 7239), or one with a single address.
    pub header: HeaderName,
}

impl ForwardedBy {
    pub fn is_trusted(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.proxies.iter().any(|network| network.contains(&address))
    }

    /// The peer of the connection or, if that is a trusted proxy, the last forwarded address that is not a trusted proxy's.
    ///
    /// The threat: a client that can choose its address is never rate-limited. So only trusted proxies are believed, and only
    /// the one header that they set: a proxy passes on what it does not know, and a client may send any other.
    pub fn address_of(&self, peer: SocketAddr, headers: &HeaderMap) -> IpAddr {
        let peer = peer.ip().to_canonical();
        if !self.is_trusted(peer) {
            return peer;
        }
        let mut nearest = peer;
        for address in self.forwarded(headers).into_iter().rev() {
            // An unreadable entry ends the chain: what stands before it is not trustworthy.
            let Some(address) = address else { break };
            nearest = address;
            if !self.is_trusted(address) {
                break;
            }
        }
        nearest
    }

    /// The addresses in the header, the oldest first.
    fn forwarded(&self, headers: &HeaderMap) -> Vec<Option<IpAddr>> {
        let values = headers.get_all(&self.header).iter().map(|value| value.to_str().unwrap_or("?"));
        let list = values.collect::<Vec<_>>().join(",");
        if list.is_empty() {
            return Vec::new();
        }
        let is_standard = self.header == header::FORWARDED;
        list.split(',').map(|element| if is_standard { of_element(element) } else { parse(element) }).collect()
    }
}

/// The `for` of an element of `Forwarded` (RFC 7239 §4).
fn of_element(element: &str) -> Option<IpAddr> {
    let mut pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))?;
    parse(value.trim().trim_matches('"'))
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

    fn address(setting: &'static str, peer: &str, name: &'static str, value: &'static str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_static(value));
        let proxies = ["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()].into();
        let forwarded_by = ForwardedBy { proxies, header: HeaderName::from_static(setting) };
        forwarded_by.address_of(peer.parse().unwrap(), &headers).to_string()
    }

    #[rstest]
    #[case::one_proxy("10.0.0.1:1", "x-forwarded-for", "203.0.113.9", "203.0.113.9")]
    #[case::two_proxies("10.0.0.1:1", "x-forwarded-for", "203.0.113.9, 10.0.0.2", "203.0.113.9")]
    #[case::standard("[::1]:1", "forwarded", "for=\"[2001:db8::7]:4711\";proto=https", "2001:db8::7")]
    #[case::mapped("[::ffff:10.0.0.1]:1", "x-forwarded-for", "::ffff:203.0.113.9", "203.0.113.9")]
    #[case::single("10.0.0.1:1", "cf-connecting-ip", "203.0.113.9", "203.0.113.9")]
    fn the_named_header_of_a_trusted_proxy_is_used(
        #[case] peer: &str,
        #[case] name: &'static str,
        #[case] value: &'static str,
        #[case] expected: &str,
    ) {
        assert_eq!(address(name, peer, name, value), expected);
    }

    /// A client may send the headers that its proxy does not know.
    #[rstest]
    #[case("forwarded", "x-forwarded-for", "203.0.113.9")]
    #[case("x-forwarded-for", "forwarded", "for=203.0.113.9")]
    #[case("x-real-ip", "x-forwarded-for", "203.0.113.9")]
    fn another_header_is_ignored(
        #[case] setting: &'static str,
        #[case] name: &'static str,
        #[case] value: &'static str,
    ) {
        assert_eq!(address(setting, "10.0.0.1:1", name, value), "10.0.0.1");
        assert_eq!(address(name, "10.0.0.1:1", name, value), "203.0.113.9", "the counterpart");
    }

    #[rstest]
    #[case::no_proxy("203.0.113.50:1", "x-forwarded-for", "198.51.100.1", "203.0.113.50")]
    #[case::invented_first_part("10.0.0.1:1", "x-forwarded-for", "198.51.100.1, 203.0.113.9", "203.0.113.9")]
    #[case::unreadable("10.0.0.1:1", "x-forwarded-for", "198.51.100.1, unknown", "10.0.0.1")]
    #[case::no_header("10.0.0.1:1", "accept", "x", "10.0.0.1")]
    fn what_a_client_can_write_is_ignored(
        #[case] peer: &str,
        #[case] name: &'static str,
        #[case] value: &'static str,
        #[case] expected: &str,
    ) {
        assert_eq!(address("x-forwarded-for", peer, name, value), expected);
    }
}
