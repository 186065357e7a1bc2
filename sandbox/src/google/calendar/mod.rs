//! Mock Google Calendar v3: `events.list` of the primary calendar.
//!
//! Source: "Events: list" and "Events" (Google Calendar API, 2025), and its discovery document. `timeMin` bounds an event's end and `timeMax` its
//! start, both exclusive and with a mandatory offset. Without `singleEvents=true`, a recurring event is one item with
//! its rule, and `orderBy=startTime` is an error. An all-day event has `date` instead of `dateTime`, and its end is
//! the following day. Without `eventTypes`, birthdays and working places are listed, too; declined invitations always are.
//! With more attendees than `maxAttendees`, only the user is left.
//!
//! A page may be short or empty although another follows: those of `long` are, with two events at most after an empty one.
//! Parameters that the sandbox does not implement are an error.

mod events;
mod resource;

use axum::Json;
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};

use super::api::{
    ApiError, Call, Listing, Mask, Schema, caller, date_time, flag, instant, parameters, resumed, size, token,
};
use crate::fields::Fields;
use crate::persons::Person;
use crate::state::SharedState;
use events::events;

const LIST: Call = Call {
    service: "calendar-json.googleapis.com",
    method: "calendar.v3.Events.List",
    scopes: &["calendar.events.readonly", "calendar.events", "calendar.readonly", "calendar"],
};

const EVENT_TYPES: [&str; 6] = ["birthday", "default", "focusTime", "fromGmail", "outOfOffice", "workingLocation"];
/// Parameters of Google's that would change the response, and are not implemented.
const UNSUPPORTED: [&str; 6] =
    ["iCalUID", "privateExtendedProperty", "q", "sharedExtendedProperty", "syncToken", "updatedMin"];
/// Parameters that determine which events are listed.
const LISTING: [&str; 6] = ["timeMin", "timeMax", "singleEvents", "orderBy", "eventTypes", "showDeleted"];

pub fn routes() -> Router<SharedState> {
    Router::new().route("/calendar/v3/calendars/{calendar}/events", get(list))
}

async fn list(
    State(shared): State<SharedState>,
    Path(calendar): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = Fields::parse(query.as_deref().unwrap_or_default());
    let outcome = caller(&shared, &headers, &LIST).and_then(|(person, now)| {
        if calendar != "primary" && person.email.as_deref() != Some(calendar.as_str()) {
            return Err(ApiError::missing("calendarId", "Not Found".to_owned()));
        }
        list_events(&person, now, &query)
    });
    match outcome {
        Ok(body) => {
            ([(CACHE_CONTROL, "private, max-age=0, must-revalidate, no-transform")], Json(body)).into_response()
        }
        Err(error) => error.into_response(),
    }
}

fn list_events(person: &Person, now: i64, query: &Fields) -> Result<Value, ApiError> {
    parameters("calendar", "events.list", query)?;
    if let Some(name) = UNSUPPORTED.into_iter().find(|name| query.get(name).is_some()) {
        let message = format!("The sandbox does not implement {name}.");
        return Err(ApiError::parameter(name, "invalid", message));
    }
    let mask = Mask::read(query.get("fields").unwrap_or("*"))?;
    mask.known(Schema::of("calendar", "Events"))?;
    let types: Vec<_> = query.all("eventTypes").collect();
    if types.iter().any(|event_type| !EVENT_TYPES.contains(event_type)) {
        return Err(ApiError::value("eventTypes"));
    }
    // Nothing is deleted or hidden here.
    for name in ["showDeleted", "showHiddenInvitations"] {
        flag(query, name)?;
    }
    let most_attendees = size(query, "maxAttendees", usize::MAX, usize::MAX)?;
    let single = flag(query, "singleEvents")?;
    let by_start = match query.get("orderBy") {
        None => false,
        Some("startTime") if single => true,
        Some("startTime") => {
            let message = "The requested ordering is not available for the particular query.";
            return Err(ApiError::parameter("orderBy", "badRequest", message.to_owned()));
        }
        Some(_) => return Err(ApiError::value("orderBy")),
    };
    let (from, until) = (bound(query, "timeMin")?, bound(query, "timeMax")?);
    if from.zip(until).is_some_and(|(from, until)| from >= until) {
        return Err(ApiError::parameter("timeMax", "timeRangeEmpty", "The specified time range is empty.".to_owned()));
    }
    let most = size(query, "maxResults", 250, 2_500)?;
    let listing = Listing::of(&person.sub, query, &LISTING);
    let resumed = resumed(&listing, query)?;
    let most = match (person.id.as_str(), resumed) {
        ("long", None) => 0,
        ("long", Some(_)) => most.min(2),
        _ => most,
    };
    let skipped = resumed.unwrap_or_default();

    let mut events = events(person, now, single);
    events.retain(|event| from.is_none_or(|from| event.end > from) && until.is_none_or(|until| event.start < until));
    events.retain(|event| types.is_empty() || types.contains(&event.event_type));
    if by_start {
        events.sort_by_key(|event| event.start);
    }
    let goes_on = events.len() > skipped + most;
    let items: Vec<_> = events
        .iter()
        .skip(skipped)
        .take(most)
        .map(|event| resource::event(person, now, event, most_attendees))
        .collect();
    let mut answer = json!({
        "kind": "calendar#events", "etag": format!("\"p{now}\""), "summary": person.email.as_deref().unwrap_or(person.label()),
        "description": "", "updated": date_time(now), "timeZone": "UTC", "accessRole": "owner", "defaultReminders": [],
        "items": items,
    });
    if goes_on {
        answer["nextPageToken"] = json!(token(&listing, skipped + most));
    }
    mask.keep(&mut answer);
    Ok(answer)
}

fn bound(query: &Fields, name: &'static str) -> Result<Option<i64>, ApiError> {
    let rejected = || ApiError::parameter(name, "badRequest", "Bad Request".to_owned());
    query.get(name).map(|text| instant(text).ok_or_else(rejected)).transpose()
}
