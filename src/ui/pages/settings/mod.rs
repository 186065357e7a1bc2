//! The four pages of the settings, and the pages below them.

use leptos::prelude::*;

use crate::{
    codes::settings_page::SettingsPage,
    ui::{
        components::{
            frame::{Frame, Place},
            notice::NoticeBox,
        },
        document::set_title,
        markup::{IntoMarkup, Markup},
        view::Notice,
        wording,
    },
};

pub mod account;
pub mod activity;
pub mod authenticator;
pub mod change_email;
pub mod connections;
pub mod delete;
pub mod link;
pub mod recovery_codes;
pub mod remove_authenticator;
pub mod remove_passkey;
pub mod security;
pub mod set_password;
pub mod unlink;

mod devices;
mod grant;
mod only_way;
mod passkeys;
mod row;
mod second_factor;
mod sign_in_methods;

/// One of the four pages: its title, the navigation between them, and its sections.
fn settings_page(here: SettingsPage, notice: Option<Notice>, sections: Markup) -> Markup {
    let title = wording::settings_page(here);
    let failed = notice.as_ref().is_some_and(wording::is_alarming);
    let notice = notice.as_ref().map(|notice| {
        let mut message = wording::notice_inside(notice);
        message.step = message.step.filter(|step| step.href != here.path()); // the person is there already
        view! { <NoticeBox message alert=wording::is_alarming(notice) /> }
    });
    set_title(wording::title_of(title, failed));
    view! {
        <Frame signed_in=Some(Place::Settings)>
            <div class="settings">
                {navigation(here)}
                <div class="settings-head">
                    <h1 class="title">{title}</h1>
                    {notice}
                </div>
                <div class="settings-sections">{sections}</div>
            </div>
        </Frame>
    }
    .into_markup()
}

fn navigation(here: SettingsPage) -> Markup {
    let link = |page: SettingsPage| {
        view! {
            <li>
                <a href=page.path() aria-current=(page == here).then_some("page")>
                    {wording::settings_page(page)}
                </a>
            </li>
        }
    };
    view! {
        <nav class="settings-pages" aria-label="Settings">
            <ul role="list">{SettingsPage::ALL.map(link)}</ul>
        </nav>
    }
    .into_markup()
}

/// `anchor` names the section in links.
fn section(anchor: &'static str, title: &'static str, body: Markup) -> Markup {
    view! {
        <section class="card" id=anchor aria-labelledby=format!("{anchor}-title")>
            <h2 class="card-title" id=format!("{anchor}-title")>
                {title}
            </h2>
            {body}
        </section>
    }
    .into_markup()
}
