//! A page that is compressed once, though a few bytes of it differ with each response.
//!
//! What stands between those bytes is compressed piece by piece, each so that it refers to nothing before it and ends at a byte.
//! They themselves are blocks that are not compressed (RFC 1951 §3.2.4). A gzip file is the sequence of both (RFC 1952).

use flate2::{Compress, Compression, Crc, FlushCompress, Status};

/// Of a gzip file: no name and no time (RFC 1952 §2.3).
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255];
/// The last block of every file, which is empty (RFC 1951 §3.2.6).
const LAST_BLOCK: [u8; 2] = [3, 0];

/// The pieces of a text, between which the same word is put.
#[derive(Debug)]
pub struct Spliced(Vec<Piece>);

#[derive(Debug)]
struct Piece {
    text: String,
    /// Blocks of RFC 1951, none of which is the last; `None` where compressing failed.
    blocks: Option<Vec<u8>>,
}

impl Spliced {
    /// The text between the places of `word`.
    pub fn new(text: &str, word: &str) -> Self {
        let piece = |text: &str| Piece { text: text.to_owned(), blocks: blocks(text.as_bytes()) };
        Self(text.split(word).map(piece).collect())
    }

    /// The text with another word.
    pub fn text(&self, word: &str) -> String {
        self.0.iter().map(|piece| piece.text.as_str()).collect::<Vec<_>>().join(word)
    }

    /// The same as a gzip file. `None` where that cannot be made: the text can be sent as it is.
    pub fn gzip(&self, word: &str) -> Option<Vec<u8>> {
        let length = u16::try_from(word.len()).ok()?;
        let mut sum = Crc::new();
        let room: usize = self.0.iter().map(|piece| piece.blocks.as_ref().map_or(0, Vec::len) + word.len() + 5).sum();
        let mut file = Vec::with_capacity(HEADER.len() + room + LAST_BLOCK.len() + 8);
        file.extend(HEADER);
        for (index, piece) in self.0.iter().enumerate() {
            if index > 0 {
                sum.update(word.as_bytes());
                file.push(0);
                file.extend(length.to_le_bytes());
                file.extend((!length).to_le_bytes());
                file.extend(word.as_bytes());
            }
            sum.update(piece.text.as_bytes());
            file.extend(piece.blocks.as_ref()?);
        }
        file.extend(LAST_BLOCK);
        file.extend(sum.sum().to_le_bytes());
        file.extend(sum.amount().to_le_bytes());
        Some(file)
    }
}

fn blocks(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut blocks = Vec::with_capacity(bytes.len() + 64);
    let mut compress = Compress::new(Compression::best(), false);
    while !bytes.is_empty() {
        let read = usize::try_from(compress.total_in()).ok()?;
        let status = compress.compress_vec(bytes.get(read..)?, &mut blocks, FlushCompress::Sync).ok()?;
        let is_whole = usize::try_from(compress.total_in()).ok()? == bytes.len();
        match status {
            Status::Ok if is_whole && blocks.len() < blocks.capacity() => break,
            Status::Ok => blocks.reserve(bytes.len()),
            Status::BufError | Status::StreamEnd => return None,
        }
    }
    Some(blocks)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;
    use proptest::prelude::*;

    use super::*;

    fn decoded(file: &[u8]) -> String {
        let (mut text, mut decoder) = (String::new(), GzDecoder::new(file));
        decoder.read_to_string(&mut text).unwrap();
        assert!(decoder.into_inner().is_empty(), "nothing follows");
        text
    }

    proptest! {
        #[test]
        fn the_file_has_the_text_with_the_new_word(
            pieces in prop::collection::vec("[a-m]{0,300}|[a-m\u{e9}<> ]{0,9}", 1..5),
            word in "[n-z0-9]{0,60}",
        ) {
            let spliced = Spliced::new(&pieces.join("WORD"), "WORD");
            let expected = pieces.join(&word);
            prop_assert_eq!(&spliced.text(&word), &expected);
            prop_assert_eq!(decoded(&spliced.gzip(&word).unwrap()), expected);
        }
    }

    #[test]
    fn a_page_is_compressed() {
        let page = "<li class=\"way\">Continue</li>".repeat(1_000);
        let file = Spliced::new(&format!("{page}WORD{page}"), "WORD").gzip("a word").unwrap();
        assert!(file.len() < page.len() / 20, "{}", file.len());
        assert_eq!(decoded(&file), format!("{page}a word{page}"));
    }

    #[test]
    fn what_no_compressor_makes_smaller_is_kept_whole() {
        let random = crate::sealing::random_text::<40_000>().unwrap();
        assert_eq!(decoded(&Spliced::new(&random, "WORD").gzip("a word").unwrap()), random);
    }

    #[test]
    fn a_word_that_is_too_long_for_a_block_is_not_compressed() {
        let spliced = Spliced::new("aWORDb", "WORD");
        assert!(spliced.gzip(&"w".repeat(65_535)).is_some());
        assert!(spliced.gzip(&"w".repeat(65_536)).is_none());
    }
}
