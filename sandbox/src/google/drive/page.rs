//! One page of a listing. Keeps at most one page in memory, however large the drive is.

use std::collections::BinaryHeap;
use std::ops::Range;

use super::disk::Disk;
use super::order::{Key, Order};
use super::query::Filter;

pub struct Page {
    pub indexes: Vec<usize>,
    pub goes_on: bool,
}

/// The files to choose from, and their order.
pub struct Listing<'a> {
    pub disk: &'a Disk,
    /// Indexes of files.
    pub range: Range<usize>,
    pub filter: &'a Filter,
    pub order: &'a Order,
}

/// At most `most` files after the file `behind`.
pub fn page(listing: &Listing<'_>, behind: Option<usize>, most: usize) -> Page {
    let wanted = most + 1;
    let Listing { disk, range, filter, order } = listing;
    let mut indexes = match order.is_natural() {
        true => {
            let start = behind.map_or(range.start, |last| last + 1);
            (start..range.end).filter(|index| filter.fits(disk, *index)).take(wanted).collect()
        }
        false => smallest(listing, behind, wanted),
    };
    let goes_on = indexes.len() == wanted;
    indexes.truncate(most);
    Page { indexes, goes_on }
}

fn smallest(listing: &Listing<'_>, behind: Option<usize>, wanted: usize) -> Vec<usize> {
    let Listing { disk, range, filter, order } = listing;
    let after = behind.map(|last| (order.key(disk, last), last));
    let mut kept: BinaryHeap<(Key, usize)> = BinaryHeap::new();
    for index in range.clone().filter(|index| filter.fits(disk, *index)) {
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
    use super::super::disk::Corpora;
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
                    let range = disk.range(Corpora::AllDrives);
                    let listing = Listing { disk: &disk, range, filter: &filter, order: &order };
                    let page = page(&listing, seen.last().copied(), most);
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
