//! A map that forgets its oldest entry when full, so that a long demo or a load test cannot eat the machine.

use std::collections::{HashMap, VecDeque};

/// String keys to `V`, at most `capacity` of them.
#[derive(Debug)]
pub struct BoundedMap<V> {
    capacity: usize,
    entries: HashMap<String, V>,
    order: VecDeque<String>,
}

impl<V> BoundedMap<V> {
    /// An empty map that keeps the newest `capacity` entries.
    pub fn new(capacity: usize) -> Self {
        Self { capacity, entries: HashMap::new(), order: VecDeque::new() }
    }

    /// Adds or replaces, and forgets the oldest when there is no room.
    pub fn insert(&mut self, key: String, value: V) {
        if self.entries.insert(key.clone(), value).is_none() {
            self.order.push_back(key);
        }
        while self.entries.len() > self.capacity {
            let Some(oldest) = self.order.pop_front() else {
                break;
            };
            self.entries.remove(&oldest);
        }
    }

    /// The entry, if it is still there.
    pub fn get(&self, key: &str) -> Option<&V> {
        self.entries.get(key)
    }

    /// The entry, to change.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut V> {
        self.entries.get_mut(key)
    }

    /// Forgets every entry that `keep` says no to.
    pub fn retain(&mut self, mut keep: impl FnMut(&str, &V) -> bool) {
        self.entries.retain(|key, value| keep(key, value));
        self.order.retain(|key| self.entries.contains_key(key));
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_entry_makes_room() {
        let mut map = BoundedMap::new(2);
        for key in ["a", "b", "c"] {
            map.insert(key.to_owned(), ());
        }
        assert!(map.get("a").is_none());
        assert!(map.get("b").is_some() && map.get("c").is_some());
        assert_eq!(map.len(), 2);
    }

    #[test]
    fn an_entry_that_was_dropped_frees_its_place() {
        let mut map = BoundedMap::new(2);
        map.insert("a".to_owned(), ());
        map.insert("b".to_owned(), ());
        map.retain(|key, ()| key != "a");
        map.insert("c".to_owned(), ());
        assert!(map.get("b").is_some(), "b is not the oldest of a full map: a had left");
    }
}
