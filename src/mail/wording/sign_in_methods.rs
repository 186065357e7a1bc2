//! Providers and passkeys that were added or removed.

use super::{
    CHECK, NOTHING_TO_DO, Words, Writer,
    revoked_access::{by_hand, will_be_revoked},
    texts,
};
use crate::{
    accounts::{EmailToken, RevokedAccess},
    mail::outside,
};

pub(super) fn method_added(writer: &Writer<'_>, provider: &str, account: Option<&str>, link: &EmailToken) -> Words {
    let at = writer.at();
    let label = writer.site.label(provider);
    let account = of_account(account);
    Words {
        subject: format!("{label} was added to your account at {at}"),
        news: vec![format!("You can now sign in to your account at {at} with {label}{account}.")],
        action: writer.undo(link),
        closing: texts([NOTHING_TO_DO]),
    }
}

pub(super) fn method_removed(
    writer: &Writer<'_>,
    provider: &str,
    account: Option<&str>,
    revoked_access: &[RevokedAccess],
) -> Words {
    let at = writer.at();
    let label = writer.site.label(provider);
    let account = of_account(account);
    let mut news = vec![format!("You can no longer sign in to your account at {at} with {label}{account}.")];
    for revoked in revoked_access {
        news.push(will_be_revoked(revoked));
        news.extend(by_hand(writer, revoked).map(|(lead, page)| format!("{lead} {page}")));
    }
    Words {
        subject: format!("{label} was removed from your account at {at}"),
        news,
        action: writer.page(CHECK, "Sign in", "/login"),
        closing: texts([NOTHING_TO_DO]),
    }
}

pub(super) fn passkey_added(writer: &Writer<'_>, passkey: &str, link: &EmailToken) -> Words {
    let at = writer.at();
    Words {
        subject: format!("A passkey was added to your account at {at}"),
        news: vec![format!("You can now sign in to your account at {at} with {}.", named(passkey))],
        action: writer.undo(link),
        closing: texts([NOTHING_TO_DO]),
    }
}

pub(super) fn passkey_removed(writer: &Writer<'_>, passkey: &str) -> Words {
    let at = writer.at();
    Words {
        subject: format!("A passkey was removed from your account at {at}"),
        news: vec![format!("You can no longer sign in to your account at {at} with {}.", named(passkey))],
        action: writer.page(CHECK, "Sign in", "/login"),
        closing: texts([NOTHING_TO_DO]),
    }
}

fn of_account(account: Option<&str>) -> String {
    match account.and_then(outside::account) {
        Some(account) => format!(" ({account})"),
        None => String::new(),
    }
}

fn named(passkey: &str) -> String {
    outside::words(passkey).map_or_else(|| "a passkey".to_owned(), |name| format!("the passkey “{name}”"))
}
