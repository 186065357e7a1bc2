//! An event as the API returns it.

use serde_json::{Value, json};

use super::events::{Event, Recurrence};
use crate::google::api::{date, date_time};
use crate::persons::Person;

/// With more than `most_attendees`, the user alone is left.
pub fn event(person: &Person, now: i64, event: &Event, most_attendees: usize) -> Value {
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
        "iCalUID": format!("{series}@google.com"), "sequence": 0, "reminders": {"useDefault": true}, "eventType": event.event_type,
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
    match event.event_type {
        "birthday" => set("birthdayProperties", Some(json!({"type": "birthday"}))),
        "workingLocation" => {
            set("workingLocationProperties", Some(json!({"type": "homeOffice", "homeOffice": {}})));
            set("visibility", Some(json!("public")));
        }
        _ => {}
    }
    if let Some(response) = event.response {
        let mut attendees = attendees(person, response);
        if attendees.len() > most_attendees {
            attendees.retain(|attendee| attendee["self"] == true);
            set("attendeesOmitted", Some(json!(true)));
        }
        set("attendees", Some(json!(attendees)));
    }
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

/// Charles, who invited, and the user.
fn attendees(person: &Person, response: &str) -> Vec<Value> {
    let charles = json!({
        "email": "charles@example.org", "displayName": "Charles Babbage", "organizer": true, "responseStatus": "accepted",
    });
    let mut me = json!({"self": true, "responseStatus": response});
    if let Some(email) = &person.email {
        me["email"] = json!(email);
    }
    vec![charles, me]
}

fn time(event: &Event, at: i64) -> Value {
    match event.all_day {
        true => json!({"date": date(at)}),
        false => json!({"dateTime": date_time(at).replace(".000", ""), "timeZone": "UTC"}),
    }
}
