//! Data and accounts that were deleted.

use super::{
    CHECK, NOTHING_TO_DO, Words, Writer,
    revoked_access::{by_hand, will_be_revoked},
    texts,
};
use crate::{accounts::RevokedAccess, mail::render::Action};

pub(super) fn account_deleted_at_provider(writer: &Writer<'_>, provider: &str) -> Words {
    let at = writer.at();
    let label = writer.site.label(provider);
    Words {
        subject: format!("Your account at {at} was deleted"),
        news: vec![format!(
            "You asked {label} to have your data at {at} deleted. {label} was your only way to sign in, so your account and all of its data have been deleted. This can't be undone."
        )],
        action: None,
        closing: vec![
            "If this was you, you don't need to do anything. This is our last email to you.".to_owned(),
            format!("If this wasn't you, someone else uses your {label} account: secure it first."),
        ],
    }
}

pub(super) fn data_deleted_at_provider(writer: &Writer<'_>, provider: &str) -> Words {
    let at = writer.at();
    let label = writer.site.label(provider);
    Words {
        subject: format!("{label} was removed from your account at {at}"),
        news: vec![format!(
            "You asked {label} to have your data at {at} deleted. We deleted what came from {label}, so you can no longer sign in with it. The rest of your account stays: to delete it, go to its settings."
        )],
        action: writer.page(CHECK, "Sign in", "/login"),
        closing: texts([NOTHING_TO_DO]),
    }
}

pub(super) fn account_deleted(writer: &Writer<'_>, revoked_access: &[RevokedAccess]) -> Words {
    let at = writer.at();
    Words {
        subject: format!("Your account at {at} was deleted"),
        news: std::iter::once(format!(
            "Your account at {at} and all of its data have been deleted. This can't be undone."
        ))
        .chain(revoked_access.iter().map(will_be_revoked))
        .collect(),
        action: revoked_access.iter().find_map(|revoked| {
            let (lead, link) = by_hand(writer, revoked)?;
            Some(Action { lead, button: "Review connected apps", link, valid: None })
        }),
        closing: texts([
            "If this was you, you don't need to do anything. This is our last email to you.",
            "If this wasn't you, someone else was signed in to your account. Change the passwords of your mailbox and of the providers that you used to sign in.",
        ]),
    }
}
