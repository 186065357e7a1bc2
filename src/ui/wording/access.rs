//! What we may see at a provider, in plain words. No names of scopes: nobody reads those.

use super::{Message, Tone};
use crate::{codes::access::Access, ui::view::Lost};

/// What it is called.
pub fn name(access: Access) -> &'static str {
    match access {
        Access::Drive => "Google Drive",
        Access::Calendar => "Google Calendar",
    }
}

/// What we see, and where it ends.
pub fn sees(access: Access) -> &'static str {
    match access {
        Access::Drive => "Names, kinds, owners and dates of your files in Google Drive. Not what is in them.",
        Access::Calendar => "The events of your calendars at Google. We look at your main calendar only.",
    }
}

/// What is read, for the page that asks for it.
pub fn read(access: Access) -> &'static [&'static str] {
    match access {
        Access::Drive => &[
            "Names, kinds and sizes of your files and folders",
            "Who owns them, when they were changed, and whether they are shared",
        ],
        Access::Calendar => &["The next five events of your main calendar", "Their titles, times and places"],
    }
}

/// Where the provider's question is wider than what is read: what it will say, and why. Who reads it there is not to think that we
/// hid something.
pub fn asked_more_widely(access: Access) -> Option<&'static str> {
    match access {
        Access::Drive => None,
        Access::Calendar => Some(
            "Google asks more widely: whether we may see the events of all your calendars. It has no narrower question. We look at your main calendar only.",
        ),
    }
}

/// What we do not do, although one might fear it.
pub fn not_read(access: Access) -> &'static [&'static str] {
    match access {
        Access::Drive => &[
            "Read what is in your files: no text, no pictures",
            "Change, move, share or delete anything",
            "Keep the list: Google is asked each time you look",
        ],
        Access::Calendar => &[
            "Read your other calendars",
            "Change, accept or delete anything",
            "Keep the events: Google is asked each time you look",
        ],
    }
}

/// What is given back with a way in, or with the account; nothing where there is nothing.
pub fn revoked_access(sees: &[Access]) -> Option<String> {
    let names: Vec<_> = sees.iter().map(|access| name(*access)).collect();
    (!names.is_empty()).then(|| format!("Latchkey's access to {} is given back.", names.join(" and ")))
}

/// That the provider took it out of what was granted.
pub fn withdrawn(access: Access) -> &'static str {
    match access {
        Access::Drive => "Google no longer lets us see your files.",
        Access::Calendar => "Google no longer lets us see your events.",
    }
}

/// Why we may not see any more what we once could.
pub fn lost(lost: Lost, access: Access) -> Message {
    let what = name(access);
    let (happened, advice) = match lost {
        Lost::Revoked => (
            format!("{what} does not let us in any more."),
            "You may have taken it back there, changed your password, or not looked for half a year. Reconnect it if you like.",
        ),
        Lost::Expired => (
            format!("The access to {what} ran out."),
            "Google gave us nothing to renew it with. Reconnect it, and you are asked once more.",
        ),
        Lost::Withdrawn => (
            withdrawn(access).to_owned(),
            "You or an administrator took it back. Reconnect it if you like, and Google asks you once more.",
        ),
    };
    Message { tone: Tone::Mild, happened, advice: advice.into(), step: None }
}
