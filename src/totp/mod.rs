//! Codes of an authenticator app: RFC 6238 (TOTP) on RFC 4226 (HOTP), and the QR code by which the app learns the secret.
//! SHA-1, six digits and thirty seconds, since popular apps ignore any other parameters.
//!
//! Bytes go in, verdicts come out. No clock, no randomness.

mod base32;
mod code;
mod qr_code;
mod secret;

#[cfg(test)]
mod tests;

pub use code::{PERIOD, TotpCode, TotpVerdict};
pub use qr_code::QrCode;
pub use secret::TotpSecret;
