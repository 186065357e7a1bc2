//! Scopes as types: what asks for files cannot be handed the proof that there may be events.

use crate::{
    codes::access::Access,
    providers::google::{CALENDAR_EVENTS_READONLY, DRIVE_METADATA_READONLY},
};

/// One thing that a person may let us see.
pub trait ApiScope: Send + Sync + 'static {
    /// The thing.
    const ACCESS: Access;
    /// The scope that it takes.
    const SCOPE: &'static str;
}

/// Names, kinds and dates of files in Google Drive.
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
