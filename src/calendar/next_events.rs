//! Requests the next events.

use time::OffsetDateTime;

use super::{event::Event, query::path_and_query};
use crate::grants::{CalendarEventsReadonly, GrantError, Granted, Grants};

#[derive(Debug, thiserror::Error)]
pub enum CalendarError {
    #[error(transparent)]
    Grant(#[from] GrantError),
    /// A response that Google does not document.
    #[error("unexpected response from Google Calendar: status {status}, {bytes} bytes")]
    Malformed { status: u16, bytes: usize },
}

/// The events of the user's primary calendar that are in progress at `now` or come next, by start: five at most.
pub async fn next_events(
    grants: &Grants,
    granted: &mut Granted<CalendarEventsReadonly>,
    now: OffsetDateTime,
) -> Result<Vec<Event>, CalendarError> {
    let response = grants.ask(granted, &path_and_query(now)).await?;
    let events = match response.status {
        200 => Event::read_all(&response.body, grants.endpoint_override(granted).as_ref()),
        _ => None,
    };
    events.ok_or(CalendarError::Malformed { status: response.status, bytes: response.body.len() })
}
