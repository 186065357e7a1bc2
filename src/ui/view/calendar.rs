//! `/calendar`, and the calendar card on the dashboard.

use super::{ConnectView, Lost, Notice, ProviderApiError};

/// `/calendar` only asks for the permission; the events are on the dashboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarPageView {
    pub notice: Option<Notice>,
    pub connect: ConnectView,
}

/// The dashboard's card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CalendarView {
    /// Nothing to connect: no card.
    Off,
    NotConnected,
    Lost(Lost),
    /// Connected, but the events cannot be shown.
    Failed(ProviderApiError),
    /// Google returned pages without an event to show, and has more.
    NothingYet,
    /// The next events, soonest first; may be empty.
    Events(Vec<EventView>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventView {
    /// `None` if it has no title, or is private.
    pub title: Option<String>,
    pub time: EventTime,
    /// Free text.
    pub place: Option<String>,
    /// URL in Google Calendar, https (or the mock provider's).
    pub open: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventTime {
    /// Unix seconds.
    From { begins: i64, ends: i64 },
    /// Whole days without a time zone (`2026-11-25`), both included.
    Days { first: String, last: String },
}
