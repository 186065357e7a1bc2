//! Sealing: AES-256-GCM under keys derived from `SECRET_KEY`.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey},
    constant_time::verify_slices_are_equal,
    hkdf, hmac,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::random::RandomError;

/// Length of [`Sealer::mac`], in bytes: HMAC-SHA256, truncated to its half (RFC 2104 §5).
pub const MAC_BYTES: usize = 16;

/// Longest sealed value, in bytes. The largest plaintext is a provider token of 16 KiB.
const MAX_SEALED_BYTES: usize = 32 * 1024;

/// Seals with the newest key and opens with any.
///
/// AES-256-GCM with a random nonce. HKDF-SHA256 (RFC 5869) derives one key per secret and purpose. A sealed value
/// begins with the id of its key, so that values under an old key can be found and sealed again before that key is
/// removed.
pub struct Sealer {
    /// Newest first.
    keys: Vec<Key>,
}

struct Key {
    /// Eight hexadecimal digits, which reveal nothing about the key.
    id: String,
    key: RandomizedNonceKey,
    mac_key: hmac::Key,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sealer({} keys)", self.keys.len())
    }
}

/// The value was not sealed here, was sealed for another place, or its key was removed.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the sealed value is invalid or its key is unknown")]
pub struct SealingError;

impl From<RandomError> for SealingError {
    fn from(_: RandomError) -> Self {
        Self
    }
}

impl Sealer {
    /// Derives the keys of a purpose from the secret keys, newest first.
    ///
    /// # Errors
    /// [`SealingError`] without any secret key.
    pub fn new<'a>(secret_keys: impl Iterator<Item = &'a [u8]>, purpose: &str) -> Result<Self, SealingError> {
        let keys = secret_keys.map(|secret| derive(secret, purpose)).collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() { Err(SealingError) } else { Ok(Self { keys }) }
    }

    /// Seals `plain` for one `place` (a cookie's name, a row's id), which is authenticated: the value does not open at
    /// another place. Format: the key's id, a dot, then nonce, ciphertext and tag together as base64url.
    ///
    /// # Errors
    /// [`SealingError`] when the system's random number generator fails.
    pub fn seal(&self, place: &str, plain: &[u8]) -> Result<String, SealingError> {
        let mut sealed = plain.to_vec();
        let Key { id, key, .. } = &self.keys[0];
        let nonce = key.seal_in_place_append_tag(Aad::from(place), &mut sealed).map_err(|_| SealingError)?;
        let mut bytes = nonce.as_ref().to_vec();
        bytes.append(&mut sealed);
        Ok(format!("{id}.{}", URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Opens a value that [`Sealer::seal`] made for the same place. A value without a key id is tried with every key.
    ///
    /// # Errors
    /// [`SealingError`] for anything else.
    pub fn open(&self, place: &str, sealed: &str) -> Result<Vec<u8>, SealingError> {
        if sealed.len() > MAX_SEALED_BYTES {
            return Err(SealingError);
        }
        let (id, text) = sealed.split_once('.').map_or((None, sealed), |(id, text)| (Some(id), text));
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| SealingError)?;
        let (nonce, ciphertext) = bytes.split_at_checked(NONCE_LEN).ok_or(SealingError)?;
        self.keys
            .iter()
            .filter(|key| id.is_none_or(|id| key.id == id))
            .find_map(|Key { key, .. }| {
                let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
                let mut buffer = ciphertext.to_vec();
                let length = key.open_in_place(nonce, Aad::from(place), &mut buffer).ok()?.len();
                buffer.truncate(length);
                Some(buffer)
            })
            .ok_or(SealingError)
    }

    /// A MAC of `message`, with the newest key: proof that this server made it, without hiding it.
    pub fn mac(&self, message: &[u8]) -> [u8; MAC_BYTES] {
        self.keys[0].mac(message)
    }

    /// Whether [`Sealer::mac`] made `mac` for this message, with any key.
    pub fn is_authentic(&self, message: &[u8], mac: &[u8]) -> bool {
        self.keys.iter().any(|key| verify_slices_are_equal(&key.mac(message), mac).is_ok())
    }

    /// Whether the value was sealed with the newest key, judged by its key id.
    pub fn uses_newest_key(&self, sealed: &str) -> bool {
        sealed.strip_prefix(self.newest_key_id()).is_some_and(|rest| rest.starts_with('.'))
    }

    /// The key id at the start of every value sealed now, without the dot.
    pub fn newest_key_id(&self) -> &str {
        &self.keys[0].id
    }
}

impl Key {
    fn mac(&self, message: &[u8]) -> [u8; MAC_BYTES] {
        let mut mac = [0; MAC_BYTES];
        mac.copy_from_slice(&hmac::sign(&self.mac_key, message).as_ref()[..MAC_BYTES]);
        mac
    }
}

fn derive(secret: &[u8], purpose: &str) -> Result<Key, SealingError> {
    let secret = hkdf::Salt::new(hkdf::HKDF_SHA256, b"latchkey").extract(secret);
    let output = |info: &[&[u8]], bytes: &mut [u8; 32]| {
        secret.expand(info, &AES_256_GCM).and_then(|okm| okm.fill(bytes)).map_err(|_| SealingError)
    };
    let (mut key, mut mac_key, mut id) = ([0_u8; 32], [0_u8; 32], [0_u8; 32]);
    output(&[purpose.as_bytes()], &mut key)?;
    output(&[purpose.as_bytes(), b"\0mac"], &mut mac_key)?;
    // Derived from the secret, not from the key: the id reveals nothing about the key.
    output(&[purpose.as_bytes(), b"\0id"], &mut id)?;
    let id = id[..4].iter().map(|byte| format!("{byte:02x}")).collect();
    let mac_key = hmac::Key::new(hmac::HMAC_SHA256, &mac_key);
    RandomizedNonceKey::new(&AES_256_GCM, &key).map(|key| Key { id, key, mac_key }).map_err(|_| SealingError)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealer(secrets: &[&[u8]]) -> Sealer {
        Sealer::new(secrets.iter().copied(), "test").unwrap()
    }

    #[test]
    fn sealed_value_opens_at_its_place_only() {
        let sealer = sealer(&[&[1; 32]]);
        let sealed = sealer.seal("here", b"hello").unwrap();
        assert_eq!(sealer.open("here", &sealed).unwrap(), b"hello");
        assert_eq!(sealer.open("there", &sealed), Err(SealingError));
        assert_ne!(sealed, sealer.seal("here", b"hello").unwrap());
    }

    #[test]
    fn altered_or_foreign_values_do_not_open() {
        let sealer = sealer(&[&[1; 32]]);
        let sealed = sealer.seal("here", b"hello").unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(changed == sealed || sealer.open("here", &changed).is_err());
        }
        for foreign in ["", "AAAA", "not base64!", &"A".repeat(9000)] {
            assert_eq!(sealer.open("here", foreign), Err(SealingError));
        }
        let other = Sealer::new([[2_u8; 32].as_slice()].into_iter(), "test").unwrap();
        assert_eq!(other.open("here", &sealed), Err(SealingError));
        let other_purpose = Sealer::new([[1_u8; 32].as_slice()].into_iter(), "other").unwrap();
        assert_eq!(other_purpose.open("here", &sealed), Err(SealingError));
    }

    #[test]
    fn sealed_value_names_its_key_by_id() {
        let (old, rotated) = (sealer(&[&[1; 32]]), sealer(&[&[2; 32], &[1; 32]]));
        let sealed = old.seal("here", b"hello").unwrap();
        let (id, rest) = sealed.split_once('.').unwrap();
        assert!(id.len() == 8 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
        assert!(old.uses_newest_key(&sealed) && !rotated.uses_newest_key(&sealed));
        assert!(rotated.uses_newest_key(&rotated.seal("here", b"hello").unwrap()));
        // The id of another key does not help.
        assert_eq!(rotated.open("here", &format!("{}.{rest}", rotated.newest_key_id())), Err(SealingError));
        assert_eq!(rotated.open("here", &format!("00000000.{rest}")), Err(SealingError));
    }

    #[test]
    fn mac_is_authentic_for_its_message_under_any_key() {
        let (old, rotated) = (sealer(&[&[1; 32]]), sealer(&[&[2; 32], &[1; 32]]));
        let mac = old.mac(b"hello");
        assert!(old.is_authentic(b"hello", &mac) && rotated.is_authentic(b"hello", &mac));
        assert!(!old.is_authentic(b"hellO", &mac) && !sealer(&[&[2; 32]]).is_authentic(b"hello", &mac));
        assert!(!old.is_authentic(b"hello", &mac[..15]) && !old.is_authentic(b"hello", b""));
        assert_ne!(rotated.mac(b"hello"), mac, "made with the newest key");
        let other_purpose = Sealer::new([[1_u8; 32].as_slice()].into_iter(), "other").unwrap();
        assert!(!other_purpose.is_authentic(b"hello", &mac));
    }

    #[test]
    fn value_without_key_id_opens_and_counts_as_old() {
        let rotated = sealer(&[&[2; 32], &[1; 32]]);
        for sealer in [sealer(&[&[1; 32]]), sealer(&[&[2; 32]])] {
            let sealed = sealer.seal("here", b"hello").unwrap();
            let (_, without_id) = sealed.split_once('.').unwrap();
            assert_eq!(rotated.open("here", without_id).unwrap(), b"hello");
            assert!(!rotated.uses_newest_key(without_id));
        }
    }

    #[test]
    fn the_longest_token_can_be_sealed() {
        let sealer = sealer(&[&[1; 32]]);
        let longest = vec![b'x'; 16 * 1024];
        assert_eq!(sealer.open("here", &sealer.seal("here", &longest).unwrap()).unwrap(), longest);
        let longer = sealer.seal("here", &vec![b'x'; 32 * 1024]).unwrap();
        assert_eq!(sealer.open("here", &longer), Err(SealingError));
    }

    #[test]
    fn old_key_opens_values_after_rotation() {
        let old = sealer(&[&[1; 32]]).seal("here", b"hello").unwrap();
        let rotated = sealer(&[&[2; 32], &[1; 32]]);
        assert_eq!(rotated.open("here", &old).unwrap(), b"hello");
        let new = rotated.seal("here", b"hello").unwrap();
        assert_eq!(sealer(&[&[1; 32]]).open("here", &new), Err(SealingError));
        assert!(rotated.uses_newest_key(&new) && !rotated.uses_newest_key(&old));
    }
}
