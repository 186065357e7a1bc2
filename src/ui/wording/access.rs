//! Access to a provider's APIs in plain words, without scope names.

use super::{Message, Tone};
use crate::{codes::access::Access, ui::view::Lost};

pub fn name(access: Access) -> &'static str {
    match access {
        Access::Drive => "Google Drive",
        Access::Calendar => "Google Calendar",
    }
}

/// For the settings: what Latchkey sees, and what not.
pub fn sees(access: Access) -> &'static str {
    match access {
        Access::Drive => "Names, types, owners and dates of your files in Google Drive, but not their contents.",
        Access::Calendar => "Events in your Google calendars. Latchkey only uses your main calendar.",
    }
}

/// For the page that asks for the permission.
pub fn read(access: Access) -> &'static [&'static str] {
    match access {
        Access::Drive => &[
            "Names, types and sizes of your files and folders",
            "Who owns them, when they were changed, and whether they're shared",
        ],
        Access::Calendar => &["The next five events in your main calendar", "Their titles, times and locations"],
    }
}

/// If the provider's consent page asks for more than Latchkey uses: why.
pub fn wider_consent(access: Access) -> Option<&'static str> {
    match access {
        Access::Drive => None,
        Access::Calendar => Some(
            "Google will ask for access to the events in all your calendars because it has no narrower permission. Latchkey only uses your main calendar.",
        ),
    }
}

pub fn not_read(access: Access) -> &'static [&'static str] {
    match access {
        Access::Drive => &[
            "Read the contents of your files",
            "Change, move, share or delete anything",
            "Keep a copy of the list: we ask Google each time you open it",
        ],
        Access::Calendar => &[
            "Read your other calendars",
            "Change, accept or delete anything",
            "Keep a copy of your events: we ask Google each time",
        ],
    }
}

/// What unlinking, or deleting the account, revokes; `None` for nothing.
pub fn revoked_access(sees: &[Access]) -> Option<String> {
    let names: Vec<_> = sees.iter().map(|access| name(*access)).collect();
    (!names.is_empty()).then(|| format!("Latchkey's access to {} will be revoked.", names.join(" and ")))
}

pub fn withdrawn(access: Access) -> &'static str {
    match access {
        Access::Drive => "Google no longer lets Latchkey see your files.",
        Access::Calendar => "Google no longer lets Latchkey see your events.",
    }
}

pub fn lost(lost: Lost, access: Access) -> Message {
    let what = name(access);
    let (happened, advice) = match lost {
        Lost::Revoked => (
            format!("{what} is no longer connected."),
            "You may have removed access at Google, changed your password, or not used it for six months. Reconnect to continue.",
        ),
        Lost::Expired => (
            format!("Access to {what} has expired."),
            "Google didn't let us renew it. Reconnect, and Google will ask you again.",
        ),
        Lost::Withdrawn => (
            withdrawn(access).to_owned(),
            "You or an administrator removed this permission. Reconnect, and Google will ask you again.",
        ),
    };
    Message { tone: Tone::Mild, happened, advice: advice.into(), step: None }
}
