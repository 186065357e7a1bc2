//! Google Calendar v3, as far as the next events need it. Pure, but for `next_events`.
//!
//! Sources: "Events: list", "Events" (developers.google.com/workspace/calendar/api/v3/reference); read November 2026.

mod event;
mod next_events;
mod query;

pub use event::{Event, When};
pub use next_events::{CalendarError, next_events};
