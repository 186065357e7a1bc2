//! An event as the API tells it.

use serde_json::{Value, json};

use super::diary::{Entry, Recurs};
use crate::google::api::{date, date_time};
use crate::persons::Person;

/// Everything about an event.
pub fn told(person: &Person, now: i64, entry: &Entry) -> Value {
    let series = format!("{:013x}{:02}", person.number("calendar id", 52), entry.number);
    let stamp: String = date_time(entry.start).chars().filter(char::is_ascii_alphanumeric).take(15).collect();
    let id = if entry.recurs == Recurs::Occurrence { format!("{series}_{stamp}Z") } else { series.clone() };
    let mut me = json!({"self": true});
    if let Some(email) = &person.email {
        me["email"] = json!(email);
    }
    let mut event = json!({
        "kind": "calendar#event", "etag": format!("\"{now}\""), "id": id, "status": "confirmed",
        "htmlLink": format!("https://www.google.com/calendar/event?eid={id}"),
        "created": date_time(now - 30 * 86_400), "updated": date_time(now - 86_400),
        "creator": me, "organizer": me,
        "start": moment(entry, entry.start), "end": moment(entry, entry.end),
        "iCalUID": format!("{series}@google.com"), "sequence": 0, "reminders": {"useDefault": true}, "eventType": "default",
    });
    let mut say = |field: &str, value: Option<Value>| {
        if let Some(value) = value {
            event[field] = value;
        }
    };
    say("summary", entry.summary.map(Value::from));
    say("location", entry.place.map(Value::from));
    say("visibility", entry.private.then(|| json!("private")));
    say("transparency", entry.all_day.then(|| json!("transparent")));
    match entry.recurs {
        Recurs::Never => {}
        Recurs::Daily => say("recurrence", Some(json!(["RRULE:FREQ=DAILY;COUNT=5"]))),
        Recurs::Occurrence => {
            say("recurringEventId", Some(json!(series)));
            say("originalStartTime", Some(moment(entry, entry.start)));
        }
    }
    event
}

fn moment(entry: &Entry, at: i64) -> Value {
    match entry.all_day {
        true => json!({"date": date(at)}),
        false => json!({"dateTime": date_time(at).replace(".000", ""), "timeZone": "UTC"}),
    }
}
