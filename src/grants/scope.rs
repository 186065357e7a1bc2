//! Scopes as types: a request for files does not compile with the capability for events.

use crate::{
    codes::access::Access,
    providers::google::{CALENDAR_EVENTS_READONLY, DRIVE_METADATA_READONLY},
};

/// A scope that a user may grant, and the API that it is for.
pub trait ApiScope: Send + Sync + 'static {
    const ACCESS: Access;
    const SCOPE: &'static str;
}

/// Names, types and dates of files in Google Drive.
#[derive(Clone, Copy, Debug)]
pub enum DriveMetadataReadonly {}

impl ApiScope for DriveMetadataReadonly {
    const ACCESS: Access = Access::Drive;
    const SCOPE: &'static str = DRIVE_METADATA_READONLY;
}

/// Events of Google Calendar.
#[derive(Clone, Copy, Debug)]
pub enum CalendarEventsReadonly {}

impl ApiScope for CalendarEventsReadonly {
    const ACCESS: Access = Access::Calendar;
    const SCOPE: &'static str = CALENDAR_EVENTS_READONLY;
}
