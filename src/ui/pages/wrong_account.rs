//! A form came from a page of another account than the one signed in. Nothing was changed.

use leptos::prelude::*;

use crate::ui::{
    components::{frame::Frame, mark::KeyMark},
    markup::IntoMarkup,
    view::WrongAccountView,
};

#[component]
pub fn WrongAccountPage(view: WrongAccountView) -> impl IntoView {
    let WrongAccountView { page_of, signed_in } = view;
    let here = view! { "You're now signed in as " <strong><bdi>{signed_in}</bdi></strong> "." };
    let explanation = match page_of {
        Some(owner) => view! {
            <p class="lead">"That page belongs to " <strong><bdi>{owner.clone()}</bdi></strong> ". " {here}</p>
            <p>"To make the change for " <bdi>{owner}</bdi> ", sign out and sign in to that account first."</p>
        }
        .into_markup(),
        None => view! {
            <p class="lead">"That page is out of date. " {here}</p>
            <p>"Open the page again, then try once more."</p>
        }
        .into_markup(),
    };
    view! {
        <Frame narrow=true>
            <div class="error-page">
                <span class="error-page-mark">
                    <KeyMark />
                </span>
                <h1 class="title">"Nothing was changed"</h1>
                {explanation}
                <a class="button" href="/settings">
                    "Go to settings"
                </a>
                <p class="turns">
                    <a href="/dashboard">"Go to dashboard"</a>
                </p>
            </div>
        </Frame>
    }
}
