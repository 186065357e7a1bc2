//! Dates in words: in the time zone of the browser that caused the email, which the text names, or in UTC.

use time::{OffsetDateTime, UtcOffset};

use crate::accounts::Zone;

/// `31 January 2026, 10:05 Berlin time`, or `31 January 2026, 09:05 UTC`, from Unix seconds. A time outside the calendar
/// becomes the epoch.
pub(super) fn words(unix: i64, zone: Option<&str>) -> String {
    let utc = OffsetDateTime::from_unix_timestamp(unix).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let zone = zone.and_then(Zone::parse);
    let local = zone.as_ref().and_then(|zone| Some((local(utc, zone)?, zone.place()?)));
    match local {
        Some((at, place)) => format!("{} {place}", minutes(at)),
        None => format!("{} UTC", minutes(utc)),
    }
}

fn local(utc: OffsetDateTime, zone: &Zone) -> Option<OffsetDateTime> {
    let offset = i32::try_from(zone.offset(utc.unix_timestamp())).ok()?;
    utc.checked_to_offset(UtcOffset::from_whole_seconds(offset).ok()?)
}

fn minutes(at: OffsetDateTime) -> String {
    let (day, month, year, hour, minute) = (at.day(), at.month(), at.year(), at.hour(), at.minute());
    format!("{day} {month} {year}, {hour:02}:{minute:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_in_words() {
        assert_eq!(words(1_769_850_300, None), "31 January 2026, 09:05 UTC");
        assert_eq!(words(i64::MAX, None), "1 January 1970, 00:00 UTC");
    }

    #[test]
    fn a_known_zone_is_named() {
        for (zone, expected) in [
            ("Europe/Berlin", "31 January 2026, 10:05 Berlin time"),
            ("Asia/Kolkata", "31 January 2026, 14:35 Kolkata time"),
            ("America/Los_Angeles", "31 January 2026, 01:05 Los Angeles time"),
            ("Etc/GMT+5", "31 January 2026, 09:05 UTC"),
            ("Click here", "31 January 2026, 09:05 UTC"),
        ] {
            assert_eq!(words(1_769_850_300, Some(zone)), expected);
        }
        assert!(words(i64::MAX, Some("Europe/Berlin")).starts_with("1 January 1970"));
    }
}
