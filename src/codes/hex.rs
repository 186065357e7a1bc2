//! Hexadecimal text (RFC 4648 §8), in either case.

/// The bytes, at most `max` of them. `None` for an odd number of digits, and for anything that is no digit.
pub fn decode(text: &str, max: usize) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() || pairs.len() > max {
        return None;
    }
    pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect()
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_either_case_become_bytes() {
        for (text, bytes) in [("", &[][..]), ("00", &[0]), ("0aF9", &[0x0a, 0xf9]), ("deadBEEF", b"\xde\xad\xbe\xef")] {
            assert_eq!(decode(text, 4).as_deref(), Some(bytes), "{text}");
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["0", "000", "0g", "+1", "-1", " 1", "0x", "é", "0000000000"] {
            assert_eq!(decode(text, 4), None, "{text}");
        }
    }
}
