//! A form was sent from a page of another account than the one that is signed in now. Nothing was done.

use leptos::prelude::*;

use crate::ui::{
    components::{frame::Frame, mark::KeyMark},
    view::WrongAccountView,
};

/// The page: whose page it was, who is signed in, and how to go on as either.
#[component]
pub fn WrongAccountPage(
    /// Both accounts.
    view: WrongAccountView,
) -> impl IntoView {
    let WrongAccountView { page_of, signed_in } = view;
    let here = view! { "You're now signed in as " <strong><bdi>{signed_in}</bdi></strong> "." };
    let told = match page_of {
        Some(owner) => view! {
            <p class="lead">"That page belongs to " <strong><bdi>{owner.clone()}</bdi></strong> ". " {here}</p>
            <p>"To make the change for " <bdi>{owner}</bdi> ", sign out and sign in to that account first."</p>
        }
        .into_any(),
        None => view! {
            <p class="lead">"That page is out of date. " {here}</p>
            <p>"Open the page again, then try once more."</p>
        }
        .into_any(),
    };
    view! {
        <Frame narrow=true>
            <div class="problem">
                <span class="problem-mark">
                    <KeyMark />
                </span>
                <h1 class="title">"Nothing was changed"</h1>
                {told}
                <a class="button" href="/settings">
                    "Go to settings"
                </a>
                <p class="turns">
                    <a href="/dashboard">"Go to the dashboard"</a>
                </p>
            </div>
        </Frame>
    }
}
