//! Google Calendar v3, as far as the next events need it. Pure, but for `next_events`.
//!
//! Sources: "Events: list", "Events" (developers.google.com/workspace/calendar/api/v3/reference), and the discovery document of
//! the API; read November 2026.

mod event;
mod next_events;
mod page;
mod query;

pub use event::{Event, When};
pub use next_events::{CalendarError, NextEvents, next_events};
