//! Dates in words, in UTC: an email does not know where it is read.

use time::OffsetDateTime;

/// `31 January 2026, 09:05 UTC`, from Unix seconds. A time outside the calendar becomes the epoch.
pub(super) fn words(unix: i64) -> String {
    let at = OffsetDateTime::from_unix_timestamp(unix).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let (day, month, year, hour, minute) = (at.day(), at.month(), at.year(), at.hour(), at.minute());
    format!("{day} {month} {year}, {hour:02}:{minute:02} UTC")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_in_words() {
        assert_eq!(words(1_769_850_300), "31 January 2026, 09:05 UTC");
        assert_eq!(words(i64::MAX), "1 January 1970, 00:00 UTC");
    }
}
