//! One page of a listing. Keeps at most one page in memory, however large the drive is.

use std::collections::BinaryHeap;

use super::disk::Disk;
use super::order::{Key, Order};
use super::query::Filter;

pub struct Page {
    pub indexes: Vec<usize>,
    pub goes_on: bool,
}

/// At most `most` files after the file `behind`.
pub fn page(disk: &Disk, filter: &Filter, order: &Order, behind: Option<usize>, most: usize) -> Page {
    let wanted = most + 1;
    let mut indexes = match order.is_natural() {
        true => {
            let start = behind.map_or(0, |last| last + 1);
            (start..disk.count).filter(|index| filter.fits(disk, *index)).take(wanted).collect()
        }
        false => smallest(disk, filter, order, behind, wanted),
    };
    let goes_on = indexes.len() == wanted;
    indexes.truncate(most);
    Page { indexes, goes_on }
}

fn smallest(disk: &Disk, filter: &Filter, order: &Order, behind: Option<usize>, wanted: usize) -> Vec<usize> {
    let after = behind.map(|last| (order.key(disk, last), last));
    let mut kept: BinaryHeap<(Key, usize)> = BinaryHeap::new();
    for index in (0..disk.count).filter(|index| filter.fits(disk, *index)) {
        let next = (order.key(disk, index), index);
        let comes = after.as_ref().is_none_or(|after| next > *after);
        let counts = kept.len() < wanted || kept.peek().is_some_and(|last| next < *last);
        if comes && counts {
            kept.push(next);
            if kept.len() > wanted {
                kept.pop();
            }
        }
    }
    kept.into_sorted_vec().into_iter().map(|(_, index)| index).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::persons::Person;

    #[test]
    fn pages_of_any_size_cover_the_listing_in_order() {
        let disk = Disk::of(&Person::with_email("a@example.org", None), 0, "http://o");
        for text in ["", "folder,name", "modifiedTime desc", "quotaBytesUsed desc,starred"] {
            let order = Order::read(text).unwrap();
            let filter = Filter::read("trashed = false", &disk).unwrap();
            let mut expected: Vec<_> = (0..disk.count).filter(|index| !disk.trashed(*index)).collect();
            expected.sort_by_key(|index| (order.key(&disk, *index), *index));
            for most in [1, 7, expected.len(), 1_000] {
                let mut seen = Vec::new();
                loop {
                    let page = page(&disk, &filter, &order, seen.last().copied(), most);
                    seen.extend(&page.indexes);
                    if !page.goes_on {
                        break;
                    }
                    assert_eq!(page.indexes.len(), most);
                }
                assert_eq!(seen, expected, "{text} by {most}");
            }
        }
    }
}
