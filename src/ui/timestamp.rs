//! Unix seconds as text: for a `datetime` attribute, and in words in UTC. [`super::islands::local_time`] converts them to
//! the browser's time zone.

use std::fmt::Write as _;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `2026-01-31T09:05:00Z` (RFC 3339).
pub fn iso(unix: i64) -> String {
    let Civil { year, month, day, hour, minute, second } = Civil::at(unix);
    let mut text = String::with_capacity(20);
    push(&mut text, year, 4);
    for (before, number) in [('-', month), ('-', day), ('T', hour), (':', minute), (':', second)] {
        text.push(before);
        push(&mut text, number, 2);
    }
    text.push('Z');
    text
}

/// `31 January 2026, 09:05 UTC`.
pub fn words(unix: i64) -> String {
    local_words(unix, 0) + " UTC"
}

/// `31 January 2026, 10:05`, so many seconds east of UTC.
pub fn local_words(unix: i64, offset: i64) -> String {
    let civil = Civil::at(unix.saturating_add(offset));
    let mut text = civil.day();
    for (before, number) in [(", ", civil.hour), (":", civil.minute)] {
        text.push_str(before);
        push(&mut text, number, 2);
    }
    text
}

/// [`ago`], or for a time to come `in 5 minutes`, `in 14 days`.
pub fn distance(unix: i64, now: i64) -> String {
    let seconds = unix.saturating_sub(now);
    if seconds < 60 {
        return ago(unix, now);
    }
    // Rounded: "in 14 days" is what is left of two weeks a second later.
    let (unit_seconds, unit) = match seconds {
        ..3_570 => (60, "minute"),
        3_570..84_600 => (3_600, "hour"),
        84_600..31_557_600 => (86_400, "day"),
        _ => (31_557_600, "year"),
    };
    let count = seconds.saturating_add(unit_seconds / 2) / unit_seconds;
    format!("in {count} {unit}{}", if count == 1 { "" } else { "s" })
}

/// `31 January 2026`, the day in UTC.
pub fn day(unix: i64) -> String {
    Civil::at(unix).day()
}

/// Converts `2026-01-31` to `31 January 2026`. `None` for anything else.
pub fn day_of(date: &str) -> Option<String> {
    let mut parts = date.splitn(3, '-').map(|part| part.parse::<u16>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let month = MONTHS.get(usize::from(month).checked_sub(1)?)?;
    (1..=31).contains(&day).then(|| format!("{day} {month} {year}"))
}

/// To the minute: `45 minutes`, `1 hour 30 minutes`, `2 days`. `None` for less than a minute.
pub fn duration(seconds: i64) -> Option<String> {
    let minutes = seconds / 60;
    let units = [(minutes / 1_440, "day"), (minutes / 60 % 24, "hour"), (minutes % 60, "minute")];
    let parts: Vec<_> = units
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count} {unit}{}", if count == 1 { "" } else { "s" }))
        .collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// How long ago a time was, in the largest unit of which there are two, or one: `just now`, `5 minutes ago`, `1 day ago`.
/// Needs no time zone. A time in the future, by another server's clock, is `just now`.
pub fn ago(unix: i64, now: i64) -> String {
    let seconds = now.saturating_sub(unix);
    let (count, unit) = match seconds {
        ..60 => return "just now".to_owned(),
        60..3_600 => (seconds / 60, "minute"),
        3_600..86_400 => (seconds / 3_600, "hour"),
        86_400..5_184_000 => (seconds / 86_400, "day"),
        5_184_000..31_557_600 => (seconds / 2_629_800, "month"),
        _ => (seconds / 31_557_600, "year"),
    };
    format!("{count} {unit}{} ago", if count == 1 { "" } else { "s" })
}

/// With zeros before it, up to so many digits. By hand, as a page of a signed-in user has a dozen times, and `format!` took a
/// twentieth of it.
fn push(text: &mut String, number: i64, digits: usize) {
    const PLACES: [u32; 4] = [1_000, 100, 10, 1];
    match u32::try_from(number) {
        Ok(number @ 0..=9_999) => {
            for (index, place) in PLACES.into_iter().enumerate() {
                if number >= place || index + digits >= PLACES.len() {
                    text.push(char::from_digit(number / place % 10, 10).unwrap_or_default());
                }
            }
        }
        _ => _ = write!(text, "{number:0digits$}"), // a string takes all
    }
}

/// A date and time of the Gregorian calendar in UTC.
struct Civil {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
}

impl Civil {
    /// `31 January 2026`.
    fn day(&self) -> String {
        let mut text = String::with_capacity(32);
        push(&mut text, self.day, 1);
        text.push(' ');
        text.push_str(MONTHS.get((self.month - 1) as usize).copied().unwrap_or_default());
        text.push(' ');
        push(&mut text, self.year, 1);
        text
    }

    /// Counts in 400-year cycles of 146 097 days that begin on 1 March, so that the leap day is the last of its year.
    fn at(unix: i64) -> Self {
        let clock = unix.rem_euclid(86_400);
        let days = unix.div_euclid(86_400) + 719_468; // days from 0000-03-01
        let cycle = days.div_euclid(146_097);
        let of_cycle = days.rem_euclid(146_097);
        let year_of_cycle = (of_cycle - of_cycle / 1_460 + of_cycle / 36_524 - of_cycle / 146_096) / 365;
        let of_year = of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
        let march_month = (5 * of_year + 2) / 153;
        let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
        Self {
            year: cycle * 400 + year_of_cycle + i64::from(month <= 2),
            month,
            day: of_year - (153 * march_month + 2) / 5 + 1,
            hour: clock / 3_600,
            minute: clock / 60 % 60,
            second: clock % 60,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_epoch_is_a_thursday_in_1970() {
        assert_eq!(iso(0), "1970-01-01T00:00:00Z");
        assert_eq!(words(0), "1 January 1970, 00:00 UTC");
    }

    #[test]
    fn distances_grow_with_their_unit() {
        let now = 2_000_000_000;
        for (seconds, words) in [
            (-5, "just now"),
            (59, "just now"),
            (60, "1 minute ago"),
            (3_599, "59 minutes ago"),
            (7_200, "2 hours ago"),
            (86_400, "1 day ago"),
            (59 * 86_400, "59 days ago"),
            (61 * 86_400, "2 months ago"),
            (364 * 86_400, "11 months ago"),
            (366 * 86_400, "1 year ago"),
            (800 * 86_400, "2 years ago"),
        ] {
            assert_eq!(ago(now - seconds, now), words);
        }
        assert_eq!(ago(i64::MIN, i64::MAX), ago(0, i64::MAX));
    }

    #[test]
    fn times_to_come_are_rounded() {
        let now = 2_000_000_000;
        for (seconds, words) in [
            (-60, "1 minute ago"),
            (0, "just now"),
            (59, "just now"),
            (60, "in 1 minute"),
            (3_599, "in 1 hour"),
            (86_399, "in 1 day"),
            (14 * 86_400 - 1, "in 14 days"),
            (90 * 86_400, "in 90 days"),
            (2 * 31_557_600, "in 2 years"),
        ] {
            assert_eq!(distance(now + seconds, now), words, "{seconds}");
        }
        assert!(distance(i64::MAX, i64::MIN).starts_with("in ") && distance(i64::MIN, i64::MAX).ends_with("ago"));
    }

    #[test]
    fn local_times_are_shifted() {
        assert_eq!(local_words(1_769_850_300, 3_600), "31 January 2026, 10:05");
        assert_eq!(local_words(1_769_850_300, -10 * 3_600), "30 January 2026, 23:05");
        assert!(!local_words(i64::MAX, 3_600).is_empty());
    }

    #[test]
    fn days_have_no_hours() {
        assert_eq!(day(86_399), "1 January 1970");
        assert_eq!(day(86_400), "2 January 1970");
    }

    #[test]
    fn calendar_dates_are_written_in_words() {
        assert_eq!(day_of("2026-01-31").as_deref(), Some("31 January 2026"));
        for nonsense in ["", "2026", "2026-13-01", "2026-00-01", "2026-01-32", "2026-01-00", "2026-01-x", "-1-1-1"] {
            assert_eq!(day_of(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn durations_are_given_to_the_minute() {
        let durations = [2_700, 5_400, 3_660, 172_800, 90_000].map(|seconds| duration(seconds).unwrap_or_default());
        assert_eq!(durations, ["45 minutes", "1 hour 30 minutes", "1 hour 1 minute", "2 days", "1 day 1 hour"]);
        assert_eq!((duration(0), duration(59), duration(-60)), (None, None, None));
    }

    #[test]
    fn leap_days_and_ends_of_years_are_right() {
        assert_eq!(iso(951_825_599), "2000-02-29T11:59:59Z");
        assert_eq!(iso(1_709_164_800), "2024-02-29T00:00:00Z");
        assert_eq!(iso(1_767_225_599), "2025-12-31T23:59:59Z");
        assert_eq!(iso(-1), "1969-12-31T23:59:59Z");
    }

    #[test]
    fn it_agrees_with_the_time_crate_over_three_centuries() {
        for step in -1_000..2_000_i64 {
            let unix = step * 3_456_789;
            let expected = time::OffsetDateTime::from_unix_timestamp(unix).expect("in range");
            let civil = Civil::at(unix);
            assert_eq!(
                (civil.year, civil.month, civil.day),
                (i64::from(expected.year()), i64::from(u8::from(expected.month())), i64::from(expected.day()))
            );
        }
    }

    #[test]
    fn no_number_of_seconds_panics() {
        for unix in [i64::MIN, i64::MAX] {
            assert!(iso(unix).ends_with('Z'));
            assert!(words(unix).ends_with("UTC"));
        }
    }
}
