//! An event of a calendar.

use serde_json::Value;
use time::{Date, format_description::StaticFormatDescription, macros::format_description};
use url::Origin;

use super::query::EVENT_TYPES;
use crate::grants::status::{link, timestamp, words};

const DAY: StaticFormatDescription = format_description!("[year]-[month]-[day]");

/// An event, or one occurrence of a recurring one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// `None` without a title, and for private events: bystanders may see the dashboard.
    pub title: Option<String>,
    pub when: When,
    /// `None` for private events, too.
    pub place: Option<String>,
    /// Its URL in Google Calendar.
    pub link: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// Unix seconds.
    Timestamps { begins: i64, ends: i64 },
    /// Whole days in any time zone; both are included.
    Days { first: Date, last: Date },
}

impl Event {
    /// `None` for an event that the user does not attend, and for one without a valid start. Any other member that is missing or
    /// of an undocumented type is left out.
    pub(super) fn read(item: &Value, endpoint_override: Option<&Origin>) -> Option<Self> {
        if !is_attended(item) {
            return None;
        }
        let text = |name: &str| item[name].as_str();
        let private = matches!(text("visibility"), Some("private" | "confidential"));
        let public = |name: &str| text(name).filter(|text| !private && !text.trim().is_empty()).map(words);
        Some(Self {
            when: When::read(&item["start"], &item["end"])?,
            title: public("summary"),
            place: public("location"),
            link: text("htmlLink").and_then(|url| link(url, endpoint_override)),
        })
    }
}

/// Neither cancelled, nor declined, nor of a type that was not requested. An event without a type is a regular one.
fn is_attended(item: &Value) -> bool {
    let is_requested = item["eventType"].as_str().is_none_or(|event_type| EVENT_TYPES.contains(&event_type));
    let attendees = item["attendees"].as_array().map(Vec::as_slice).unwrap_or_default();
    let declined =
        |attendee: &Value| attendee["self"].as_bool() == Some(true) && attendee["responseStatus"] == "declined";
    is_requested && item["status"] != "cancelled" && !attendees.iter().any(declined)
}

impl When {
    fn read(start: &Value, end: &Value) -> Option<Self> {
        if let Some(begins) = start["dateTime"].as_str().and_then(timestamp) {
            let ends = end["dateTime"].as_str().and_then(timestamp).unwrap_or(begins);
            return Some(Self::Timestamps { begins, ends: ends.max(begins) });
        }
        let day = |value: &Value| value["date"].as_str().and_then(|text| Date::parse(text, DAY).ok());
        let first = day(start)?;
        // `end` is exclusive ("Events").
        let last = day(end).and_then(Date::previous_day).unwrap_or(first);
        Some(Self::Days { first, last: last.max(first) })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;
    use time::macros::date;

    use super::*;

    fn event() -> Value {
        json!({
            "status": "confirmed", "summary": "Call\u{202e}", "location": "Room \"42\"",
            "htmlLink": "https://www.google.com/calendar/event?eid=1",
            "start": {"dateTime": "1970-01-01T00:10:00Z"}, "end": {"dateTime": "1970-01-01T01:20:00+01:00"},
        })
    }

    fn with(member: &str, value: Value) -> Option<Event> {
        let mut event = event();
        event[member] = value;
        Event::read(&event, None)
    }

    #[test]
    fn an_event_is_parsed() {
        let expected = Event {
            title: Some("Call\u{fffd}".into()),
            when: When::Timestamps { begins: 600, ends: 1200 },
            place: Some("Room \"42\"".into()),
            link: Some("https://www.google.com/calendar/event?eid=1".into()),
        };
        assert_eq!(with("unknown", json!(1)), Some(expected));
    }

    #[rstest]
    #[case(json!({"date": "2026-11-25"}), json!({"date": "2026-11-26"}), date!(2026-11-25), date!(2026-11-25))]
    #[case(json!({"date": "2026-12-30"}), json!({"date": "2027-01-02"}), date!(2026-12-30), date!(2027-01-01))]
    #[case(json!({"date": "2028-02-28"}), json!({"date": "2028-03-01"}), date!(2028-02-28), date!(2028-02-29))]
    #[case(json!({"date": "2026-11-25"}), json!({"date": "2026-11-25"}), date!(2026-11-25), date!(2026-11-25))]
    #[case(json!({"date": "2026-11-25"}), json!({}), date!(2026-11-25), date!(2026-11-25))]
    fn the_end_of_whole_days_is_exclusive(
        #[case] start: Value,
        #[case] end: Value,
        #[case] first: Date,
        #[case] last: Date,
    ) {
        let read = When::read(&start, &end);
        assert_eq!(read, Some(When::Days { first, last }));
    }

    #[test]
    fn private_events_have_no_title() {
        for private in ["private", "confidential"] {
            let event = with("visibility", json!(private)).unwrap();
            assert_eq!((event.title, event.place), (None, None), "{private}");
            assert!(event.link.is_some());
        }
        for open in ["public", "default"] {
            assert!(with("visibility", json!(open)).unwrap().title.is_some(), "{open}");
        }
    }

    #[rstest]
    #[case::cancelled("status", json!("cancelled"), false)]
    #[case::tentative("status", json!("tentative"), true)]
    #[case::birthday("eventType", json!("birthday"), false)]
    #[case::working_place("eventType", json!("workingLocation"), false)]
    #[case::default("eventType", json!("default"), true)]
    #[case::out_of_office("eventType", json!("outOfOffice"), true)]
    #[case::declined("attendees", json!([{"self": false}, {"self": true, "responseStatus": "declined"}]), false)]
    #[case::declined_by_another("attendees", json!([{"responseStatus": "declined"}, {"self": true, "responseStatus": "accepted"}]), true)]
    #[case::unanswered("attendees", json!([{"self": true, "responseStatus": "needsAction"}]), true)]
    fn only_events_that_one_attends_are_listed(#[case] member: &str, #[case] value: Value, #[case] listed: bool) {
        assert_eq!(with(member, value).is_some(), listed);
    }

    #[test]
    fn mistyped_members_are_left_out_and_a_start_is_required() {
        for odd in [json!(null), json!(7), json!([]), json!({}), json!(" ")] {
            assert_eq!(with("summary", odd.clone()).unwrap().title, None, "{odd}");
            assert_eq!(with("location", odd.clone()).unwrap().place, None, "{odd}");
            assert_eq!(with("htmlLink", odd.clone()).unwrap().link, None, "{odd}");
            assert_eq!(with("start", odd.clone()), None, "{odd}");
            assert_eq!(with("end", odd).unwrap().when, When::Timestamps { begins: 600, ends: 600 });
        }
        for odd in [json!(null), json!(7), json!([]), json!({}), json!("")] {
            for member in ["status", "attendees", "visibility", "unknown"] {
                assert!(with(member, odd.clone()).unwrap().title.is_some(), "{member}: {odd}");
            }
            assert!(with("attendees", json!([odd, {"self": odd, "responseStatus": odd}])).is_some());
        }
        assert!(with("eventType", json!(null)).is_some() && with("eventType", json!(7)).is_some());
        assert_eq!(with("htmlLink", json!("javascript:alert(1)")).unwrap().link, None);
        assert_eq!(with("start", json!({"date": "2026-13-01"})), None);
        let earlier = with("end", json!({"dateTime": "1970-01-01T00:00:00Z"})).unwrap();
        assert_eq!(earlier.when, When::Timestamps { begins: 600, ends: 600 });
    }
}
