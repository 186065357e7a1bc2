//! `/check-inbox`: an email was sent. The page is the same whether the address has an account or not; only the email,
//! which its owner alone reads, differs.

use leptos::prelude::*;

use super::drawn;
use crate::ui::{
    components::card_page::CardPage,
    links,
    view::{CheckInboxView, EmailLinkPageView},
};

#[component]
pub fn CheckInboxPage() -> impl IntoView {
    drawn(draw)
}

fn draw(check: CheckInboxView) -> AnyView {
    let CheckInboxView { message, email, return_to, inbox, delayed } = check;
    let to = email.map_or_else(|| "your address".into_any(), |email| view! { <strong>{email}</strong> }.into_any());
    let (purpose, lasts, again, back) = match message {
        EmailLinkPageView::SignUp => (
            "Open the link in it to finish signing up. If you already have an account, the email explains how to sign in.",
            "24 hours",
            ("Sign up again", links::sign_up(return_to.as_deref())),
            ("Back to sign in", links::login(return_to.as_deref())),
        ),
        EmailLinkPageView::Reset => (
            "Open the link in it to choose a new password. If there's no account with this address, the email says so.",
            "30 minutes",
            ("Try again", links::forgot(return_to.as_deref())),
            ("Back to sign in", links::login(return_to.as_deref())),
        ),
        EmailLinkPageView::EmailChange => (
            "Open the link in it to use this address. Until then, nothing changes. If the address belongs to another account, the email says so.",
            "24 hours",
            ("Try again", "/settings/email".to_owned()),
            ("Back to settings", "/settings".to_owned()),
        ),
    };
    let ((again, href), (back, way_back)) = (again, back);
    view! {
        <CardPage title="Check your inbox" heading="Check your inbox">
            <div class="prose">
                <p>"We've sent an email to " {to} ". " {purpose}</p>
                <p>"The link works once and expires in " {lasts} ". For the quickest way, open it in this browser."</p>
            </div>
            {delayed
                .then(|| {
                    view! {
                        <div class="notice is-mild" role="status">
                            <p class="notice-happened">"Our mail server isn't responding right now."</p>
                            <p class="notice-advice">
                                "Your email may take a while to arrive. We'll keep trying to send it."
                            </p>
                        </div>
                    }
                })}
            {inbox
                .map(|inbox| {
                    view! {
                        <a class="button" href=inbox>
                            "Open the sandbox inbox"
                        </a>
                    }
                })}
            <div class="prose is-quiet">
                <h2>"Didn't get it?"</h2>
                <ul>
                    <li>"Wait a few minutes."</li>
                    <li>"Check your spam folder."</li>
                    <li>"Make sure that the address above is correct. " <a href=href>{again}</a></li>
                </ul>
            </div>
            <p class="turns">
                <a href=way_back>{back}</a>
            </p>
        </CardPage>
    }
    .into_any()
}
