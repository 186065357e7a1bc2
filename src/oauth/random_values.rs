//! The random values of a flow: `state`, `nonce` and the PKCE verifier.
//!
//! Each consists of 32 random bytes from the caller (RFC 6749 §10.10 requires 128 bits). Each has its own type, so that
//! a nonce cannot be sent as a state. They do not print. They serialize, for the sealed cookie of the pending flow;
//! serialize them into nothing else.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use subtle::ConstantTimeEq;

macro_rules! random_value {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(SecretString);

        impl $name {
            /// Encodes 32 bytes of a cryptographic random generator as 43 characters of base64url.
            pub fn from_random(bytes: [u8; 32]) -> Self {
                Self(URL_SAFE_NO_PAD.encode(bytes).into())
            }

            /// The value, for the request.
            pub fn expose(&self) -> &str {
                self.0.expose_secret()
            }

            /// Compares in constant time.
            pub fn matches(&self, candidate: &str) -> bool {
                self.expose().as_bytes().ct_eq(candidate.as_bytes()).into()
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "([redacted])"))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.expose())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Ok(Self::from_random(random_bytes(deserializer)?))
            }
        }
    };
}

random_value! {
    /// `state`: binds the authorization response to the browser that started the flow, against login CSRF
    /// (RFC 6749 §10.12, RFC 9700 §4.7).
    State
}

random_value! {
    /// `nonce`: binds the id_token to the flow, against token injection (OpenID Connect Core §3.1.2.1).
    Nonce
}

random_value! {
    /// `code_verifier`: binds the code to the flow, against code injection (RFC 7636 §4.1). 32 bytes give the 43
    /// characters that the RFC recommends.
    PkceVerifier
}

/// Accepts exactly what `from_random` wrote.
fn random_bytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
    let text = SecretString::from(String::deserialize(deserializer)?);
    URL_SAFE_NO_PAD
        .decode(text.expose_secret())
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| serde::de::Error::custom("expected 32 bytes in base64url"))
}
