//! One code, and whether it counts.

use std::fmt;

use aws_lc_rs::{constant_time::verify_slices_are_equal, hmac};

use super::TotpSecret;

/// How long a code is valid, in seconds (RFC 6238 §5.2).
pub const PERIOD: i64 = 30;
/// Steps before and after the present one that count as well: clocks of phones are wrong, and people type slowly.
const SKEW: i64 = 1;
const DIGITS: usize = 6;
/// Longest text that is read as a code, in bytes.
const MAX_TYPED: usize = 32;

/// Six digits that a user typed. Does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpCode([u8; DIGITS]);

/// Whether a code counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TotpVerdict {
    /// It belongs to this step. The caller stores it as the last one, if no other request has done so: a code works once
    /// (RFC 6238 §5.2).
    Accepted {
        /// Periods since 1970.
        step: i64,
    },
    /// It is the code of a step that was used, or of one before that.
    Used,
    /// It is the code of no step near the present.
    Wrong,
}

impl TotpCode {
    /// Six ASCII digits, with or without spaces; `None` for anything else.
    pub fn parse(typed: &str) -> Option<Self> {
        let digits: Vec<u8> = typed.bytes().filter(|byte| *byte != b' ').collect();
        let is_code = typed.len() <= MAX_TYPED && digits.iter().all(u8::is_ascii_digit);
        digits.try_into().ok().filter(|_| is_code).map(Self)
    }

    /// The code of a step (RFC 4226 §5.3).
    pub fn of_step(secret: &TotpSecret, step: i64) -> Self {
        let tag = hmac::sign(&secret.key(), &step.to_be_bytes());
        let tag = tag.as_ref();
        let offset = usize::from(tag.last().copied().unwrap_or_default() & 0x0f);
        let word = tag.get(offset..offset + 4).and_then(|bytes| bytes.try_into().ok()).unwrap_or_default();
        let number = u32::from_be_bytes(word) & 0x7fff_ffff;
        let mut digits = [b'0'; DIGITS];
        digits.iter_mut().rev().fold(number, |rest, digit| {
            *digit = b'0' + (rest % 10) as u8;
            rest / 10
        });
        Self(digits)
    }

    /// Whether this code counts at `now` (Unix seconds). `last_used` is the step of the last code that did.
    pub fn judge(&self, secret: &TotpSecret, now: i64, last_used: Option<i64>) -> TotpVerdict {
        let present = now.div_euclid(PERIOD);
        let steps = present.saturating_sub(SKEW)..=present.saturating_add(SKEW);
        // Every step is compared: the time says nothing about which one fits.
        let fitting: Vec<i64> = steps.filter(|step| self.is_of(secret, *step)).collect();
        match fitting.iter().copied().find(|step| last_used.is_none_or(|last| *step > last)) {
            Some(step) => TotpVerdict::Accepted { step },
            None if fitting.is_empty() => TotpVerdict::Wrong,
            None => TotpVerdict::Used,
        }
    }

    /// The six digits.
    pub fn expose(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }

    fn is_of(&self, secret: &TotpSecret, step: i64) -> bool {
        verify_slices_are_equal(&Self::of_step(secret, step).0, &self.0).is_ok()
    }
}

impl fmt::Debug for TotpCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpCode(…)")
    }
}
