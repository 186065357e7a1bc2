//! Networks: what one customer usually has, and the larger blocks that one customer can have.

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    sync::Arc,
    time::Duration,
};

use super::KeyedLimiter;

/// The blocks of an IPv6 address, and how many times the limit of the smallest each may use. A customer has one /64 at least and
/// often a /56 or a /48, in which the addresses are free to choose.
const IPV6_BLOCKS: [(u32, u32); 3] = [(64, 1), (56, 4), (48, 16)];

/// A block of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Block {
    first: IpAddr,
    prefix: u32,
}

impl fmt::Display for Block {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.first, self.prefix)
    }
}

/// The blocks that an address counts for, the smallest first: an IPv4 address alone, or an IPv6 /64, /56 and /48.
pub fn blocks(address: IpAddr) -> impl Iterator<Item = (Block, u32)> {
    let (v4, v6) = match address.to_canonical() {
        v4 @ IpAddr::V4(_) => (Some((Block { first: v4, prefix: 32 }, 1)), None),
        IpAddr::V6(v6) => (None, Some(v6)),
    };
    let of_v6 = v6.into_iter().flat_map(|v6| {
        IPV6_BLOCKS.map(|(prefix, factor)| {
            let first = IpAddr::V6(Ipv6Addr::from(u128::from(v6) & (u128::MAX << (128 - prefix))));
            (Block { first, prefix }, factor)
        })
    });
    v4.into_iter().chain(of_v6)
}

/// Limits how often something happens for one network.
#[derive(Debug)]
pub struct NetworkLimiter([Arc<KeyedLimiter>; IPV6_BLOCKS.len()]);

impl NetworkLimiter {
    /// At most `burst` at once, and one more after each `interval`, for an address or a /64; more for the blocks around it.
    ///
    /// # Panics
    /// If the interval is shorter than 16 nanoseconds.
    pub fn new(burst: NonZeroU32, interval: Duration) -> Self {
        Self(IPV6_BLOCKS.map(|(_, factor)| {
            let burst = burst.saturating_mul(NonZeroU32::new(factor).unwrap_or(NonZeroU32::MIN));
            Arc::new(KeyedLimiter::new(burst, interval / factor))
        }))
    }

    /// Counts one event of an address.
    ///
    /// # Errors
    /// The seconds to wait, when a limit is exceeded. A larger block is not charged for what a smaller one refuses.
    pub fn count(&self, address: IpAddr) -> Result<(), u64> {
        self.0.iter().zip(blocks(address)).try_for_each(|(limiter, (block, _))| limiter.count(block))
    }

    /// For the sweeper.
    pub fn limiters(&self) -> Vec<Arc<KeyedLimiter>> {
        self.0.to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn block(text: &str, number: usize) -> Option<Block> {
        blocks(address(text)).nth(number).map(|(block, _)| block)
    }

    #[test]
    fn an_ipv6_address_counts_for_three_blocks() {
        for (number, same, other) in [
            (0, "2001:db8:0:1::ffff:1", "2001:db8:0:2::1"),
            (1, "2001:db8:0:ff::1", "2001:db8:0:100::1"),
            (2, "2001:db8:0:ffff::1", "2001:db8:1::1"),
        ] {
            assert_eq!(block("2001:db8:0:1::1", number), block(same, number), "{number}");
            assert_ne!(block("2001:db8:0:1::1", number), block(other, number), "{number}");
        }
    }

    #[test]
    fn an_ipv4_address_counts_for_itself() {
        assert_eq!(block("::ffff:203.0.113.9", 0), block("203.0.113.9", 0));
        assert_ne!(block("203.0.113.8", 0), block("203.0.113.9", 0));
        assert_eq!(block("203.0.113.9", 1), None);
    }

    #[test]
    fn more_addresses_of_one_customer_do_not_help_for_long() {
        let limiter = NetworkLimiter::new(NonZeroU32::new(3).unwrap(), Duration::from_secs(60));
        let counted = |network: u32| {
            let address = IpAddr::V6(Ipv6Addr::from((0x2001_0db8_u128 << 96) | (u128::from(network) << 64) | 1));
            (0..100).take_while(|_| limiter.count(address).is_ok()).count()
        };
        assert_eq!((0..256).map(counted).sum::<usize>(), 12, "a /56 has four times the limit of a /64");
        assert_eq!((256..65536).step_by(256).map(counted).sum::<usize>(), 36, "a /48 has sixteen times");
        assert_eq!(counted(65536), 3, "the counterpart: another /48");
    }

    #[test]
    fn a_refusal_does_not_charge_the_blocks_around() {
        let limiter = NetworkLimiter::new(NonZeroU32::MIN, Duration::from_secs(60));
        let refused = (0..100).filter(|_| limiter.count(address("2001:db8::1")).is_err()).count();
        assert_eq!(refused, 99);
        assert_eq!(limiter.count(address("2001:db8:0:1::1")), Ok(()));
    }
}
