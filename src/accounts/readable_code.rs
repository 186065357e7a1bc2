//! Codes that people read and type.

use unicode_normalization::UnicodeNormalization;

/// Digits and capitals without those that look alike (0 and O, 1 and I): 32, so that five random bits are one of them.
pub(super) const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// Longer than any way to write a code, in bytes.
const MAX_TYPED: usize = 64;

/// The low bits, five for each character.
pub(super) fn from_bits(bits: u64, length: usize) -> String {
    (0..length).map(|place| char::from(ALPHABET[(bits >> (5 * place)) as usize % ALPHABET.len()])).collect()
}

/// What the user typed: upper or lower case, with or without spaces and hyphens, also full-width (as Japanese keyboards write),
/// or with the invisible characters that a copied text may have. `None` if it cannot be a code.
pub(super) fn parse(typed: &str, length: usize) -> Option<String> {
    if typed.len() > MAX_TYPED {
        return None;
    }
    let is_separator = |character: char| {
        character.is_whitespace()
            || matches!(
                character,
                '-' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2010}'..='\u{2015}' | '\u{2060}' | '\u{2212}' | '\u{feff}'
            )
    };
    let text: String = typed.nfkc().filter(|character| !is_separator(*character)).collect();
    let text = text.to_ascii_uppercase();
    (text.len() == length && text.bytes().all(|byte| ALPHABET.contains(&byte))).then_some(text)
}

/// In two halves, as people read it.
pub(super) fn grouped(code: &str) -> String {
    let (first, second) = code.split_at(code.len() / 2);
    format!("{first}-{second}")
}
