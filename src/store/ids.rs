//! Random ids and tokens.

use time::OffsetDateTime;
use uuid::Uuid;

use crate::accounts::{EmailToken, time_ordered_id};
use crate::sealing::{random_bytes, random_text, sha256_base64url};
use crate::store::error::StoreError;

/// The application's clock has whole seconds; the milliseconds order what happens within one.
pub(in crate::store) fn id(now: OffsetDateTime) -> Result<Uuid, StoreError> {
    let now = now.replace_millisecond(OffsetDateTime::now_utc().millisecond()).unwrap_or(now);
    Ok(time_ordered_id(now, random_bytes()?))
}

/// 256 bits, for a link in an email.
pub(in crate::store) fn token() -> Result<EmailToken, StoreError> {
    Ok(EmailToken::new(random_text::<32>()?))
}

/// What the table stores of a token.
pub(in crate::store) fn hash_of(token: &EmailToken) -> String {
    sha256_base64url(token.expose())
}

/// The id of a session: 128 bits, so that ids of different machines do not meet.
pub(in crate::store) fn session_id() -> Result<String, StoreError> {
    Ok(random_text::<16>()?)
}
