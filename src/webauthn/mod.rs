//! Web Authentication Level 3, the relying party's half: options for the browser, and the verification of what the browser
//! returns (§7.1 and §7.2). Bytes go in; a credential or a typed error comes out.
//!
//! Own code rather than a library: the verification is a few hundred lines, aws-lc-rs has the algorithms, and the known
//! libraries bring OpenSSL (webauthn-rs-core) or a second set of elliptic curves (webauthn_rp). An independent authenticator
//! (`passkey`) is the witness in the tests.
//!
//! Attestation is not requested and not verified: statements of any format are ignored. So nothing here depends on the make
//! of an authenticator; an AAGUID only suggests a name.
//!
//! Reading order: `options`, `client_data`, `authenticator_data`, `public_key`, `registration`, `authentication`.

mod aaguid;
mod attestation_object;
mod authentication;
mod authenticator_data;
mod cbor;
mod challenge;
mod client_data;
mod credential_id;
mod error;
mod options;
mod public_key;
mod registration;
mod response;
mod rp;

#[cfg(test)]
pub(crate) mod authenticator_for_tests;
#[cfg(test)]
mod tests;

pub use aaguid::Aaguid;
pub use authentication::{StoredCredential, UsedCredential, verify_authentication};
pub use challenge::Challenge;
pub use credential_id::{CredentialId, Transport, TransportSet};
pub use error::WebAuthnError;
pub use options::{CEREMONY_SECONDS, Descriptor, UserEntity, creation_options, request_options};
pub use public_key::PublicKey;
pub use registration::{NewCredential, Presence, verify_registration};
pub use response::{AuthenticationResponse, RegistrationResponse};
pub use rp::Rp;
