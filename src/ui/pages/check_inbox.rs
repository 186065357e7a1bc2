//! `/check-inbox`: an email was sent. The page is the same whether the address has an account or not; only the email,
//! which its owner alone reads, differs.

use leptos::{nonce::use_nonce, prelude::*};

use super::drawn;
use crate::ui::{
    components::{
        card_page::CardPage,
        emailed_code::InboxLink,
        file_icon::ExternalLinkIcon,
        form::{PostForm, Submit, hidden},
    },
    links,
    markup::{IntoMarkup, Markup},
    timestamp,
    view::{CheckInboxView, EmailLinkPageView, Now},
    wording::webmail,
};

#[component]
pub fn CheckInboxPage() -> Markup {
    drawn(draw)
}

fn draw(check: CheckInboxView) -> Markup {
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
    .into_markup()
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

fn sent(check: CheckInboxView, email: String, (another, href): Way) -> Markup {
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
        {open_mail(check.inbox.clone(), &email)}
        <div class="prose is-quiet">
            <h2>"Didn't get it?"</h2>
            <ul>
                <li>"Wait a few minutes, and check your spam folder."</li>
                <li>"Wrong address? " <a href=href>{another}</a></li>
            </ul>
        </div>
        {send_again(check, email)}
        <script type="module" nonce=use_nonce()>
            {include_str!("../check_inbox.js")}
        </script>
    }
    .into_markup()
}

/// Nothing is known of an email: the page was opened by itself, or long after.
fn cold((again, href): Way) -> Markup {
    view! {
        <p class="lead">
            "This browser hasn't asked for an email in the last ten minutes. If you have one from us, open its link; an old one may have expired."
        </p>
        <a class="button is-quiet" href=href>
            {again}
        </a>
    }
    .into_markup()
}

/// A sign-up's email needs its password, which waits in the browser for ten minutes.
fn send_again(check: CheckInboxView, email: String) -> Option<Markup> {
    let wait = check.again_at.map(countdown);
    let submit = || view! { <Submit text="Send it again" busy="Sending…" look="button is-quiet" /> };
    let form = match check.message {
        EmailLinkPageView::SignUp if !check.keeps_sign_up => return None,
        EmailLinkPageView::SignUp => {
            view! { <PostForm action="/auth/password/sign-up/again">{submit()}</PostForm> }.into_markup()
        }
        EmailLinkPageView::Reset => view! {
            <PostForm action="/auth/password/forgot" return_to=check.return_to>
                {hidden("email", email)}
                {submit()}
            </PostForm>
        }
        .into_markup(),
        EmailLinkPageView::EmailChange => view! {
            <PostForm action="/settings/email" return_to=check.return_to>
                {hidden("email", email)}
                {submit()}
            </PostForm>
        }
        .into_markup(),
    };
    Some((form, wait).into_markup())
}

/// A sentence, in which the script counts down.
fn countdown(at: i64) -> Markup {
    let wait = use_context::<Now>().map_or(0, |Now(now)| at.saturating_sub(now));
    let words = match wait {
        ..=0 => "now".to_owned(),
        1..=60 => "in a minute".to_owned(),
        seconds => format!("in {} minutes", (seconds + 59) / 60),
    };
    view! {
        <p class="fine-print">
            "You can send it again " <time data-resend="" datetime=timestamp::iso(at)>{words}</time> "."
        </p>
    }
    .into_markup()
}

/// The sandbox's inbox, or the mailbox of a provider that everyone opens in the browser.
fn open_mail(inbox: Option<String>, email: &str) -> Option<Markup> {
    if let Some(inbox) = inbox {
        return Some(view! { <InboxLink href=inbox /> }.into_markup());
    }
    let (name, url) = webmail(email)?;
    Some(
        view! {
            <a class="button" href=url target="_blank" rel="noopener noreferrer">
                "Open " {name} " " <ExternalLinkIcon />
                <span class="visually-hidden">" (in a new tab)"</span>
            </a>
        }
        .into_markup(),
    )
}

fn limited() -> Markup {
    notice("We didn't send another email.", "This address has had three already. Use the latest one, or wait.")
}

fn delayed() -> Markup {
    notice(
        "Our mail server isn't responding right now.",
        "Your email may take a while to arrive. We'll keep trying to send it.",
    )
}

fn notice(happened: &'static str, advice: &'static str) -> Markup {
    view! {
        <div class="notice is-mild" role="status">
            <p class="notice-happened">{happened}</p>
            <p class="notice-advice">{advice}</p>
        </div>
    }
    .into_markup()
}
