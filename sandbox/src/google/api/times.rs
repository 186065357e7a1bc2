//! Timestamps of Google's APIs (RFC 3339).

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

/// RFC 3339 with milliseconds, in UTC.
pub fn date_time(unix: i64) -> String {
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].000Z");
    at(unix).format(format).unwrap_or_default()
}

pub fn date(unix: i64) -> String {
    at(unix).format(format_description!("[year]-[month]-[day]")).unwrap_or_default()
}

/// RFC 3339 with a mandatory offset, to Unix seconds.
pub fn instant(text: &str) -> Option<i64> {
    OffsetDateTime::parse(text, &Rfc3339).ok().map(OffsetDateTime::unix_timestamp)
}

fn at(unix: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(unix).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
