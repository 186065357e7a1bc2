//! Mock Google Calendar v3: `events.list` of the primary calendar.
//!
//! Source: "Events: list" and "Events" (Google Calendar API, 2025). `timeMin` bounds an event's end and `timeMax` its
//! start, both exclusive and with a mandatory offset. Without `singleEvents=true`, a recurring event is one item with
//! its rule, and `orderBy=startTime` is an error. An all-day event has `date` instead of `dateTime`, and its end is
//! the following day.

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

use super::api::{ApiError, Call, Listing, Mask, caller, date_time, instant, resumed, size, token};
use crate::fields::Fields;
use crate::persons::Person;
use crate::state::SharedState;
use events::events;

const LIST: Call = Call {
    service: "calendar-json.googleapis.com",
    method: "calendar.v3.Events.List",
    scopes: &["calendar.events.readonly", "calendar.events", "calendar.readonly", "calendar"],
};

const FIELDS: &[&str] = &[
    "kind",
    "etag",
    "summary",
    "description",
    "updated",
    "timeZone",
    "accessRole",
    "defaultReminders",
    "nextPageToken",
    "items",
];

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
    let mask = Mask::read(query.get("fields").unwrap_or("*"))?;
    mask.known(&[FIELDS])?;
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
    let listing = Listing::of(&person.sub, query, &["timeMin", "timeMax", "singleEvents", "orderBy"]);
    let skipped = resumed(&listing, query)?.unwrap_or_default();

    let mut events = events(person, now, single);
    events.retain(|event| from.is_none_or(|from| event.end > from) && until.is_none_or(|until| event.start < until));
    if by_start {
        events.sort_by_key(|event| event.start);
    }
    let goes_on = events.len() > skipped + most;
    let items: Vec<_> =
        events.iter().skip(skipped).take(most).map(|event| resource::event(person, now, event)).collect();
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

fn flag(query: &Fields, name: &'static str) -> Result<bool, ApiError> {
    match query.get(name) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(ApiError::value(name)),
    }
}

fn bound(query: &Fields, name: &'static str) -> Result<Option<i64>, ApiError> {
    let rejected = || ApiError::parameter(name, "badRequest", "Bad Request".to_owned());
    query.get(name).map(|text| instant(text).ok_or_else(rejected)).transpose()
}
