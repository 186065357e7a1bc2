//! The request for the next events.

use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};

use crate::codes::percent::with_query;

const MAX_RESULTS: &str = "5";
/// Only what the page shows.
const FIELDS: &str = "items(status,summary,location,visibility,htmlLink,start(date,dateTime),end(date,dateTime))";

/// Path and query of the request, below the API's base URL: events that have not ended, each occurrence of recurring ones by
/// itself, the next one first.
pub(super) fn path_and_query(now: OffsetDateTime) -> String {
    // Google ignores milliseconds and requires an offset.
    let seconds = now.to_offset(UtcOffset::UTC).replace_nanosecond(0).unwrap_or(now);
    let bound = seconds.format(&Rfc3339).unwrap_or_else(|_| "1970-01-01T00:00:00Z".to_owned());
    with_query(
        "/calendar/v3/calendars/primary/events",
        &[
            ("timeMin", &bound),
            ("maxResults", MAX_RESULTS),
            ("singleEvents", "true"),
            ("orderBy", "startTime"),
            ("fields", FIELDS),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_min_is_now_in_utc() {
        let now = time::macros::datetime!(2026-11-25 10:30:00.75 +1);
        let path = path_and_query(now);
        assert!(
            path.starts_with(
                "/calendar/v3/calendars/primary/events?timeMin=2026-11-25T09%3A30%3A00Z&maxResults=5&singleEvents=true"
            ),
            "{path}"
        );
        assert!(path.contains("&orderBy=startTime&fields=items%28status%2C"), "{path}");
    }
}
