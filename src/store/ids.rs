//! Random ids and tokens.

use time::OffsetDateTime;
use uuid::Uuid;

use crate::accounts::{EmailToken, time_ordered_id};
use crate::sealing::{random_bytes, random_text, sha256_base64url};
use crate::store::error::StoreError;

/// The application's clock has whole seconds; the milliseconds order what happens within one.
pub(in crate::store) fn id(now: OffsetDateTime) -> Result<Uuid, StoreError> {
    Ok(time_ordered_id(with_milliseconds(now, OffsetDateTime::now_utc()), random_bytes()?))
}

/// `present` is read after `now`, whose second may be over: its first milliseconds would put the row before its predecessors.
fn with_milliseconds(now: OffsetDateTime, present: OffsetDateTime) -> OffsetDateTime {
    let is_over = now.unix_timestamp().checked_add(1) == Some(present.unix_timestamp());
    now.replace_millisecond(if is_over { 999 } else { present.millisecond() }).unwrap_or(now)
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

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use time::macros::datetime;

    use super::*;

    #[rstest]
    #[case::same_second(datetime!(2030-01-01 12:00:00.250 UTC), 250)]
    #[case::the_second_is_over(datetime!(2030-01-01 12:00:01.002 UTC), 999)]
    #[case::another_clock(datetime!(2030-01-03 09:30:00.125 UTC), 125)]
    fn an_id_is_no_earlier_than_the_ids_before_it(#[case] present: OffsetDateTime, #[case] milliseconds: u16) {
        let now = datetime!(2030-01-01 12:00:00 UTC);
        assert_eq!(with_milliseconds(now, present), now.replace_millisecond(milliseconds).unwrap());
    }
}
