//! An event as the API returns it.

use serde_json::{Value, json};

use super::events::{Event, Recurrence};
use crate::google::api::{date, date_time};
use crate::persons::Person;

pub fn event(person: &Person, now: i64, event: &Event) -> Value {
    let series = format!("{:013x}{:02}", person.number("calendar id", 52), event.number);
    let stamp: String = date_time(event.start).chars().filter(char::is_ascii_alphanumeric).take(15).collect();
    let id = if event.recurrence == Recurrence::Occurrence { format!("{series}_{stamp}Z") } else { series.clone() };
    let mut me = json!({"self": true});
    if let Some(email) = &person.email {
        me["email"] = json!(email);
    }
    let mut resource = json!({
        "kind": "calendar#event", "etag": format!("\"{now}\""), "id": id, "status": "confirmed",
        "htmlLink": format!("https://www.google.com/calendar/event?eid={id}"),
        "created": date_time(now - 30 * 86_400), "updated": date_time(now - 86_400),
        "creator": me, "organizer": me,
        "start": time(event, event.start), "end": time(event, event.end),
        "iCalUID": format!("{series}@google.com"), "sequence": 0, "reminders": {"useDefault": true}, "eventType": "default",
    });
    let mut set = |field: &str, value: Option<Value>| {
        if let Some(value) = value {
            resource[field] = value;
        }
    };
    set("summary", event.summary.map(Value::from));
    set("location", event.place.map(Value::from));
    set("visibility", event.private.then(|| json!("private")));
    set("transparency", event.all_day.then(|| json!("transparent")));
    match event.recurrence {
        Recurrence::Never => {}
        Recurrence::Daily => set("recurrence", Some(json!(["RRULE:FREQ=DAILY;COUNT=5"]))),
        Recurrence::Occurrence => {
            set("recurringEventId", Some(json!(series)));
            set("originalStartTime", Some(time(event, event.start)));
        }
    }
    resource
}

fn time(event: &Event, at: i64) -> Value {
    match event.all_day {
        true => json!({"date": date(at)}),
        false => json!({"dateTime": date_time(at).replace(".000", ""), "timeZone": "UTC"}),
    }
}
