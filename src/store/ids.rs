//! Ids and tokens that no other row has.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use time::OffsetDateTime;
use uuid::Uuid;

use super::error::StoreError;
use crate::accounts::{EmailToken, time_ordered_id};

/// A fresh id for a row.
pub(super) fn id(now: OffsetDateTime) -> Result<Uuid, StoreError> {
    Ok(time_ordered_id(now, random()?))
}

/// A fresh token for the link of a letter: 256 bits.
pub(super) fn token() -> Result<EmailToken, StoreError> {
    Ok(EmailToken::new(URL_SAFE_NO_PAD.encode(random::<32>()?)))
}

/// What the table knows a token by.
pub(super) fn hash_of(token: &EmailToken) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, token.expose().as_bytes()))
}

pub(super) fn random<const N: usize>() -> Result<[u8; N], StoreError> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| StoreError::Unavailable("the system gives no random numbers".into()))?;
    Ok(bytes)
}
