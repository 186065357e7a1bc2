//! What may be someone else's doing.

use super::{NOTHING_TO_DO, Words, Writer, texts};
use crate::{accounts::EmailToken, codes::settings_page::SettingsPage};

pub(super) fn new_device(writer: &Writer<'_>, failed: u32, link: &EmailToken) -> Words {
    let at = writer.at();
    let news = format!(
        "Someone – hopefully you – signed in to your account at {at} with a browser or app that wasn't used for it before."
    );
    let before = (failed > 0).then(|| format!("Before that, within a day, {} failed.", attempts(failed)));
    Words {
        subject: format!("New sign-in to your account at {at}"),
        news: [news].into_iter().chain(before).collect(),
        action: writer.token(link, "If this wasn't you, end that session:", "This wasn't me", "seven days"),
        closing: texts([NOTHING_TO_DO]),
    }
}

pub(super) fn failed_tries(writer: &Writer<'_>, failed: u32) -> Words {
    let at = writer.at();
    Words {
        subject: format!("Failed attempts to sign in to your account at {at}"),
        news: vec![
            format!("Within a day, {} to sign in to your account at {at} failed.", attempts(failed)),
            "The password or code was wrong. We slow such attempts down, so they may go on for a while.".to_owned(),
        ],
        action: writer.page(
            "If this wasn't you, use a password here that you use nowhere else, and turn on two-step verification:",
            "Check your account",
            SettingsPage::Security.path(),
        ),
        closing: texts([NOTHING_TO_DO]),
    }
}

pub(super) fn token_reused(writer: &Writer<'_>) -> Words {
    let at = writer.at();
    Words {
        subject: format!("One of your sessions at {at} was ended"),
        news: vec![
            format!(
                "A used sign-in token from one of your sessions at {at} was presented again, which can mean it was stolen."
            ),
            "We ended that session, so the token no longer works for anyone. Your other sessions aren't affected."
                .to_owned(),
        ],
        action: writer.page(
            "To continue on that device, sign in again. To check where you're signed in:",
            "Check your sessions",
            SettingsPage::Security.path(),
        ),
        closing: texts([
            "If this wasn't you, there's nothing more to do: the stolen token no longer works. A faulty application can also cause this. If it happens often, sign out everywhere in settings, and check your devices for software that you don't recognise.",
        ]),
    }
}

pub(super) fn account_at_risk(writer: &Writer<'_>, provider: &str) -> Words {
    let at = writer.at();
    let label = writer.site.label(provider);
    Words {
        subject: format!("You were signed out of {at}"),
        news: vec![
            format!(
                "{label} reported that someone else may have used your {label} account, with which you sign in at {at}."
            ),
            format!("We signed you out everywhere at {at}. Secure your account at {label} first."),
        ],
        action: writer.page(
            "Then sign in and check your ways to sign in:",
            "Check your account",
            SettingsPage::Security.path(),
        ),
        closing: texts([
            "If this wasn't you, look for ways to sign in and connected services that you don't recognise, and remove them there.",
        ]),
    }
}

fn attempts(count: u32) -> String {
    if count == 1 { "one attempt".to_owned() } else { format!("{count} attempts") }
}
