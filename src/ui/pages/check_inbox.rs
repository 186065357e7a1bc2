//! `/check-inbox`: an email was sent. The page is the same whether the address has an account or not; only the email,
//! which its owner alone reads, differs.

use leptos::prelude::*;

use super::drawn;
use crate::ui::{
    components::{
        card_page::CardPage,
        file_icon::ExternalLinkIcon,
        form::{PostForm, Submit, hidden},
    },
    links,
    view::{CheckInboxView, EmailLinkPageView},
    wording::webmail,
};

#[component]
pub fn CheckInboxPage() -> impl IntoView {
    drawn(draw)
}

fn draw(check: CheckInboxView) -> AnyView {
    let (request_again, back) = ways(&check);
    let body = match check.email.clone() {
        Some(email) => sent(check, email, request_again),
        None => cold(request_again),
    };
    view! {
        <CardPage title="Check your inbox" heading="Check your inbox">
            {body}
            <p class="turns">
                <a href=back.1>{back.0}</a>
            </p>
        </CardPage>
    }
    .into_any()
}

/// A text and its link.
type Way = (&'static str, String);

/// Where the email was requested, and where to go back to.
fn ways(check: &CheckInboxView) -> (Way, Way) {
    let return_to = check.return_to.as_deref();
    let sign_in = || ("Back to sign in", links::login(return_to));
    match check.message {
        EmailLinkPageView::SignUp => (("Sign up with another address", links::sign_up(return_to)), sign_in()),
        EmailLinkPageView::Reset => (("Use another address", links::forgot(return_to)), sign_in()),
        EmailLinkPageView::EmailChange => {
            (("Use another address", "/settings/email".into()), ("Back to settings", "/settings".into()))
        }
    }
}

fn sent(check: CheckInboxView, email: String, (another, href): Way) -> AnyView {
    let (purpose, lasts) = match check.message {
        EmailLinkPageView::SignUp => (
            "Open the link in it to finish signing up. If you already have an account, the email explains how to sign in.",
            "24 hours",
        ),
        EmailLinkPageView::Reset => (
            "Open the link in it to choose a new password. If there's no account with this address, the email says so.",
            "30 minutes",
        ),
        EmailLinkPageView::EmailChange => (
            "Open the link in it to use this address. Until then, nothing changes. If the address belongs to another account, the email says so.",
            "24 hours",
        ),
    };
    let what = if check.limited { "An earlier email is in the inbox of " } else { "We've sent an email to " };
    view! {
        {check.limited.then(limited)}
        <div class="prose">
            <p>{what} <strong>{email.clone()}</strong> ". " {purpose}</p>
            <p>"The link works once and expires in " {lasts} ". For the quickest way, open it in this browser."</p>
        </div>
        {check.delayed.then(delayed)}
        {open_mail(check.inbox, &email)}
        <div class="prose is-quiet">
            <h2>"Didn't get it?"</h2>
            <ul>
                <li>"Wait a few minutes, and check your spam folder."</li>
                <li>"Wrong address? " <a href=href>{another}</a></li>
            </ul>
        </div>
        {send_again(check.message, email, check.return_to)}
    }
    .into_any()
}

/// Nothing is known of an email: the page was opened by itself, or long after.
fn cold((again, href): Way) -> AnyView {
    view! {
        <p class="lead">
            "This browser hasn't asked for an email in the last ten minutes. If you have one from us, open its link; an old one may have expired."
        </p>
        <a class="button is-quiet" href=href>
            {again}
        </a>
    }
    .into_any()
}

/// A sign-up needs its password again, which no page keeps.
fn send_again(message: EmailLinkPageView, email: String, return_to: Option<String>) -> Option<AnyView> {
    let action = match message {
        EmailLinkPageView::SignUp => return None,
        EmailLinkPageView::Reset => "/auth/password/forgot",
        EmailLinkPageView::EmailChange => "/settings/email",
    };
    Some(
        view! {
            <PostForm action return_to>
                {hidden("email", email)} <Submit text="Send it again" busy="Sending…" look="button is-quiet" />
            </PostForm>
        }
        .into_any(),
    )
}

/// The sandbox's inbox, or the mailbox of a provider that everyone opens in the browser.
fn open_mail(inbox: Option<String>, email: &str) -> Option<AnyView> {
    if let Some(inbox) = inbox {
        return Some(
            view! {
                <a class="button" href=inbox>
                    "Open the sandbox inbox"
                </a>
            }
            .into_any(),
        );
    }
    let (name, url) = webmail(email)?;
    Some(
        view! {
            <a class="button" href=url target="_blank" rel="noopener noreferrer">
                "Open " {name} " " <ExternalLinkIcon />
                <span class="visually-hidden">" (in a new tab)"</span>
            </a>
        }
        .into_any(),
    )
}

fn limited() -> AnyView {
    notice(
        "We didn't send another email.",
        "This address has had three already. Use the latest one, or wait five minutes.",
    )
}

fn delayed() -> AnyView {
    notice(
        "Our mail server isn't responding right now.",
        "Your email may take a while to arrive. We'll keep trying to send it.",
    )
}

fn notice(happened: &'static str, advice: &'static str) -> AnyView {
    view! {
        <div class="notice is-mild" role="status">
            <p class="notice-happened">{happened}</p>
            <p class="notice-advice">{advice}</p>
        </div>
    }
    .into_any()
}
