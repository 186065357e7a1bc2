//! Random ids and tokens.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::accounts::{EmailToken, time_ordered_id};
use crate::store::error::StoreError;

pub(in crate::store) fn id(now: OffsetDateTime) -> Result<Uuid, StoreError> {
    Ok(time_ordered_id(now, random()?))
}

/// 256 bits, for a link in an email.
pub(in crate::store) fn token() -> Result<EmailToken, StoreError> {
    Ok(EmailToken::new(URL_SAFE_NO_PAD.encode(random::<32>()?)))
}

/// What the table stores of a token.
pub(in crate::store) fn hash_of(token: &EmailToken) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, token.expose().as_bytes()))
}

pub(in crate::store) fn random<const N: usize>() -> Result<[u8; N], StoreError> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| StoreError::Unavailable("the system has no random numbers".into()))?;
    Ok(bytes)
}
