//! The distance between a time and now, as people count it.

/// In milliseconds, as JavaScript counts.
pub const MINUTE: f64 = 60_000.0;

const HOUR: f64 = 60.0 * MINUTE;
const DAY: f64 = 24.0 * HOUR;
const MONTH: f64 = 365.25 / 12.0 * DAY;
const YEAR: f64 = 365.25 * DAY;

/// A time, with the local clock and calendar.
#[derive(Clone, Copy)]
pub struct LocalClock {
    /// Milliseconds since the epoch.
    pub at: f64,
    /// Milliseconds behind UTC; negative east of Greenwich.
    pub behind: f64,
    pub year: f64,
}

impl LocalClock {
    /// A day number.
    fn day(self) -> f64 {
        ((self.at - self.behind) / DAY).floor()
    }
}

/// In the largest unit that fits, by its name in `Intl`; `None` within half a minute. Never in seconds, which would keep
/// the page in motion. Days and years are calendar days and years, as in "yesterday" and "last year". The future is counted
/// in days for up to a year, the past in months after two.
pub fn distance(then: LocalClock, now: LocalClock) -> Option<(f64, &'static str)> {
    let ahead = then.at - now.at;
    let far = ahead.abs();
    let (days, years) = (then.day() - now.day(), then.year - now.year);
    let (count, unit) = if far < 0.5 * MINUTE {
        return None;
    } else if far < 59.5 * MINUTE {
        (ahead / MINUTE, "minute")
    } else if far < 23.5 * HOUR || days == 0.0 {
        (ahead / HOUR, "hour")
    } else if ahead < 0.0 && 2.0 * MONTH < far && (far < YEAR || years == 0.0) {
        (ahead / MONTH, "month")
    } else if far < YEAR || years == 0.0 {
        (days, "day")
    } else {
        (years, "year")
    };
    Some((count.round(), unit))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use time::{OffsetDateTime, format_description::well_known::Rfc3339};

    use super::*;

    fn clock(rfc3339: &str) -> LocalClock {
        let timestamp = OffsetDateTime::parse(rfc3339, &Rfc3339).unwrap();
        LocalClock {
            at: timestamp.unix_timestamp() as f64 * 1_000.0,
            behind: f64::from(-timestamp.offset().whole_minutes()) * MINUTE,
            year: f64::from(timestamp.year()),
        }
    }

    #[rstest]
    // Minutes and hours are counted as they pass.
    #[case("2026-11-24T20:00:00Z", "2026-11-24T20:00:29Z", None)]
    #[case("2026-11-24T20:00:00Z", "2026-11-24T19:59:31Z", None)]
    #[case("2026-11-24T20:00:00Z", "2026-11-24T20:00:30Z", Some((1.0, "minute")))]
    #[case("2026-11-24T20:00:00Z", "2026-11-24T19:00:31Z", Some((-59.0, "minute")))]
    #[case("2026-11-24T20:00:00Z", "2026-11-24T19:00:30Z", Some((-1.0, "hour")))]
    #[case("2026-11-25T00:30:00Z", "2026-11-24T23:00:00Z", Some((-2.0, "hour")))]
    #[case("2026-11-24T20:00:00Z", "2026-11-25T19:29:00Z", Some((23.0, "hour")))]
    // Days as the calendar has them.
    #[case("2026-11-24T20:00:00Z", "2026-11-25T19:31:00Z", Some((1.0, "day")))]
    #[case("2026-11-24T20:00:00Z", "2026-11-25T23:59:00Z", Some((1.0, "day")))]
    #[case("2026-11-24T20:00:00Z", "2026-11-26T07:00:00Z", Some((2.0, "day")))]
    #[case("2026-11-24T20:00:00Z", "2026-11-23T09:00:00Z", Some((-1.0, "day")))]
    #[case("2026-11-24T09:00:00Z", "2026-11-22T23:00:00Z", Some((-2.0, "day")))]
    #[case("2026-11-25T23:50:00Z", "2026-11-25T00:10:00Z", Some((-24.0, "hour")))]
    #[case("2026-11-24T20:00:00Z", "2026-09-25T00:00:00Z", Some((-60.0, "day")))]
    #[case("2026-01-01T12:00:00Z", "2025-12-31T09:00:00Z", Some((-1.0, "day")))]
    // Months, until a year is full.
    #[case("2026-11-24T20:00:00Z", "2026-09-24T00:00:00Z", Some((-2.0, "month")))]
    #[case("2026-11-24T20:00:00Z", "2025-12-05T00:00:00Z", Some((-12.0, "month")))]
    #[case("2026-11-24T20:00:00Z", "2025-11-30T00:00:00Z", Some((-12.0, "month")))]
    #[case("2024-12-31T23:59:00Z", "2024-01-01T00:00:00Z", Some((-12.0, "month")))]
    // What is to come, in days.
    #[case("2026-11-24T20:00:00Z", "2027-02-24T20:00:00Z", Some((92.0, "day")))]
    #[case("2026-11-24T20:00:00Z", "2027-11-14T20:00:00Z", Some((355.0, "day")))]
    #[case("2024-01-01T00:00:00Z", "2024-12-31T23:59:00Z", Some((365.0, "day")))]
    // Years as the calendar has them.
    #[case("2026-11-24T20:00:00Z", "2025-11-20T00:00:00Z", Some((-1.0, "year")))]
    #[case("2026-11-24T20:00:00Z", "2025-01-01T00:00:00Z", Some((-1.0, "year")))]
    #[case("2026-01-10T12:00:00Z", "2024-09-01T00:00:00Z", Some((-2.0, "year")))]
    #[case("2026-11-24T20:00:00Z", "2027-12-31T20:00:00Z", Some((1.0, "year")))]
    // Where the person is, and not at Greenwich.
    #[case("2026-11-24T20:00:00-08:00", "2026-11-25T23:30:00-08:00", Some((1.0, "day")))]
    #[case("2026-11-25T08:00:00+13:00", "2026-11-27T00:30:00+13:00", Some((2.0, "day")))]
    // The day on which the clocks are put back has an hour more.
    #[case("2026-10-25T23:50:00Z", "2026-10-25T00:10:00+01:00", Some((-25.0, "hour")))]
    #[case("2026-10-26T09:00:00Z", "2026-10-25T00:10:00+01:00", Some((-1.0, "day")))]
    fn distances_are_counted_as_people_do(
        #[case] now: &str,
        #[case] then: &str,
        #[case] expected: Option<(f64, &str)>,
    ) {
        assert_eq!(distance(clock(then), clock(now)), expected);
    }
}
