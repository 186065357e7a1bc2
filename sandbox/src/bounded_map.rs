//! A map that evicts its oldest entry when full, so that a load test cannot exhaust the memory.

use std::collections::{HashMap, VecDeque};

#[derive(Debug)]
pub struct BoundedMap<V> {
    capacity: usize,
    entries: HashMap<String, V>,
    order: VecDeque<String>,
}

impl<V> BoundedMap<V> {
    pub fn new(capacity: usize) -> Self {
        Self { capacity, entries: HashMap::new(), order: VecDeque::new() }
    }

    /// Inserts or replaces; evicts the oldest entry when full.
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

    pub fn get(&self, key: &str) -> Option<&V> {
        self.entries.get(key)
    }

    pub fn get_mut(&mut self, key: &str) -> Option<&mut V> {
        self.entries.get_mut(key)
    }

    pub fn retain(&mut self, mut keep: impl FnMut(&str, &V) -> bool) {
        self.entries.retain(|key, value| keep(key, value));
        self.order.retain(|key| self.entries.contains_key(key));
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_map_evicts_the_oldest_entry() {
        let mut map = BoundedMap::new(2);
        for key in ["a", "b", "c"] {
            map.insert(key.to_owned(), ());
        }
        assert!(map.get("a").is_none());
        assert!(map.get("b").is_some() && map.get("c").is_some());
        assert_eq!(map.len(), 2);
    }

    #[test]
    fn removed_entry_frees_its_place() {
        let mut map = BoundedMap::new(2);
        map.insert("a".to_owned(), ());
        map.insert("b".to_owned(), ());
        map.retain(|key, ()| key != "a");
        map.insert("c".to_owned(), ());
        assert!(map.get("b").is_some(), "the map is not full, since a was removed");
    }
}
