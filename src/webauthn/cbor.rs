//! A reader of CBOR as authenticators write it: definite lengths only (CTAP 2.1 §8), nothing recursive.

use minicbor::{Decoder, data::Type};

use super::WebAuthnError;

/// Most entries in a map that is read. A COSE key has five, an attestation object three.
const MAX_ENTRIES: u64 = 32;

/// A position in the bytes.
pub(super) struct Cbor<'a>(Decoder<'a>);

/// A value of a map. What is read in this room is one of the first three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Item<'a> {
    Integer(i64),
    Bytes(&'a [u8]),
    Text(&'a str),
    Other,
}

impl<'a> Cbor<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(Decoder::new(bytes))
    }

    /// Reads a map: keys and values in order. A key that occurs twice makes it [`WebAuthnError::Malformed`].
    pub(super) fn map(&mut self) -> Result<Vec<(Item<'a>, Item<'a>)>, WebAuthnError> {
        let length = self.0.map().map_err(malformed)?.filter(|length| *length <= MAX_ENTRIES);
        let mut entries: Vec<(Item<'a>, Item<'a>)> = Vec::new();
        for _ in 0..length.ok_or(WebAuthnError::Malformed)? {
            let key = self.item()?;
            if key == Item::Other || entries.iter().any(|(earlier, _)| *earlier == key) {
                return Err(WebAuthnError::Malformed);
            }
            entries.push((key, self.item()?));
        }
        Ok(entries)
    }

    /// Steps over one value of any type.
    pub(super) fn skip(&mut self) -> Result<(), WebAuthnError> {
        self.0.skip().map_err(malformed)
    }

    /// How many bytes have been read.
    pub(super) fn position(&self) -> usize {
        self.0.position()
    }

    fn item(&mut self) -> Result<Item<'a>, WebAuthnError> {
        Ok(match self.0.datatype().map_err(malformed)? {
            Type::U8 | Type::U16 | Type::U32 | Type::U64 | Type::I8 | Type::I16 | Type::I32 | Type::I64 => {
                Item::Integer(self.0.i64().map_err(malformed)?)
            }
            Type::Bytes => Item::Bytes(self.0.bytes().map_err(malformed)?),
            Type::String => Item::Text(self.0.str().map_err(malformed)?),
            _ => {
                self.skip()?;
                Item::Other
            }
        })
    }
}

/// The value of a key.
pub(super) fn value_of<'a>(entries: &[(Item<'a>, Item<'a>)], key: Item<'_>) -> Option<Item<'a>> {
    entries.iter().find(|(other, _)| *other == key).map(|(_, value)| *value)
}

fn malformed(_: minicbor::decode::Error) -> WebAuthnError {
    WebAuthnError::Malformed
}
