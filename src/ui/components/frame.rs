//! What stands around every page: a link past the header for keyboards, the wordmark, the landmarks, the footer.

use leptos::prelude::*;

use super::{form::Submit, mark::KeyMark};
use crate::ui::{islands::pending_form::PendingForm, view::Places};

/// Where a signed-in person is, among the places of the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// `/dashboard`.
    Dashboard,
    /// `/drive`.
    Drive,
    /// `/settings` and what is behind it.
    Settings,
}

/// The frame of a page.
#[component]
pub fn Frame(
    /// One narrow column in the middle of the window.
    #[prop(optional)]
    narrow: bool,
    /// Where the signed-in person is; without one, nobody is signed in and the header leads nowhere.
    #[prop(optional_no_strip)]
    signed_in: Option<Place>,
    /// The page.
    children: Children,
) -> impl IntoView {
    view! {
        <a class="skip" href="#main">
            "Skip to the content"
        </a>
        <header class="site-header" class:is-signed-in=signed_in.is_some()>
            <a class="wordmark" href="/">
                <KeyMark />
                <span class="wordmark-text">"Latchkey"</span>
            </a>
            {signed_in.map(places)}
        </header>
        <main id="main" class="site-main" class:is-narrow=narrow tabindex="-1">
            {children()}
        </main>
        <footer class="site-footer">
            <p>"Latchkey keeps your sign-in on this server. No trackers, no third-party scripts."</p>
        </footer>
    }
}

fn places(here: Place) -> AnyView {
    let place = |place: Place, href, text| {
        let current = (place == here).then_some("page");
        view! {
            <li>
                <a class="place" href=href aria-current=current>
                    {text}
                </a>
            </li>
        }
    };
    let drive = here == Place::Drive || use_context::<Places>().unwrap_or_default().drive;
    view! {
        <nav class="places" aria-label="Main">
            <ul class="places-list" role="list">
                {place(Place::Dashboard, "/dashboard", "Dashboard")}
                {drive.then(|| place(Place::Drive, "/drive", "Drive"))}
                {place(Place::Settings, "/settings", "Settings")}
            </ul>
            <PendingForm>
                <form method="post" action="/auth/logout">
                    <Submit text="Sign out" busy="Signing out…" look="place" />
                </form>
            </PendingForm>
        </nav>
    }
    .into_any()
}
