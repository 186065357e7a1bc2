//! Authenticated encryption of what we hand out or put away and want back unread and unchanged. See the tour in
//! `lib.rs`.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey},
    hkdf,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// A sealed value is no longer than this; anything longer was not sealed by us. The longest token of a provider that we
/// take has 16 KiB.
const LONGEST: usize = 32 * 1024;

/// Seals with the newest key and opens with any.
///
/// AES-256-GCM with a random nonce, the keys derived from `SECRET_KEY` by HKDF-SHA256 (RFC 5869), one per purpose. A
/// sealed value begins with the id of its key, so that what still hangs on an old key can be found and sealed anew before
/// that key goes.
pub struct Sealer {
    /// Newest first.
    keys: Vec<Key>,
}

struct Key {
    /// Eight hexadecimal digits that say nothing of the key.
    id: String,
    key: RandomizedNonceKey,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sealer({} keys)", self.keys.len())
    }
}

/// The value was not sealed by us, for this place, or with a key that we still have.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the value was not sealed here")]
pub struct SealingError;

impl Sealer {
    /// Derives the purpose's keys from the secret keys, newest first.
    ///
    /// # Errors
    /// When there is no key at all.
    pub fn new<'a>(secret_keys: impl Iterator<Item = &'a [u8]>, purpose: &str) -> Result<Self, SealingError> {
        let keys = secret_keys.map(|secret| derive(secret, purpose)).collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() { Err(SealingError) } else { Ok(Self { keys }) }
    }

    /// Seals `plain` for one `place` (the cookie's name, or the row): the key's id, a dot, and nonce, ciphertext and tag as
    /// base64url. Moved to another place it does not open.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn seal(&self, place: &str, plain: &[u8]) -> Result<String, SealingError> {
        let mut sealed = plain.to_vec();
        let Key { id, key } = &self.keys[0];
        let nonce = key.seal_in_place_append_tag(Aad::from(place), &mut sealed).map_err(|_| SealingError)?;
        let mut bytes = nonce.as_ref().to_vec();
        bytes.append(&mut sealed);
        Ok(format!("{id}.{}", URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Opens what [`Sealer::seal`] made for the same place. Values from before there were ids are tried with every key.
    ///
    /// # Errors
    /// For everything else.
    pub fn open(&self, place: &str, sealed: &str) -> Result<Vec<u8>, SealingError> {
        if sealed.len() > LONGEST {
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

    /// Whether a sealed value was sealed with the newest key, by its id: such a one outlives the older keys.
    pub fn is_of_newest(&self, sealed: &str) -> bool {
        sealed.strip_prefix(self.newest_id()).is_some_and(|rest| rest.starts_with('.'))
    }

    /// What begins everything that is sealed now, without the dot that follows.
    pub fn newest_id(&self) -> &str {
        &self.keys[0].id
    }
}

fn derive(secret: &[u8], purpose: &str) -> Result<Key, SealingError> {
    let secret = hkdf::Salt::new(hkdf::HKDF_SHA256, b"latchkey").extract(secret);
    let output = |info: &[&[u8]], bytes: &mut [u8; 32]| {
        secret.expand(info, &AES_256_GCM).and_then(|okm| okm.fill(bytes)).map_err(|_| SealingError)
    };
    let (mut key, mut id) = ([0_u8; 32], [0_u8; 32]);
    output(&[purpose.as_bytes()], &mut key)?;
    // From the secret beside the key and not from the key: who reads the id has learned nothing of it.
    output(&[purpose.as_bytes(), b"\0id"], &mut id)?;
    let id = id[..4].iter().map(|byte| format!("{byte:02x}")).collect();
    RandomizedNonceKey::new(&AES_256_GCM, &key).map(|key| Key { id, key }).map_err(|_| SealingError)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealer(secrets: &[&[u8]]) -> Sealer {
        Sealer::new(secrets.iter().copied(), "test").unwrap()
    }

    #[test]
    fn what_was_sealed_opens_in_its_place_only() {
        let sealer = sealer(&[&[1; 32]]);
        let sealed = sealer.seal("here", b"hello").unwrap();
        assert_eq!(sealer.open("here", &sealed).unwrap(), b"hello");
        assert_eq!(sealer.open("there", &sealed), Err(SealingError));
        assert_ne!(sealed, sealer.seal("here", b"hello").unwrap());
    }

    #[test]
    fn a_changed_or_foreign_value_does_not_open() {
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
    fn a_value_says_which_key_it_needs_and_nothing_of_it() {
        let (old, rotated) = (sealer(&[&[1; 32]]), sealer(&[&[2; 32], &[1; 32]]));
        let sealed = old.seal("here", b"hello").unwrap();
        let (id, rest) = sealed.split_once('.').unwrap();
        assert!(id.len() == 8 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
        assert!(old.is_of_newest(&sealed) && !rotated.is_of_newest(&sealed));
        assert!(rotated.is_of_newest(&rotated.seal("here", b"hello").unwrap()));
        // Another key's id does not make it that key's.
        assert_eq!(rotated.open("here", &format!("{}.{rest}", rotated.newest_id())), Err(SealingError));
        assert_eq!(rotated.open("here", &format!("00000000.{rest}")), Err(SealingError));
    }

    #[test]
    fn a_value_from_before_there_were_ids_opens_and_counts_as_old() {
        let rotated = sealer(&[&[2; 32], &[1; 32]]);
        for sealer in [sealer(&[&[1; 32]]), sealer(&[&[2; 32]])] {
            let sealed = sealer.seal("here", b"hello").unwrap();
            let (_, without_id) = sealed.split_once('.').unwrap();
            assert_eq!(rotated.open("here", without_id).unwrap(), b"hello");
            assert!(!rotated.is_of_newest(without_id));
        }
    }

    #[test]
    fn the_longest_token_fits() {
        let sealer = sealer(&[&[1; 32]]);
        let longest = vec![b'x'; 16 * 1024];
        assert_eq!(sealer.open("here", &sealer.seal("here", &longest).unwrap()).unwrap(), longest);
        let longer = sealer.seal("here", &vec![b'x'; 32 * 1024]).unwrap();
        assert_eq!(sealer.open("here", &longer), Err(SealingError));
    }

    #[test]
    fn an_old_key_still_opens_after_rotation() {
        let old = sealer(&[&[1; 32]]).seal("here", b"hello").unwrap();
        let rotated = sealer(&[&[2; 32], &[1; 32]]);
        assert_eq!(rotated.open("here", &old).unwrap(), b"hello");
        let new = rotated.seal("here", b"hello").unwrap();
        assert_eq!(sealer(&[&[1; 32]]).open("here", &new), Err(SealingError));
        assert!(rotated.is_of_newest(&new) && !rotated.is_of_newest(&old));
    }
}
