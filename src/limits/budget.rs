//! A budget: how often something may happen for one network, and in all.

use std::{net::IpAddr, num::NonZeroU32, sync::Arc, time::Duration};

use super::{KeyedLimiter, NetworkLimiter};

/// For what strangers can cause and others pay for: emails, requests to a provider. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Budget(Option<Arc<Limits>>);

#[derive(Debug)]
struct Limits {
    per_network: NetworkLimiter,
    in_all: Arc<KeyedLimiter>,
}

/// The budget is used up; in how many seconds it is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exceeded {
    OfNetwork { seconds: u64 },
    InAll { seconds: u64 },
}

impl Exceeded {
    pub const fn seconds(self) -> u64 {
        match self {
            Self::OfNetwork { seconds } | Self::InAll { seconds } => seconds,
        }
    }
}

impl Budget {
    /// Each is a burst, and the interval that allows one more.
    ///
    /// # Panics
    /// If an interval is zero.
    pub fn new(per_network: (NonZeroU32, Duration), in_all: (NonZeroU32, Duration)) -> Self {
        Self(Some(Arc::new(Limits {
            per_network: NetworkLimiter::new(per_network.0, per_network.1),
            in_all: Arc::new(KeyedLimiter::new(in_all.0, in_all.1)),
        })))
    }

    /// `RATE_LIMITS=off`.
    pub const fn unlimited() -> Self {
        Self(None)
    }

    /// Spends one.
    ///
    /// # Errors
    /// [`Exceeded`]. What its network may not spend is not taken from all.
    pub fn spend(&self, address: Option<IpAddr>) -> Result<(), Exceeded> {
        let Some(limits) = &self.0 else { return Ok(()) };
        if let Some(address) = address {
            limits.per_network.count(address).map_err(|seconds| Exceeded::OfNetwork { seconds })?;
        }
        limits.in_all.count(()).map_err(|seconds| Exceeded::InAll { seconds })
    }

    /// For the sweeper.
    pub fn limiters(&self) -> Vec<Arc<KeyedLimiter>> {
        let limiters = |limits: &Arc<Limits>| [limits.per_network.limiters(), vec![limits.in_all.clone()]].concat();
        self.0.as_ref().map(limiters).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget() -> Budget {
        let minute = Duration::from_secs(60);
        Budget::new((NonZeroU32::new(3).unwrap(), minute), (NonZeroU32::new(5).unwrap(), minute))
    }

    fn spent(budget: &Budget, address: &str) -> (usize, Option<Exceeded>) {
        for count in 0..10 {
            if let Err(exceeded) = budget.spend(Some(address.parse().unwrap())) {
                return (count, Some(exceeded));
            }
        }
        (10, None)
    }

    #[test]
    fn one_network_cannot_spend_what_is_for_all() {
        let budget = budget();
        assert!(matches!(spent(&budget, "203.0.113.1"), (3, Some(Exceeded::OfNetwork { seconds: 1..=61 }))));
        assert!(matches!(spent(&budget, "203.0.113.2"), (2, Some(Exceeded::InAll { seconds: 1..=61 }))));
    }

    #[test]
    fn an_unlimited_budget_is_never_used_up() {
        assert_eq!(spent(&Budget::unlimited(), "203.0.113.1"), (10, None));
    }
}
