//! Random ids and tokens.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::accounts::{EmailToken, time_ordered_id};
use crate::sealing::{random_bytes, random_text, sha256_base64url};
use crate::store::error::StoreError;

/// A UUID of version 7: rows that were made one after the other are near each other in an index. The application's clock has whole
/// seconds; the milliseconds order what happens within one.
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

/// The id of a session: a UUID of version 7, in base64url, since tokens name it.
pub(in crate::store) fn session_id(now: OffsetDateTime) -> Result<String, StoreError> {
    Ok(URL_SAFE_NO_PAD.encode(id(now)?.as_bytes()))
}

/// No id of an event at this time or later is less; every id of an earlier one is.
pub(in crate::store) fn first_at(time: OffsetDateTime) -> String {
    let second = time.replace_nanosecond(0).unwrap_or(time);
    time_ordered_id(second, [0; 10]).to_string()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use time::macros::datetime;

    use super::*;

    #[test]
    fn sessions_of_one_time_have_ids_that_begin_alike() {
        let now = datetime!(2030-01-01 12:00:00 UTC);
        let [first, second] = [(); 2].map(|()| session_id(now).unwrap());
        assert_eq!((first.len(), &first[..5]), (22, &second[..5]));
        assert_ne!(first, second);
    }

    #[test]
    fn an_events_id_is_between_the_first_of_its_second_and_of_the_next() {
        let now = datetime!(2030-01-01 12:00:00.999 UTC);
        let event = id(now).unwrap().to_string();
        assert!(first_at(now) <= event && event < first_at(now + time::Duration::SECOND));
    }

    #[rstest]
    #[case::same_second(datetime!(2030-01-01 12:00:00.250 UTC), 250)]
    #[case::the_second_is_over(datetime!(2030-01-01 12:00:01.002 UTC), 999)]
    #[case::another_clock(datetime!(2030-01-03 09:30:00.125 UTC), 125)]
    fn an_id_is_no_earlier_than_the_ids_before_it(#[case] present: OffsetDateTime, #[case] milliseconds: u16) {
        let now = datetime!(2030-01-01 12:00:00 UTC);
        assert_eq!(with_milliseconds(now, present), now.replace_millisecond(milliseconds).unwrap());
    }
}
