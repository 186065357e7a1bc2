//! Why a provider's API returns nothing at present.

use super::{Message, Tone};
use crate::{codes::access::Access, ui::view::ProviderApiError};

/// The page adds the buttons.
pub fn provider_api_error(failure: ProviderApiError, access: Access) -> Message {
    let what = super::access::name(access);
    let (tone, happened, advice) = match failure {
        ProviderApiError::RateLimited { seconds } => (
            Tone::Mild,
            "Google is limiting requests right now.".to_owned(),
            format!("Your account is still connected. Try again in {}.", wait(seconds)),
        ),
        ProviderApiError::Unavailable => (
            Tone::Mild,
            format!("{what} isn't responding right now."),
            "Your account is still connected. Wait a minute, then try again.".into(),
        ),
        ProviderApiError::Unreadable => (
            Tone::Serious,
            format!("{what} needs to be reconnected."),
            "This site's secret has changed since you connected it. Reconnect, and Google will ask you again.".into(),
        ),
        ProviderApiError::Refused => (
            Tone::Serious,
            format!("Google denied access to {what}."),
            "An administrator may have turned it off for this account. Ask your administrator, or use another account."
                .into(),
        ),
        ProviderApiError::NoSuchFolder => (
            Tone::Mild,
            "We couldn't find that folder.".into(),
            "It may have been moved to the bin, or it belongs to another account. Go to My Drive and start again."
                .into(),
        ),
        ProviderApiError::NoSuchPage => (
            Tone::Mild,
            "This page of the list has expired.".into(),
            "Google keeps a list for a few hours. Start again from the first page.".into(),
        ),
    };
    Message { tone, happened, advice, step: None }
}

/// The calendar card's button.
pub fn calendar_step(failure: ProviderApiError) -> (&'static str, &'static str) {
    match failure {
        ProviderApiError::Unreadable => ("Reconnect Google Calendar", "/calendar"),
        ProviderApiError::RateLimited { .. }
        | ProviderApiError::Unavailable
        | ProviderApiError::Refused
        | ProviderApiError::NoSuchFolder
        | ProviderApiError::NoSuchPage => ("Try again", "/dashboard"),
    }
}

/// Rounded up.
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
    fn waits_are_rounded_up() {
        let waits: Vec<_> = [0, 1, 2, 59, 60, 61, 120, 121].into_iter().map(wait).collect();
        assert_eq!(
            waits,
            ["a second", "a second", "2 seconds", "59 seconds", "a minute", "2 minutes", "2 minutes", "3 minutes"]
        );
    }
}
