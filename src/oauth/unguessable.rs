//! The three values of a flow that nobody may guess: `state`, `nonce` and the PKCE verifier.
//!
//! Each is made from 32 random bytes (256 bits; RFC 6749 §10.10 asks for at least 128) that the caller
//! draws. They are told apart by type, so a nonce cannot be sent as a state; they do not print; and they
//! serialize, so that the pending flow can be sealed into a cookie. Serialize only into something sealed.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use subtle::ConstantTimeEq;

macro_rules! unguessable {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(SecretString);

        impl $name {
            /// Makes the value from 32 random bytes of a cryptographic generator, as 43 characters base64url.
            pub fn from_random(bytes: [u8; 32]) -> Self {
                Self(URL_SAFE_NO_PAD.encode(bytes).into())
            }

            /// The value as it is sent.
            pub fn expose(&self) -> &str {
                self.0.expose_secret()
            }

            /// Whether `candidate` is this value, compared in constant time.
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

unguessable! {
    /// `state`: ties the authorization response to the browser that started the flow, which is what
    /// stops login CSRF (RFC 6749 §10.12, RFC 9700 §4.7).
    State
}

unguessable! {
    /// `nonce`: ties the id_token to the flow, so that a token from elsewhere cannot be injected
    /// (OpenID Connect Core §3.1.2.1).
    Nonce
}

unguessable! {
    /// `code_verifier`: proves to the token endpoint that the one who redeems the code started the flow
    /// (RFC 7636 §4.1). 32 bytes become 43 characters, the length that the RFC recommends.
    PkceVerifier
}

/// Reads back exactly what `from_random` wrote; anything shorter would be a weaker value.
fn random_bytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
    let text = SecretString::from(String::deserialize(deserializer)?);
    URL_SAFE_NO_PAD
        .decode(text.expose_secret())
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| serde::de::Error::custom("expected 32 bytes in base64url"))
}
