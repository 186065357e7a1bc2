//! `/settings` and the pages below it.

use leptos::prelude::*;
use leptos_meta::Title;

use super::drawn;
use crate::ui::{
    components::{
        frame::{Frame, Place},
        notice::NoticeBox,
    },
    view::SettingsView,
    wording,
};

pub mod change_email;
pub mod delete;
pub mod link;
pub mod set_password;
pub mod unlink;

mod access;
mod activity;
mod devices;
mod identities;
mod profile;

/// For the page's navigation: anchor and title.
const SECTIONS: [(&str, &str); 7] = [
    ("profile", "Profile"),
    ("email", "Email address"),
    ("ways", "Ways to sign in"),
    ("access", "Connected services"),
    ("devices", "Where you're signed in"),
    ("activity", "Recent activity"),
    ("data", "Your data"),
];

#[component]
pub fn SettingsPage() -> impl IntoView {
    drawn(draw)
}

fn draw(settings: SettingsView) -> AnyView {
    let failed = settings.notice.as_ref().is_some_and(wording::is_alarming);
    let notice = settings.notice.as_ref().map(|notice| {
        let message = wording::notice_inside(notice);
        view! { <NoticeBox message alert=wording::is_alarming(notice) /> }
    });
    let offers_google = settings.linkable.iter().any(|method| method.slug == "google");
    let contents: Vec<_> = SECTIONS
        .into_iter()
        .map(|(anchor, title)| {
            view! {
                <li>
                    <a href=format!("#{anchor}")>{title}</a>
                </li>
            }
        })
        .collect();
    view! {
        <Title text=wording::title_of("Settings", failed) />
        <Frame signed_in=Some(Place::Settings)>
            <div class="settings">
                <div class="settings-head">
                    <h1 class="title">"Settings"</h1>
                    {notice}
                </div>
                <nav class="settings-contents" aria-label="Settings">
                    <ul role="list">{contents}</ul>
                </nav>
                <div class="settings-sections">
                    {profile::profile(settings.profile.clone(), settings.email.as_ref())}
                    {profile::email(settings.email.clone())} {identities::methods(&settings)}
                    {access::access(settings.grants, offers_google)}
                    {devices::devices(settings.devices)} {activity::activity(settings.activity)} {data()}
                </div>
            </div>
        </Frame>
    }
    .into_any()
}

/// `anchor` is one of [`SECTIONS`].
fn section(anchor: &'static str, body: AnyView) -> AnyView {
    let title = SECTIONS.iter().find(|(known, _)| *known == anchor).map(|(_, title)| *title);
    view! {
        <section class="card" id=anchor aria-labelledby=format!("{anchor}-title")>
            <h2 class="card-title" id=format!("{anchor}-title")>
                {title}
            </h2>
            {body}
        </section>
    }
    .into_any()
}

fn data() -> AnyView {
    let body = view! {
        <p class="card-lead">"Download your data or delete your account."</p>
        <div class="card-steps">
            <a class="button is-quiet" href="/settings/data.json" download>
                "Download my data"
            </a>
            <a class="button is-quiet is-grave" href="/settings/delete">
                "Delete my account"
            </a>
        </div>
    };
    section("data", body.into_any())
}
