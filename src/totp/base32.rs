//! Base32 (RFC 4648 §6) without padding, as authenticator apps read it.

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

pub(super) fn encode(bytes: &[u8]) -> String {
    let (mut text, mut bits, mut count) = (String::new(), 0_u32, 0_u32);
    for byte in bytes {
        bits = (bits << 8) | u32::from(*byte);
        count += 8;
        while count >= 5 {
            count -= 5;
            text.push(character(bits >> count));
        }
        bits &= (1 << count) - 1;
    }
    if count > 0 {
        text.push(character(bits << (5 - count)));
    }
    text
}

fn character(bits: u32) -> char {
    char::from(ALPHABET[(bits & 31) as usize])
}
