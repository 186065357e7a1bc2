//! Asking for the next events.

use time::OffsetDateTime;

use super::{event::Event, query::path_and_query};
use crate::grants::{CalendarEventsReadonly, GrantError, Granted, Grants};

/// Why Calendar gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum CalendarError {
    /// It could not be asked, or did not answer as an API does.
    #[error(transparent)]
    Grant(#[from] GrantError),
    /// It answered, and not as it is documented.
    #[error("Google Calendar answered {status} with {bytes} bytes that cannot be used")]
    Malformed {
        /// The status code.
        status: u16,
        /// Length of the body.
        bytes: usize,
    },
}

/// What is going on at `now` or comes next in the person's main calendar, in order of the beginnings: five at most.
///
/// # Errors
/// [`CalendarError`].
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
