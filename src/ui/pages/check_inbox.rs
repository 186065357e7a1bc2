//! `/check-inbox`: a letter is on its way. The page says the same whether the address has an account or not; only the
//! letter, which its owner alone reads, tells the two apart.

use leptos::prelude::*;

use super::drawn;
use crate::ui::{
    components::card_page::CardPage,
    links,
    view::{CheckInboxView, EmailLinkPageView},
};

/// The page, drawn from the [`CheckInboxView`] in the context.
#[component]
pub fn CheckInboxPage() -> impl IntoView {
    drawn(draw)
}

fn draw(check: CheckInboxView) -> AnyView {
    let CheckInboxView { message, email, return_to, inbox, delayed } = check;
    let to = email.map_or_else(|| "your address".into_any(), |email| view! { <strong>{email}</strong> }.into_any());
    let (purpose, lasts, again, back) = match message {
        EmailLinkPageView::SignUp => (
            "If the address is new here, its link finishes your account. If it has an account already, the letter says how to get in.",
            "a day",
            ("Sign up again", links::sign_up(return_to.as_deref())),
            ("Back to the sign-in", links::login(return_to.as_deref())),
        ),
        EmailLinkPageView::Reset => (
            "If there is an account with this address, its link leads to a new password. If there is none, the letter says so.",
            "half an hour",
            ("Ask again", links::forgot(return_to.as_deref())),
            ("Back to the sign-in", links::login(return_to.as_deref())),
        ),
        EmailLinkPageView::EmailChange => (
            "If nobody else uses the address here, its link makes it yours. Until then your present one stays.",
            "a day",
            ("Ask again", "/settings/email".to_owned()),
            ("Back to the settings", "/settings".to_owned()),
        ),
    };
    let ((again, href), (back, way_back)) = (again, back);
    view! {
        <CardPage title="Look into your inbox" heading="Look into your inbox">
            <div class="prose">
                <p>"A letter is on its way to " {to} ". " {purpose}</p>
                <p>"The link counts once, for " {lasts} ". It is the least effort in this browser."</p>
            </div>
            {delayed
                .then(|| {
                    view! {
                        <div class="notice is-mild" role="status">
                            <p class="notice-happened">"The mail server is not answering at the moment."</p>
                            <p class="notice-advice">
                                "It may take a while. Nothing is lost: we keep your letter and go on trying."
                            </p>
                        </div>
                    }
                })}
            {inbox
                .map(|inbox| {
                    view! {
                        <a class="button" href=inbox>
                            "Open the sandbox's inbox"
                        </a>
                    }
                })}
            <div class="prose is-quiet">
                <h2>"It does not come?"</h2>
                <ul>
                    <li>"Give it a few minutes."</li>
                    <li>"Look among the spam."</li>
                    <li>"See whether the address above is right. " <a href=href>{again}</a></li>
                </ul>
            </div>
            <p class="turns">
                <a href=way_back>{back}</a>
            </p>
        </CardPage>
    }
    .into_any()
}
