//! What each email says: what happened, what to do, and what to do if it wasn't you.

use time::Duration;

use super::{
    brand, dates, outside,
    render::{Action, EmailContent, Site, may_reach_a_stranger},
};
use crate::{
    accounts::{EMAIL_CODE_LIFETIME, EmailKind, EmailMessage, EmailToken, LinkKind, RevokedAccess},
    codes::{access::Access, percent::with_query, settings_page::SettingsPage},
};

/// How long the email's link or code is valid, counted from its cause; `None` for an email without one.
pub fn link_lifetime(kind: &EmailKind) -> Option<Duration> {
    match kind {
        EmailKind::Code { .. } | EmailKind::SignInCode { .. } => Some(EMAIL_CODE_LIFETIME),
        kind => kind.link().map(LinkKind::lifetime),
    }
}

pub(super) fn content(message: &EmailMessage, site: &Site) -> EmailContent {
    let name = message.name.as_deref().filter(|_| !may_reach_a_stranger(&message.kind)).and_then(outside::words);
    let Words { subject, news, action, closing } = words(message, site);
    EmailContent {
        subject,
        greeting: name.map_or_else(|| "Hello,".to_owned(), |name| format!("Hello {name},")),
        news,
        action,
        cause: cause(message),
        closing,
        sender: format!("{} at {}. This is an automated message. Please don't reply.", brand::NAME, site.name()),
    }
}

/// What differs from email to email.
struct Words {
    subject: String,
    news: Vec<String>,
    action: Option<Action>,
    closing: Vec<String>,
}

const NOTHING_TO_DO: &str = "If this was you, you don't need to do anything.";
const CHECK: &str = "If this wasn't you, sign in and check your sign-in methods and devices:";
const NOTHING_REVEALED: &str =
    "If this wasn't you, ignore this email. Nobody was signed in, and we didn't reveal that you have an account.";

fn words(message: &EmailMessage, site: &Site) -> Words {
    let at = site.name();
    let token = |token: &EmailToken, lead: &str, button, valid_for| {
        let until =
            link_lifetime(&message.kind).map(|lifetime| message.cause.at.saturating_add(lifetime.whole_seconds()));
        let valid = until.map(|until| {
            format!(
                "The link works once and expires in {valid_for} ({}).",
                dates::words(until, message.cause.zone.as_deref())
            )
        });
        Some(Action { lead: lead.to_owned(), button, link: site.link(token), valid })
    };
    let undo = |undo| token(undo, "If this wasn't you, undo this change:", "Undo this change", "seven days");
    // What was there before cannot come back: the link signs everybody out, and asks for a new password.
    let protect = |undo| token(undo, "If this wasn't you, protect your account:", "Protect my account", "seven days");
    let page =
        |lead: &str, button, path| Some(Action { lead: lead.to_owned(), button, link: site.page(path), valid: None });
    let of_account = |account: &Option<String>| match account.as_deref().and_then(outside::account) {
        Some(account) => format!(" ({account})"),
        None => String::new(),
    };
    let named = |name: &str| outside::words(name).map_or_else(String::new, |name| format!(" ({name})"));
    let methods = |methods| match site.methods(methods) {
        Some(methods) => format!("You sign in with {methods}."),
        None => "Sign in the way you did before.".to_owned(),
    };
    match &message.kind {
        EmailKind::ConfirmSignUp { token: link } => Words {
            subject: format!("Confirm your email address for {at}"),
            news: vec![format!("Someone – hopefully you – is signing up at {at} with this email address.")],
            action: token(link, "To finish, confirm that this is your address:", "Confirm email address", "24 hours"),
            closing: texts([
                "If this wasn't you, ignore this email. No account is created without the link. Don't share this link.",
            ]),
        },
        EmailKind::AlreadyRegistered { methods: known } => Words {
            subject: format!("You already have an account at {at}"),
            news: vec![
                format!("Someone – hopefully you – tried to sign up at {at} with this email address."),
                format!("You already have an account, so nothing changed. {}", methods(known)),
            ],
            action: page("If this was you, sign in:", "Sign in", "/login"),
            closing: texts([NOTHING_REVEALED]),
        },
        EmailKind::SignUpRefused => Words {
            subject: format!("You can't sign up at {at} with this email address"),
            news: vec![
                format!("Someone – hopefully you – tried to sign up at {at} with this email address."),
                "New accounts are only created for people whom the site admits, so nothing changed.".to_owned(),
            ],
            action: page("If you have an account with another address or a provider:", "Go to sign-in", "/login"),
            closing: texts([
                "To get an account, ask the site's administrator for an invitation to this address.",
                "If this wasn't you, ignore this email. We don't keep this address.",
            ]),
        },
        EmailKind::Invitation { token: link } => Words {
            subject: format!("You're invited to {at}"),
            news: vec![format!("You're invited to create an account at {at} with this email address.")],
            action: token(link, "To accept:", "Accept invitation", "seven days"),
            closing: texts([
                "If this wasn't you they meant to invite, ignore this email. No account is created without the link. Don't share this link.",
            ]),
        },
        EmailKind::ResetPassword { token: link } => Words {
            subject: format!("Choose a new password for {at}"),
            news: vec![format!("Someone – hopefully you – asked to reset the password for your account at {at}.")],
            action: token(link, "To choose a new password:", "Choose a new password", "30 minutes"),
            closing: texts([
                "If this wasn't you, ignore this email. Your password stays the same. Don't share this link.",
            ]),
        },
        EmailKind::NoPassword { methods: known } => Words {
            subject: format!("Your account at {at} has no password"),
            news: vec![
                format!("Someone – hopefully you – asked to reset the password for your account at {at}."),
                format!("Your account doesn't have a password. {}", methods(known)),
            ],
            action: page("If this was you, sign in that way. You can set a password afterwards:", "Sign in", "/login"),
            closing: texts([
                "If you can no longer sign in there, recover your account with that provider first.",
                "If this wasn't you, ignore this email. Nothing changed.",
            ]),
        },
        EmailKind::NoAccount => Words {
            subject: format!("There's no account at {at} with this email address"),
            news: vec![
                format!("Someone – hopefully you – asked to reset a password at {at} for this email address."),
                "There's no account with it. You may have signed up with another address, or with a provider."
                    .to_owned(),
            ],
            action: page("To sign in another way, or to create an account:", "Go to sign-in", "/login"),
            closing: texts(["If this wasn't you, ignore this email. We don't keep this address."]),
        },
        EmailKind::ConfirmEmailChange { token: link } => Words {
            subject: format!("Confirm your new email address for {at}"),
            news: vec![format!("Someone – hopefully you – asked to use this email address for their account at {at}.")],
            action: token(link, "If it's your account, confirm the address:", "Confirm email address", "24 hours"),
            closing: texts([
                "If this wasn't you, ignore this email. Nothing changes without the link. Don't share this link.",
            ]),
        },
        EmailKind::EmailTaken => Words {
            subject: format!("Your email address at {at} wasn't changed"),
            news: vec![
                format!("Someone – hopefully you – asked to use this email address for another account at {at}."),
                "It already belongs to your account here, so nothing changed.".to_owned(),
            ],
            action: page("If this was you, sign in with this address to find that account:", "Sign in", "/login"),
            closing: texts([NOTHING_REVEALED]),
        },
        EmailKind::EmailChanged { new, undo: link } => Words {
            subject: format!("The email address for your account at {at} was changed"),
            news: vec![format!(
                "The email address for your account at {at} is now {new}. We'll use that address from now on."
            )],
            action: undo(link),
            closing: texts([NOTHING_TO_DO]),
        },
        EmailKind::MethodAdded { provider, account, undo: link } => {
            let label = site.label(provider);
            let account = of_account(account);
            Words {
                subject: format!("{label} was added to your account at {at}"),
                news: vec![format!("You can now sign in to your account at {at} with {label}{account}.")],
                action: undo(link),
                closing: texts([NOTHING_TO_DO]),
            }
        }
        EmailKind::MethodRemoved { provider, account, revoked_access } => {
            let label = site.label(provider);
            let account = of_account(account);
            let mut news = vec![format!("You can no longer sign in to your account at {at} with {label}{account}.")];
            for revoked in revoked_access {
                news.push(will_be_revoked(revoked));
                news.extend(by_hand(revoked, site).map(|(lead, page)| format!("{lead} {page}")));
            }
            Words {
                subject: format!("{label} was removed from your account at {at}"),
                news,
                action: page(
                    "If this wasn't you, sign in and check your sign-in methods and devices:",
                    "Sign in",
                    "/login",
                ),
                closing: texts([NOTHING_TO_DO]),
            }
        }
        EmailKind::PasskeyAdded { passkey, undo: link } => Words {
            subject: format!("A passkey was added to your account at {at}"),
            news: vec![format!("You can now sign in to your account at {at} with a passkey{}.", named(passkey))],
            action: undo(link),
            closing: texts([NOTHING_TO_DO]),
        },
        EmailKind::PasskeyRemoved { passkey } => Words {
            subject: format!("A passkey was removed from your account at {at}"),
            news: vec![format!(
                "You can no longer sign in to your account at {at} with the passkey{}.",
                named(passkey)
            )],
            action: page(
                "If this wasn't you, sign in and check your sign-in methods and devices:",
                "Sign in",
                "/login",
            ),
            closing: texts([NOTHING_TO_DO]),
        },
        EmailKind::SecondFactorAdded { undo: link } => Words {
            subject: format!("Two-step verification was turned on at {at}"),
            news: vec![format!(
                "Signing in to your account at {at} now also needs a code from an authenticator app. Keep your recovery codes: they let you in if you lose your phone."
            )],
            action: undo(link),
            closing: texts([NOTHING_TO_DO]),
        },
        EmailKind::SecondFactorReplaced { undo: link } => Words {
            subject: format!("The authenticator app for your account at {at} was replaced"),
            news: vec![format!(
                "Another authenticator app now makes the codes for your account at {at}. The earlier app and its recovery codes no longer work."
            )],
            action: protect(link),
            closing: texts([NOTHING_TO_DO]),
        },
        EmailKind::SecondFactorRemoved { undo: link } => Words {
            subject: format!("Two-step verification was turned off at {at}"),
            news: vec![format!("Signing in to your account at {at} no longer needs a code from an authenticator app.")],
            action: protect(link),
            closing: texts([NOTHING_TO_DO]),
        },
        EmailKind::RecoveryCodesReplaced => Words {
            subject: format!("New recovery codes for your account at {at}"),
            news: vec![format!("Your account at {at} has new recovery codes. The earlier ones no longer work.")],
            action: page(CHECK, "Sign in", "/login"),
            closing: texts([NOTHING_TO_DO]),
        },
        EmailKind::RecoveryCodeUsed { left } => Words {
            subject: format!("A recovery code for your account at {at} was used"),
            news: vec![
                format!("Someone – hopefully you – used one of your recovery codes at {at}. It no longer works."),
                match left {
                    0 => "No codes are left. Get new ones in your settings.".to_owned(),
                    1 => "One code is left. Get new ones in your settings.".to_owned(),
                    left => format!("{left} codes are left."),
                },
            ],
            action: page(CHECK, "Sign in", "/login"),
            closing: texts([NOTHING_TO_DO]),
        },
        EmailKind::PasswordChanged { first, undo: link } => {
            let (subject, news) = match first {
                true => ("A password was set for your account", format!("Your account at {at} now has a password.")),
                false => (
                    "The password for your account was changed",
                    format!("The password for your account at {at} was changed."),
                ),
            };
            Words {
                subject: format!("{subject} at {at}"),
                news: vec![news],
                action: undo(link),
                closing: texts([NOTHING_TO_DO]),
            }
        }
        EmailKind::Code { code } => Words {
            subject: format!("Your code for {at}"),
            news: vec![
                format!("Someone – hopefully you – is changing something in your account at {at}."),
                format!("To confirm that it's you, type this code there: {}", code.grouped()),
            ],
            action: Some(Action {
                lead: "Or open this page in the same browser, and press its button:".to_owned(),
                button: "Confirm it's you",
                link: site.page(&with_query("/confirm", &[("code", code.expose())])),
                valid: Some("The code works once, and expires in ten minutes.".to_owned()),
            }),
            closing: texts([
                "If this wasn't you, someone is signed in to your account: sign out everywhere in settings. Nobody who works for us will ever ask for this code.",
            ]),
        },
        EmailKind::SignInCode { code } => Words {
            subject: format!("Your code to sign in at {at}"),
            news: vec![
                format!("Someone – hopefully you – asked for a code to sign in to your account at {at}."),
                format!("To sign in, type this code there: {}", code.grouped()),
            ],
            action: Some(Action {
                lead: "Or open this page in the same browser, and press its button:".to_owned(),
                button: "Sign in",
                link: site.page(&with_query("/login/code", &[("code", code.expose())])),
                valid: Some("The code works once, and expires in ten minutes.".to_owned()),
            }),
            closing: texts([
                "If this wasn't you, ignore this email: without the code nobody signs in. Nobody who works for us will ever ask for this code.",
            ]),
        },
        EmailKind::NoSignInCode { methods: known } => Words {
            subject: format!("You can't sign in by a code at {at}"),
            news: vec![
                format!("Someone – hopefully you – asked for a code to sign in to your account at {at}."),
                format!("We don't know for sure that this address is yours: only the service you signed up with says so. {}", methods(known)),
            ],
            action: page("If this was you, sign in that way, or choose a password there:", "Go to sign-in", "/login"),
            closing: texts(["If this wasn't you, ignore this email. Nothing changed."]),
        },
        EmailKind::NoAccountToSignIn => Words {
            subject: format!("There's no account at {at} with this email address"),
            news: vec![
                format!("Someone – hopefully you – asked for a code to sign in at {at} with this email address."),
                "There's no account with it. You may have signed up with another address, or with a provider."
                    .to_owned(),
            ],
            action: page("To sign in another way, or to create an account:", "Go to sign-in", "/login"),
            closing: texts(["If this wasn't you, ignore this email. We don't keep this address."]),
        },
        EmailKind::NewDevice { failed, not_me: link } => Words {
            subject: format!("New sign-in to your account at {at}"),
            news: std::iter::once(format!(
                "Someone – hopefully you – signed in to your account at {at} with a browser or app that wasn't used for it before."
            ))
            .chain((*failed > 0).then(|| format!("Before that, within a day, {} failed.", tries(*failed))))
            .collect(),
            action: token(link, "If this wasn't you, end that session:", "This wasn't me", "seven days"),
            closing: texts([NOTHING_TO_DO]),
        },
        EmailKind::FailedTries { failed } => Words {
            subject: format!("Failed tries to sign in to your account at {at}"),
            news: vec![
                format!("Within a day, {} to sign in to your account at {at} failed.", tries(*failed)),
                "Wrong passwords or codes were used. We slow such tries down, so this may go on for a while.".to_owned(),
            ],
            action: page(
                "If this wasn't you, use a password here that you use nowhere else, and turn on two-step verification:",
                "Check your account",
                SettingsPage::Security.path(),
            ),
            closing: texts([NOTHING_TO_DO]),
        },
        EmailKind::TokenReused => Words {
            subject: format!("One of your sessions at {at} was ended"),
            news: vec![
                format!(
                    "A used sign-in token from one of your sessions at {at} was presented again, which can mean it was stolen."
                ),
                "We ended that session, so the token no longer works for anyone. Your other sessions aren't affected."
                    .to_owned(),
            ],
            action: page(
                "To continue on that device, sign in again. To check where you're signed in:",
                "Check your sessions",
                SettingsPage::Security.path(),
            ),
            closing: texts([
                "If this wasn't you, there's nothing more to do: the stolen token no longer works. A faulty application can also cause this. If it happens often, sign out everywhere in settings, and check your devices for software that you don't recognise.",
            ]),
        },
        EmailKind::AccountAtRisk { provider } => {
            let label = site.label(provider);
            Words {
                subject: format!("You were signed out of {at}"),
                news: vec![
                    format!(
                        "{label} reported that someone else may have used your {label} account, with which you sign in at {at}."
                    ),
                    format!("We signed you out everywhere at {at}. Secure your account at {label} first."),
                ],
                action: page(
                    "Then sign in and check your ways to sign in:",
                    "Check your account",
                    SettingsPage::Security.path(),
                ),
                closing: texts([
                    "If this wasn't you, look for ways to sign in and connected services that you don't recognise, and remove them there.",
                ]),
            }
        }
        EmailKind::AccountDeleted { revoked_access } => Words {
            subject: format!("Your account at {at} was deleted"),
            news: std::iter::once(format!(
                "Your account at {at} and all of its data have been deleted. This can't be undone."
            ))
            .chain(revoked_access.iter().map(will_be_revoked))
            .collect(),
            action: revoked_access.iter().find_map(|revoked| {
                let (lead, link) = by_hand(revoked, site)?;
                Some(Action { lead, button: "Review connected apps", link, valid: None })
            }),
            closing: texts([
                "If this was you, you don't need to do anything. This is our last email to you.",
                "If this wasn't you, someone else was signed in to your account. Change the passwords of your mailbox and of the providers that you used to sign in.",
            ]),
        },
    }
}

fn tries(count: u32) -> String {
    if count == 1 { "one try".to_owned() } else { format!("{count} tries") }
}

fn will_be_revoked(revoked: &RevokedAccess) -> String {
    let services: Vec<_> = revoked.sees.iter().copied().map(service).collect();
    format!("{}'s access to {} will be revoked.", brand::NAME, services.join(" and "))
}

/// Where the person can revoke the access themselves: no later email reports how it ended.
fn by_hand(revoked: &RevokedAccess, site: &Site) -> Option<(String, String)> {
    let page = site.connections.get(&revoked.provider)?;
    let label = site.label(&revoked.provider);
    let lead =
        format!("We'll ask {label} to do that for up to three days. To be sure, check your connected apps there:");
    Some((lead, page.clone()))
}

fn service(access: Access) -> &'static str {
    match access {
        Access::Drive => "Google Drive",
        Access::Calendar => "Google Calendar",
    }
}

fn texts<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).into()
}

fn cause(message: &EmailMessage) -> String {
    let cause = &message.cause;
    if cause.device.is_empty() && cause.ip.is_empty() {
        return format!("The site's administrator caused this on {}.", dates::words(cause.at, cause.zone.as_deref()));
    }
    let device = outside::device(&cause.device).unwrap_or_else(|| "an unknown browser".to_owned());
    let ip = outside::ip(&cause.ip).unwrap_or_else(|| "unknown".to_owned());
    let what = match message.kind {
        EmailKind::NewDevice { .. } => "The sign-in was",
        EmailKind::FailedTries { .. } => "The last try was",
        _ => "This was requested",
    };
    format!("{what} on {}, from {device} (IP address: {ip}).", dates::words(cause.at, cause.zone.as_deref()))
}
