//! A user's events, relative to the sandbox's clock.

use crate::persons::Person;

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// One event, or one occurrence of a recurring one.
#[derive(Clone, Debug)]
pub struct Event {
    /// Occurrences of a recurring event share it.
    pub number: u32,
    /// Unix seconds; midnight UTC for all-day events.
    pub start: i64,
    /// Exclusive.
    pub end: i64,
    pub all_day: bool,
    /// Some events have no title.
    pub summary: Option<&'static str>,
    pub place: Option<&'static str>,
    /// Others see only that the user is busy.
    pub private: bool,
    /// The user's answer to an invitation; `None` for an event without attendees.
    pub response: Option<&'static str>,
    pub event_type: &'static str,
    pub recurrence: Recurrence,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Recurrence {
    Never,
    /// The recurring event itself, as listed without `singleEvents`.
    Daily,
    Occurrence,
}

/// Unsorted. `plain` has none.
pub fn events(person: &Person, now: i64, single: bool) -> Vec<Event> {
    if person.id == "plain" {
        return Vec::new();
    }
    let (hour, today) = (now - now.rem_euclid(HOUR), now - now.rem_euclid(DAY));
    // Shifts the times per user.
    let turn = i64::try_from(person.number("calendar", 2)).unwrap_or_default() * 15 * 60;
    let timed = |number, at: i64, length: i64, summary| event(number, hour + turn + at, length, Some(summary));
    let whole = |number, at: i64, days: i64, summary| Event {
        all_day: true,
        ..event(number, today + at * DAY, days * DAY, Some(summary))
    };
    let mut events = vec![
        timed(0, -3 * DAY, HOUR, "Last week's review"),
        Event {
            place: Some("Workshop, Dorset Street 1, London"),
            ..timed(1, -HOUR, 3 * HOUR, "Analytical engine: assembly")
        },
        Event {
            place: Some("https://meet.google.com/abc-defg-hij"),
            response: Some("accepted"),
            ..timed(2, 3 * HOUR, HOUR / 2, "Call with Charles")
        },
        Event { private: true, ..timed(3, DAY + 2 * HOUR, HOUR, "Doctor") },
        Event { event_type: "birthday", private: true, ..whole(4, 2, 1, "Mary's birthday 🎂") },
        whole(5, 1, 3, "Conference on Bernoulli numbers"),
        Event {
            place: Some("Room \"42\" <Grimsel> & co."),
            ..timed(6, 4 * HOUR, 2 * HOUR, "<b>Not bold</b> שלום\u{202e}")
        },
        Event { summary: None, ..timed(7, 6 * DAY, HOUR, "") },
        Event { response: Some("declined"), ..timed(12, 2 * HOUR, HOUR, "Lecture that Ada skips") },
        Event {
            event_type: "fromGmail",
            place: Some("Zürich"),
            ..timed(13, 5 * DAY + 6 * HOUR, 2 * HOUR, "Flight LX 316")
        },
        Event { event_type: "outOfOffice", ..timed(14, 6 * DAY + 4 * HOUR, 4 * HOUR, "Out of office") },
        Event { event_type: "focusTime", ..timed(15, 6 * DAY + 2 * HOUR, HOUR, "Focus time") },
    ];
    let working_places =
        (0_u32..3).map(|day| Event { event_type: "workingLocation", ..whole(9 + day, day.into(), 1, "Home") });
    events.extend(working_places);
    let meeting = timed(8, DAY - 2 * HOUR, HOUR / 4, "Morning round");
    match single {
        false => events.push(Event { recurrence: Recurrence::Daily, ..meeting }),
        true => events.extend((0..5).map(|day| Event {
            start: meeting.start + day * DAY,
            end: meeting.end + day * DAY,
            recurrence: Recurrence::Occurrence,
            ..meeting.clone()
        })),
    }
    events
}

fn event(number: u32, start: i64, length: i64, summary: Option<&'static str>) -> Event {
    Event {
        number,
        start,
        end: start + length,
        all_day: false,
        summary,
        place: None,
        private: false,
        response: None,
        event_type: "default",
        recurrence: Recurrence::Never,
    }
}
