//! Why a provider's API gives nothing at the moment.

use super::{Message, Tone};
use crate::{codes::access::Access, ui::view::ApiFailure};

/// A trouble's sentence and what to do. The buttons that do it are the page's.
pub fn api_failure(form_error: ApiFailure, access: Access) -> Message {
    let what = super::access::name(access);
    let (tone, happened, advice) = match form_error {
        ApiFailure::Busy { seconds } => (
            Tone::Mild,
            "Google was asked too often and wants a pause.".to_owned(),
            format!("Nothing is lost, and it is still connected. Try again in {}.", wait(seconds)),
        ),
        ApiFailure::Away => (
            Tone::Mild,
            format!("{what} is not answering at the moment."),
            "It is still connected. Wait a minute, then try again.".into(),
        ),
        ApiFailure::Unreadable => (
            Tone::Serious,
            format!("We cannot open our own keys to {what}."),
            "This site's secret was changed since you connected it. Connect it again; Google asks you once more."
                .into(),
        ),
        ApiFailure::Refused => (
            Tone::Serious,
            format!("Google does not let us look into {what}."),
            "An administrator may have switched that off for this account. Ask them, or use another account.".into(),
        ),
        ApiFailure::NoSuchFolder => (
            Tone::Mild,
            "That folder is not there.".into(),
            "It may have been moved to the bin, or it belongs to another account. Start again from the top.".into(),
        ),
        ApiFailure::NoSuchPage => (
            Tone::Mild,
            "That page of the list is not there any more.".into(),
            "Google keeps a list for some hours only. Start again from its first page.".into(),
        ),
    };
    Message { tone, happened, advice, step: None }
}

/// What the card about the calendar leads to.
pub fn calendar_step(form_error: ApiFailure) -> (&'static str, &'static str) {
    match form_error {
        ApiFailure::Unreadable => ("Connect Google Calendar again", "/calendar"),
        ApiFailure::Busy { .. }
        | ApiFailure::Away
        | ApiFailure::Refused
        | ApiFailure::NoSuchFolder
        | ApiFailure::NoSuchPage => ("Try again", "/dashboard"),
    }
}

/// How long to wait, never less than the truth.
fn wait(seconds: u64) -> String {
    match seconds {
        0 | 1 => "a second".into(),
        2..=59 => format!("{seconds} seconds"),
        60 => "a minute".into(),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_never_told_shorter_than_it_is() {
        let told: Vec<_> = [0, 1, 2, 59, 60, 61, 120, 121].into_iter().map(wait).collect();
        assert_eq!(
            told,
            ["a second", "a second", "2 seconds", "59 seconds", "a minute", "2 minutes", "2 minutes", "3 minutes"]
        );
    }
}
