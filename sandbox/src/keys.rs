//! RSA signing keys, their JWK set and their rotation.

use std::sync::Arc;

use aws_lc_rs::digest;
use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{self, KeyPair as _, RsaEncoding, RsaPublicKeyComponents};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tokio::sync::OnceCell;

/// Maximum number of old keys that stay published.
const CAPACITY: usize = 20;

#[derive(Debug)]
pub struct SigningKey {
    pair: KeyPair,
    /// 40 hex digits of the modulus's SHA-256, in the shape of Google's.
    pub kid: String,
    modulus: Vec<u8>,
    exponent: Vec<u8>,
}

impl SigningKey {
    /// Takes about 100 ms, on a blocking thread.
    pub async fn generate() -> Option<Arc<Self>> {
        tokio::task::spawn_blocking(Self::generate_here).await.ok().flatten()
    }

    fn generate_here() -> Option<Arc<Self>> {
        let pair = KeyPair::generate(KeySize::Rsa2048).ok()?;
        let public = pair.public_key();
        let modulus = public.modulus().big_endian_without_leading_zero().to_vec();
        let exponent = public.exponent().big_endian_without_leading_zero().to_vec();
        let kid =
            digest::digest(&digest::SHA256, &modulus).as_ref()[..20].iter().map(|byte| format!("{byte:02x}")).collect();
        Some(Arc::new(Self { pair, kid, modulus, exponent }))
    }

    /// RFC 7517.
    pub fn jwk(&self) -> Value {
        let [n, e] = [&self.modulus, &self.exponent].map(|number| URL_SAFE_NO_PAD.encode(number));
        json!({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid, "n": n, "e": e})
    }

    /// SubjectPublicKeyInfo; empty if encoding fails, which it does not for RSA keys.
    pub fn public_der(&self) -> Vec<u8> {
        let der: Result<PublicKeyX509Der<'_>, _> = self.pair.public_key().as_der();
        der.map(|der| der.as_ref().to_vec()).unwrap_or_default()
    }

    /// PEM of [`Self::public_der`].
    pub fn public_pem(&self) -> String {
        let text = STANDARD.encode(self.public_der());
        let lines = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect::<Vec<_>>().join("\n");
        format!("-----BEGIN PUBLIC KEY-----\n{lines}\n-----END PUBLIC KEY-----\n")
    }

    /// Empty if signing fails.
    pub fn sign(&self, encoding: &'static dyn RsaEncoding, message: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        match self.pair.sign(encoding, &SystemRandom::new(), message, &mut signature) {
            Ok(()) => signature,
            Err(_) => Vec::new(),
        }
    }

    /// Verifies an RS256 signature.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let public = RsaPublicKeyComponents { n: &self.modulus, e: &self.exponent };
        public.verify(&signature::RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok()
    }
}

/// Generated once per process and shared by every sandbox in it, because tests start many.
pub async fn shared_key() -> Option<Arc<SigningKey>> {
    static FIRST: OnceCell<Arc<SigningKey>> = OnceCell::const_new();
    generate_once(&FIRST).await
}

/// Never published: what an attacker would sign with.
pub async fn attacker_key() -> Option<Arc<SigningKey>> {
    static ATTACKER: OnceCell<Arc<SigningKey>> = OnceCell::const_new();
    generate_once(&ATTACKER).await
}

async fn generate_once(cell: &OnceCell<Arc<SigningKey>>) -> Option<Arc<SigningKey>> {
    let make = || async { SigningKey::generate().await.ok_or(()) };
    cell.get_or_try_init(make).await.ok().cloned()
}

/// The current key, older published keys, and possibly a pending one.
#[derive(Debug)]
pub struct KeyRing {
    current: Arc<SigningKey>,
    older: Vec<Arc<SigningKey>>,
    pending: Option<Arc<SigningKey>>,
}

impl KeyRing {
    pub fn new(current: Arc<SigningKey>) -> Self {
        Self { current, older: Vec::new(), pending: None }
    }

    /// The old keys stay published.
    pub fn rotate(&mut self, key: Arc<SigningKey>) {
        self.older.insert(0, std::mem::replace(&mut self.current, key));
        self.older.truncate(CAPACITY);
    }

    /// Rotates right before the next signature, so that a cached key set does not contain the new key.
    pub fn rotate_before_signing(&mut self, key: Arc<SigningKey>) {
        self.pending = Some(key);
    }

    /// Stops publishing old keys.
    pub fn withdraw_old(&mut self) {
        self.older.clear();
    }

    /// Completes a pending rotation.
    pub fn signing(&mut self) -> Arc<SigningKey> {
        if let Some(key) = self.pending.take() {
            self.rotate(key);
        }
        self.current.clone()
    }

    /// Current key first.
    pub fn published(&self) -> impl Iterator<Item = &Arc<SigningKey>> {
        std::iter::once(&self.current).chain(&self.older)
    }
}
