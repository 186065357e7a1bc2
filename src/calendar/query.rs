//! The request for the next events.

use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};

use crate::codes::percent::with_query;

/// More than the page shows: Google cannot leave out declined events.
const MAX_RESULTS: &str = "25";
/// The types of events that one attends: neither birthdays nor working places.
pub(super) const EVENT_TYPES: [&str; 4] = ["default", "focusTime", "fromGmail", "outOfOffice"];
/// Only what the page shows, and what decides whether it does.
const FIELDS: &str = "nextPageToken,items(status,eventType,summary,location,visibility,htmlLink,\
    start(date,dateTime),end(date,dateTime),attendees(self,responseStatus))";

/// Path and query of the request, below the API's base URL: events that have not ended, each occurrence of recurring ones by
/// itself, the next one first.
pub(super) fn path_and_query(now: OffsetDateTime, page_token: Option<&str>) -> String {
    // Google ignores milliseconds and requires an offset.
    let seconds = now.to_offset(UtcOffset::UTC).replace_nanosecond(0).unwrap_or(now);
    let bound = seconds.format(&Rfc3339).unwrap_or_else(|_| "1970-01-01T00:00:00Z".to_owned());
    let mut parameters = vec![
        ("timeMin", bound.as_str()),
        ("maxResults", MAX_RESULTS),
        // With more attendees than this, only the user's own entry is in the response ("Events: list").
        ("maxAttendees", "1"),
        ("singleEvents", "true"),
        ("orderBy", "startTime"),
        ("fields", FIELDS),
    ];
    parameters.extend(EVENT_TYPES.map(|event_type| ("eventTypes", event_type)));
    parameters.extend(page_token.map(|token| ("pageToken", token)));
    with_query("/calendar/v3/calendars/primary/events", &parameters)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grants::google_schema::unknown_names;

    const NOW: OffsetDateTime = time::macros::datetime!(2026-11-25 10:30:00.75 +1);

    #[test]
    fn time_min_is_now_in_utc() {
        let path = path_and_query(NOW, None);
        assert!(
            path.starts_with(
                "/calendar/v3/calendars/primary/events?timeMin=2026-11-25T09%3A30%3A00Z&maxResults=25&maxAttendees=1&singleEvents=true"
            ),
            "{path}"
        );
        assert!(path.contains("&orderBy=startTime&fields=nextPageToken%2Citems%28status%2C"), "{path}");
        assert!(
            path.ends_with("&eventTypes=default&eventTypes=focusTime&eventTypes=fromGmail&eventTypes=outOfOffice"),
            "{path}"
        );
    }

    #[test]
    fn google_knows_every_name() {
        let path = path_and_query(NOW, Some("t"));
        assert_eq!(unknown_names("calendar", "events.list", "Events", &path), [""; 0]);
    }

    #[test]
    fn a_page_token_is_sent_back_unchanged() {
        assert!(path_and_query(NOW, Some("~!+/=& é")).ends_with("&pageToken=~%21%2B%2F%3D%26%20%C3%A9"));
    }
}
