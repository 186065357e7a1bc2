//! Requests the next events.

use time::OffsetDateTime;

use super::{event::Event, page::EventPage, query::path_and_query};
use crate::grants::{CalendarEventsReadonly, GrantError, Granted, Grants};

/// Maximum number of events.
const WANTED: usize = 5;
/// Maximum number of requests.
const MAX_PAGES: usize = 4;

#[derive(Debug, thiserror::Error)]
pub enum CalendarError {
    #[error(transparent)]
    Grant(#[from] GrantError),
    /// A response that Google does not document.
    #[error("unexpected response from Google Calendar: status {status}, {bytes} bytes")]
    Malformed { status: u16, bytes: usize },
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NextEvents {
    /// By start: five at most.
    pub events: Vec<Event>,
    /// There are more pages than were requested, and perhaps more events.
    pub incomplete: bool,
}

/// The events of the user's primary calendar that are in progress at `now` or come next. A page may be short or empty although
/// others follow, so up to four are requested. If a later one fails, the events of the earlier ones are returned.
pub async fn next_events(
    grants: &Grants,
    granted: &mut Granted<CalendarEventsReadonly>,
    now: OffsetDateTime,
) -> Result<NextEvents, CalendarError> {
    let mut found = NextEvents::default();
    let mut page_token = None;
    for _ in 0..MAX_PAGES {
        let page = match page(grants, granted, now, page_token.as_deref()).await {
            Err(_) if !found.events.is_empty() => break,
            page => page?,
        };
        found.events.extend(page.events);
        found.events.truncate(WANTED);
        found.incomplete = page.next.is_some() && found.events.len() < WANTED;
        page_token = page.next;
        if !found.incomplete {
            break;
        }
    }
    Ok(found)
}

async fn page(
    grants: &Grants,
    granted: &mut Granted<CalendarEventsReadonly>,
    now: OffsetDateTime,
    page_token: Option<&str>,
) -> Result<EventPage, CalendarError> {
    let response = grants.ask(granted, &path_and_query(now, page_token)).await?;
    let page = match response.status {
        200 => EventPage::read(&response.body, page_token, grants.endpoint_override(granted).as_ref()),
        _ => None,
    };
    page.ok_or(CalendarError::Malformed { status: response.status, bytes: response.body.len() })
}
