//! The frame of every page: skip link, wordmark, landmarks, footer.

use std::sync::OnceLock;

use leptos::prelude::*;

use super::{fixed::fixed, form::Submit, mark::KeyMark, sandbox_bar::sandbox_bar};
use crate::ui::{
    islands::{local_time::LocalTimes, pending_form::PendingForm},
    markup::{Content, IntoMarkup, Markup},
    template::Template,
    view::Places,
};

/// The current place in the header's navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Dashboard,
    Drive,
    /// `/settings` and the pages below it.
    Settings,
    /// `/admin` and the pages below it.
    Admin,
}

/// The header only has navigation with `signed_in`.
#[component]
pub fn Frame(
    #[prop(optional)] narrow: bool,
    #[prop(optional_no_strip)] signed_in: Option<Place>,
    children: Content,
) -> Markup {
    static TEMPLATE: Template<4> = Template::new(|[sandbox_bar, header, class, content]| {
        view! {
            <a class="skip" href="#main">
                "Skip to content"
            </a>
            {sandbox_bar}
            {header}
            <main id="main" class=class tabindex="-1">
                {content}
            </main>
            <footer class="site-footer">
                <p>"Latchkey keeps your account on this server. No trackers, no third-party scripts."</p>
            </footer>
        }
        .into_markup()
    });
    let class = if narrow { "site-main is-narrow" } else { "site-main" };
    TEMPLATE.fill([sandbox_bar().into(), header(signed_in).into(), class.into(), children.draw().into()])
}

/// One for visitors, and one for each current place with each choice of the optional ones.
static HEADERS: [OnceLock<String>; 1 + 4 * 4] = [const { OnceLock::new() }; 17];

fn header(signed_in: Option<Place>) -> Markup {
    let offered = use_context::<Places>().unwrap_or_default();
    let optional = 2 * usize::from(offered.drive) + usize::from(offered.admin);
    fixed(&HEADERS[signed_in.map_or(0, |here| 1 + 4 * here as usize + optional)], || {
        view! {
            <header class="site-header" class:is-signed-in=signed_in.is_some()>
                <a class="wordmark" href="/">
                    <KeyMark />
                    <span class="wordmark-text">"Latchkey"</span>
                </a>
                {signed_in.map(|here| places(here, offered))}
            </header>
        }
        .into_markup()
    })
}

fn places(here: Place, offered: Places) -> Markup {
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
    let admin = here == Place::Admin || offered.admin;
    let drive = here == Place::Drive || offered.drive;
    view! {
        <nav class="places" aria-label="Main">
            <ul class="places-list" role="list">
                {place(Place::Dashboard, "/dashboard", "Dashboard")}
                {drive.then(|| place(Place::Drive, "/drive", "Drive"))}
                {place(Place::Settings, "/settings", "Settings")}
                {admin.then(|| place(Place::Admin, "/admin", "Users"))}
            </ul>
            <PendingForm>
                <form method="post" action="/auth/logout">
                    <Submit text="Sign out" busy="Signing out…" look="place" />
                </form>
            </PendingForm>
        </nav>
        <LocalTimes />
    }
    .into_markup()
}
