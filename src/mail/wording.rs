//! The words of each letter: what happened, what to do, and what if it was not you.

use time::Duration;

use super::{
    dates, outside,
    render::{Action, EmailContent, Site, is_to_a_stranger},
};
use crate::{
    accounts::{EmailKind, EmailMessage, EmailToken, LinkKind, RevokedAccess},
    codes::access::Access,
};

/// How long the link of a letter is valid, counted from its cause; `None` when it has none with a token.
pub fn link_lifetime(matter: &EmailKind) -> Option<Duration> {
    matter.link().map(LinkKind::lifetime)
}

/// A letter in words.
pub(super) fn content(message: &EmailMessage, site: &Site) -> EmailContent {
    let name = message.name.as_deref().filter(|_| !is_to_a_stranger(&message.matter)).and_then(outside::words);
    let Words { subject, news, action, closing } = words(message, site);
    EmailContent {
        subject,
        greeting: name.map_or_else(|| "Hello,".to_owned(), |name| format!("Hello {name},")),
        news,
        action,
        cause: cause(message),
        closing,
        sender: format!("Latchkey at {}. This letter was sent by a machine; nobody reads answers to it.", site.name()),
    }
}

/// What differs from letter to letter.
struct Words {
    subject: String,
    news: Vec<String>,
    action: Option<Action>,
    closing: Vec<String>,
}

fn words(message: &EmailMessage, site: &Site) -> Words {
    let at = site.name();
    let token = |token: &EmailToken, lead: &str, button, valid_for| {
        let until =
            link_lifetime(&message.matter).map(|lifetime| message.cause.at.saturating_add(lifetime.whole_seconds()));
        let valid = until.map(|until| format!("The link works once, for {valid_for}: until {}.", dates::words(until)));
        Some(Action { lead: lead.to_owned(), button, link: site.link(token), valid })
    };
    let page =
        |lead: &str, button, path| Some(Action { lead: lead.to_owned(), button, link: site.page(path), valid: None });
    let of_account = |account: &Option<String>| match account.as_deref().and_then(outside::account) {
        Some(account) => format!(" ({account})"),
        None => String::new(),
    };
    let methods = |methods| match site.methods(methods) {
        Some(methods) => format!("You sign in with {methods}."),
        None => "You sign in as you did before.".to_owned(),
    };
    match &message.matter {
        EmailKind::ConfirmSignUp { token: link } => Words {
            subject: format!("Confirm your e-mail address for {at}"),
            news: texts(["Somebody, you we hope, is signing up at {at} with this e-mail address."], at),
            action: token(link, "To finish, confirm that the address is yours:", "Confirm and finish", "one day"),
            closing: texts(
                ["If this was not you, do nothing: without the link, no account is made. Do not pass the link on to anybody."],
                at,
            ),
        },
        EmailKind::AlreadyRegistered { methods: known } => Words {
            subject: format!("You have an account at {at} already"),
            news: vec![
                format!("Somebody, you we hope, tried to sign up at {at} with this e-mail address."),
                format!("It has an account already, and nothing was changed. {}", methods(known)),
            ],
            action: page("If this was you, sign in:", "Sign in", "/login"),
            closing: texts(["If this was not you, do nothing: nobody got in, and nobody was told that you are here."], at),
        },
        EmailKind::ResetPassword { token: link } => Words {
            subject: format!("Choose a new password for {at}"),
            news: texts(["Somebody, you we hope, forgot the password of your account at {at}."], at),
            action: token(link, "To choose a new one:", "Choose a new password", "half an hour"),
            closing: texts(
                ["If this was not you, do nothing: your password stays as it is. Do not pass the link on to anybody."],
                at,
            ),
        },
        EmailKind::NoPassword { methods: known } => Words {
            subject: format!("Your account at {at} has no password"),
            news: vec![
                format!("Somebody, you we hope, wanted a new password for your account at {at}."),
                format!("The account has none, and needs none. {}", methods(known)),
            ],
            action: page("If this was you, sign in that way. You can set a password afterwards:", "Sign in", "/login"),
            closing: vec![
                "If you cannot get in there any more, recover your account at that provider first.".to_owned(),
                "If this was not you, do nothing: nothing was changed.".to_owned(),
            ],
        },
        EmailKind::NoAccount => Words {
            subject: format!("There is no account at {at} with this address"),
            news: vec![
                format!("Somebody, you we hope, wanted a new password at {at} for this e-mail address."),
                "There is no account with it. Perhaps you signed up with another address, or with a provider.".to_owned(),
            ],
            action: page("To look at the ways in, or to sign up:", "See the ways in", "/login"),
            closing: texts(["If this was not you, do nothing: we keep nothing about this address."], at),
        },
        EmailKind::ConfirmEmailChange { token: link } => Words {
            subject: format!("Confirm your new e-mail address for {at}"),
            news: texts(["Somebody, you we hope, wants this to be the e-mail address of their account at {at}."], at),
            action: token(link, "If the account is yours, confirm the address:", "Confirm the address", "one day"),
            closing: texts(
                ["If this was not you, do nothing: without the link, nothing is changed. Do not pass the link on to anybody."],
                at,
            ),
        },
        EmailKind::EmailTaken => Words {
            subject: format!("Your e-mail address was not changed at {at}"),
            news: vec![
                format!("Somebody, you we hope, wanted this to be the e-mail address of another account at {at}."),
                "It belongs to your account here already, and nothing was changed.".to_owned(),
            ],
            action: page("If this was you, sign in with this address to find that account:", "Sign in", "/login"),
            closing: texts(["If this was not you, do nothing: nobody got in, and nobody was told that you are here."], at),
        },
        EmailKind::EmailChanged { new, undo } => Words {
            subject: format!("The e-mail address of your account at {at} was changed"),
            news: vec![format!("The e-mail address of your account at {at} is now {new}. Letters go there from now on.")],
            action: token(undo, "If this was not you, take it back:", "Take it back", "seven days"),
            closing: texts(["If this was you, there is nothing to do."], at),
        },
        EmailKind::MethodAdded { provider, account, undo } => {
            let label = site.label(provider);
            let account = of_account(account);
            Words {
                subject: format!("{label} was added to your account at {at}"),
                news: vec![format!("From now on, {label}{account} opens your account at {at}.")],
                action: token(undo, "If this was not you, take it back:", "Take it back", "seven days"),
                closing: texts(["If this was you, there is nothing to do."], at),
            }
        }
        EmailKind::MethodRemoved { provider, account, revoked_access } => {
            let label = site.label(provider);
            let account = of_account(account);
            let mut news = vec![format!("{label}{account} does not open your account at {at} any more.")];
            for ended in revoked_access {
                news.push(what_is_given_back(ended));
                news.extend(by_hand(ended, site).map(|(lead, page)| format!("{lead} {page}")));
            }
            Words {
                subject: format!("{label} was removed from your account at {at}"),
                news,
                action: page("If this was not you, sign in and look at your ways in and your devices:", "Sign in", "/login"),
                closing: texts(["If this was you, there is nothing to do."], at),
            }
        }
        EmailKind::PasswordChanged { first, undo } => {
            let (subject, news) = match first {
                true => ("A password was set for your account", "Your account at {at} has a password now."),
                false => ("The password of your account was changed", "Your account at {at} has another password now."),
            };
            Words {
                subject: format!("{subject} at {at}"),
                news: texts([news], at),
                action: token(undo, "If this was not you, take it back:", "Take it back", "seven days"),
                closing: texts(["If this was you, there is nothing to do."], at),
            }
        }
        EmailKind::TokenReused => Words {
            subject: format!("One of your sessions at {at} was ended"),
            news: texts(
                [
                    "Somebody used an old key of one of your sessions at {at}. Such a key works once; that it came again can mean that it was copied.",
                    "We ended that session, so that neither the copy nor the original opens your account any more. Your other sessions go on.",
                ],
                at,
            ),
            action: page("To go on there, sign in again. To look at where you are signed in:", "Look at your sessions", "/settings"),
            closing: texts(
                ["If this was not you, there is nothing more to do: the copy is void. An application that lost its way can cause this once; if it happens often, end all your sessions in the settings, and look at your devices for programs that you do not know."],
                at,
            ),
        },
        EmailKind::AccountDeleted { revoked_access } => Words {
            subject: format!("Your account at {at} was deleted"),
            news: std::iter::once(format!(
                "Your account at {at} was deleted, with all that belonged to it. This cannot be undone."
            ))
            .chain(revoked_access.iter().map(what_is_given_back))
            .collect(),
            action: revoked_access.iter().find_map(|ended| {
                let (lead, link) = by_hand(ended, site)?;
                Some(Action { lead, button: "See what is connected there", link, valid: None })
            }),
            closing: vec![
                "If this was you, there is nothing to do, and this was our last letter.".to_owned(),
                "If this was not you, somebody else was signed in as you: look after the passwords of your mailbox and of the providers that you used."
                    .to_owned(),
            ],
        },
    }
}

/// What we see no more at a provider.
fn what_is_given_back(ended: &RevokedAccess) -> String {
    let things: Vec<_> = ended.sees.iter().copied().map(thing).collect();
    format!("Latchkey's access to {} is given back.", things.join(" and "))
}

/// How the person can make sure of it, and where: nobody here tells them what became of it.
fn by_hand(ended: &RevokedAccess, site: &Site) -> Option<(String, String)> {
    let page = site.connections.get(&ended.provider)?;
    let label = site.label(&ended.provider);
    let lead =
        format!("We tell {label} for up to three days. In case it does not answer us, take it back there yourself:");
    Some((lead, page.clone()))
}

fn thing(access: Access) -> &'static str {
    match access {
        Access::Drive => "Google Drive",
        Access::Calendar => "Google Calendar",
    }
}

fn texts<const N: usize>(texts: [&str; N], at: &str) -> Vec<String> {
    texts.into_iter().map(|text| text.replace("{at}", at)).collect()
}

fn cause(message: &EmailMessage) -> String {
    let cause = &message.cause;
    let device = outside::device(&cause.device).unwrap_or_else(|| "an unknown browser".to_owned());
    let address = outside::network_address(&cause.ip);
    let address = address.map_or_else(|| "an unknown address".to_owned(), |address| format!("the address {address}"));
    format!("This was asked for on {}, with {device}, from {address}.", dates::words(cause.at))
}
