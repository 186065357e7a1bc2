//! Places: how much of something may go on at once, in total and for one network.

use std::{
    collections::HashMap,
    fmt,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::network::{Block, blocks};

/// Counts what goes on at once. Cheap to clone; clones share the count.
#[derive(Clone)]
pub struct Places(Arc<Shared>);

struct Shared {
    total: usize,
    /// For an address or a /64, more for the blocks around it. `None`: one network may take all.
    per_network: Option<usize>,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    total: usize,
    /// At most three entries for each place that is taken.
    by_block: HashMap<Block, usize>,
}

/// A place; free again when dropped.
pub struct Place {
    places: Places,
    address: Option<IpAddr>,
}

/// No place is free.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Full {
    #[error("every place is taken")]
    Total,
    #[error("the network has taken its share")]
    Network,
}

impl Places {
    pub fn new(total: usize, per_network: Option<usize>) -> Self {
        Self(Arc::new(Shared { total, per_network, taken: Mutex::default() }))
    }

    /// How many are taken.
    pub fn in_use(&self) -> usize {
        self.taken().total
    }

    /// Takes a place for an address, without waiting. `None` counts for no network.
    ///
    /// # Errors
    /// [`Full`].
    pub fn take(&self, address: Option<IpAddr>) -> Result<Place, Full> {
        let address = address.filter(|_| self.0.per_network.is_some());
        let mut taken = self.taken();
        if taken.total >= self.0.total {
            return Err(Full::Total);
        }
        let share = self.0.per_network.unwrap_or_default();
        let is_full = |(block, factor): (Block, u32)| {
            taken.by_block.get(&block).is_some_and(|held| *held >= share.saturating_mul(factor as usize))
        };
        if address.is_some_and(|address| blocks(address).any(is_full)) {
            return Err(Full::Network);
        }
        taken.total += 1;
        for (block, _) in address.into_iter().flat_map(blocks) {
            *taken.by_block.entry(block).or_default() += 1;
        }
        drop(taken);
        Ok(Place { places: self.clone(), address })
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.0.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        taken.total -= 1;
        for (block, _) in self.address.into_iter().flat_map(blocks) {
            if let Some(held) = taken.by_block.get_mut(&block) {
                *held -= 1;
                if *held == 0 {
                    taken.by_block.remove(&block);
                }
            }
        }
    }
}

impl fmt::Debug for Places {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Places({} of {} taken)", self.taken().total, self.0.total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(places: &Places, address: &str, number: usize) -> (Vec<Place>, Option<Full>) {
        let mut held = Vec::new();
        for _ in 0..number {
            match places.take(Some(address.parse().unwrap())) {
                Ok(place) => held.push(place),
                Err(full) => return (held, Some(full)),
            }
        }
        (held, None)
    }

    #[test]
    fn one_network_cannot_take_all_places() {
        let places = Places::new(10, Some(3));
        let (mut one, full) = taken(&places, "203.0.113.1", 10);
        assert_eq!((one.len(), full), (3, Some(Full::Network)));
        let (other, full) = taken(&places, "203.0.113.2", 3);
        assert_eq!((other.len(), full), (3, None), "the counterpart");
        one.pop();
        assert!(places.take(Some("203.0.113.1".parse().unwrap())).is_ok(), "a place is free again");
    }

    #[test]
    fn there_is_a_total() {
        let places = Places::new(4, None);
        let (held, full) = taken(&places, "203.0.113.1", 5);
        assert_eq!((held.len(), full), (4, Some(Full::Total)));
        drop(held);
        assert_eq!(taken(&places, "203.0.113.1", 4).1, None);
    }

    #[test]
    fn a_customers_larger_block_has_a_share_too() {
        let places = Places::new(1000, Some(3));
        let mut held = Vec::new();
        for network in 0..20 {
            held.extend(taken(&places, &format!("2001:db8:0:{network:x}::1"), 3).0);
        }
        assert_eq!(held.len(), 12);
        drop(held);
        assert!(places.taken().by_block.is_empty() && places.taken().total == 0, "nothing stays behind");
    }
}
