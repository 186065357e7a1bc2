//! `orderBy`: sort keys, ascending unless followed by `desc`.

use std::cmp::Reverse;

use super::disk::Disk;
use super::kind::FOLDER;
use crate::google::api::ApiError;

/// Sort keys; ties are broken by index.
#[derive(Debug, Default)]
pub struct Order(Vec<(By, bool)>);

pub type Key = Vec<Part>;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    Up(Sortable),
    Down(Reverse<Sortable>),
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sortable {
    /// Times, sizes, flags.
    Number(i64),
    /// Names, in lower case.
    Text(String),
    /// Runs of digits compare as numbers.
    Natural(Vec<Piece>),
}

/// Numbers sort before text, short numbers before long ones.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Piece {
    /// The number of digits, and the digits without leading zeros.
    Number(usize, String),
    Text(String),
}

#[derive(Clone, Copy, Debug)]
enum By {
    Folder,
    Name,
    NameNatural,
    Modified,
    Created,
    Quota,
    Starred,
}

impl Order {
    /// Parses `orderBy`.
    ///
    /// # Errors
    /// 400 for an unknown key.
    pub fn read(text: &str) -> Result<Self, ApiError> {
        let keys = text.split(',').filter(|_| !text.is_empty());
        keys.map(|key| by(key).ok_or(ApiError::value("orderBy"))).collect::<Result<_, _>>().map(Self)
    }

    pub fn is_natural(&self) -> bool {
        self.0.is_empty()
    }

    pub fn key(&self, disk: &Disk, index: usize) -> Key {
        let part = |(by, descends): &(By, bool)| {
            let value = value(disk, index, *by);
            if *descends { Part::Down(Reverse(value)) } else { Part::Up(value) }
        };
        self.0.iter().map(part).collect()
    }
}

fn by(key: &str) -> Option<(By, bool)> {
    let mut words = key.split_whitespace();
    let by = match words.next()? {
        "folder" => By::Folder,
        "name" => By::Name,
        "name_natural" => By::NameNatural,
        "modifiedTime" => By::Modified,
        "createdTime" => By::Created,
        "quotaBytesUsed" => By::Quota,
        "starred" => By::Starred,
        _ => return None,
    };
    match (words.next(), words.next()) {
        (None, None) => Some((by, false)),
        (Some("desc"), None) => Some((by, true)),
        _ => None,
    }
}

fn value(disk: &Disk, index: usize, by: By) -> Sortable {
    match by {
        By::Folder => Sortable::Number(i64::from(disk.kind(index).mime_type != FOLDER.mime_type)),
        By::Name => Sortable::Text(disk.name(index).to_lowercase()),
        By::NameNatural => Sortable::Natural(pieces(&disk.name(index).to_lowercase())),
        By::Modified => Sortable::Number(-disk.age(index)),
        By::Created => Sortable::Number(-disk.created(index)),
        By::Quota => Sortable::Number(i64::try_from(disk.size(index).unwrap_or_default()).unwrap_or(i64::MAX)),
        By::Starred => Sortable::Number(i64::from(disk.starred(index))),
    }
}

fn pieces(name: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = name;
    while let Some(first) = rest.chars().next() {
        let is_number = first.is_ascii_digit();
        let end = rest.find(|c: char| c.is_ascii_digit() != is_number).unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end);
        pieces.push(if is_number {
            let digits = piece.trim_start_matches('0');
            Piece::Number(digits.len(), digits.to_owned())
        } else {
            Piece::Text(piece.to_owned())
        });
        rest = after;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn natural_order_puts_nine_before_ten() {
        let sorted = ["", "007", "9", "10", "a", "budget 9", "budget 9 final", "budget 10", "budget 10.2", "budget x"];
        assert!(sorted.map(pieces).is_sorted(), "{:?}", sorted.map(pieces));
        assert!(!sorted.is_sorted(), "not in lexicographic order");
    }

    #[test]
    fn known_sort_keys_parse_and_others_are_rejected() {
        for text in [
            "",
            "folder,name",
            "folder,name_natural",
            "modifiedTime desc",
            "folder, modifiedTime desc,name",
            "quotaBytesUsed",
        ] {
            assert!(Order::read(text).is_ok(), "{text}");
        }
        for text in ["size", "natural", "name asc", "name desc desc", "name,", ",", "folder name"] {
            assert!(Order::read(text).is_err(), "{text}");
        }
    }
}
