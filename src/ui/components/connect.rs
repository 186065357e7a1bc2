//! The page that asks for access to an API: what will be read, what will not, and the button to the provider.

use leptos::prelude::*;

use super::{
    card_page::CardPage,
    form::{PostForm, Submit, hidden},
    frame::Place,
    mark::ProviderMark,
    notice::NoticeBox,
};
use crate::{
    codes::access::Access,
    ui::{
        links,
        markup::{IntoMarkup, Markup},
        view::{AccountView, ConnectView, Notice, ProviderButton},
        wording,
    },
};

const GOOGLE: &str = "google";

pub fn connect_page(notice: Option<Notice>, connect: ConnectView) -> Markup {
    let access = connect.access;
    let (title, heading, place) = match access {
        Access::Drive => ("Google Drive", "See your Google Drive files in Latchkey", Place::Drive),
        Access::Calendar => ("Google Calendar", "See your next events in Latchkey", Place::Dashboard),
    };
    let lost = connect.lost.filter(|_| notice.is_none()).map(|lost| {
        view! { <NoticeBox message=wording::access::lost(lost, access) alert=false /> }
    });
    let failed = notice.as_ref().is_some_and(wording::is_alarming);
    let notice = notice.map(|notice| {
        view! { <NoticeBox message=wording::notice_inside(&notice) alert=wording::is_alarming(&notice) /> }
    });
    view! {
        <CardPage title heading beside=Some(GOOGLE.into()) signed_in=Some(place) failed>
            {notice}
            {lost}
            {reading(access)}
            {step(connect)}
        </CardPage>
    }
    .into_markup()
}

fn reading(access: Access) -> Markup {
    let list = |items: &'static [&'static str], class| {
        let items: Vec<_> = items.iter().map(|item| view! { <li>{*item}</li> }).collect();
        view! {
            <ul class=class role="list">
                {items}
            </ul>
        }
    };
    view! {
        <div class="reading">
            <h2 class="reading-title">"What Latchkey reads"</h2>
            {list(wording::access::read(access), "reading-list is-read")}
            <h2 class="reading-title">"What Latchkey doesn't do"</h2>
            {list(wording::access::not_read(access), "reading-list")}
            {wording::access::wider_consent(access)
                .map(|text| view! { <p class="fine-print">{text}</p> })}
        </div>
    }
    .into_markup()
}

fn step(connect: ConnectView) -> Markup {
    let ConnectView { access, accounts, provider, lost, return_to } = connect;
    let Some(provider) = provider else { return not_available() };
    if accounts.is_empty() {
        return link_first(&provider, access);
    }
    let away = (!provider.available).then(|| {
        view! { <p class="fine-print">"Google isn't responding right now. You can still try."</p> }
    });
    let verb = if lost.is_some() { "Reconnect" } else { "Connect" };
    let several = accounts.len() > 1;
    let row = if several { one_of } else { alone };
    let rows: Vec<_> = accounts.into_iter().map(|account| row(account, access, verb, return_to.clone())).collect();
    view! {
        <div class="connect">
            {several.then(|| view! { <h2 class="reading-title">"Choose an account"</h2> })}
            {rows}
            {away}
        </div>
        <p class="fine-print">
            "Google will ask for your permission. You can disconnect at any time. Signing out of Latchkey doesn't disconnect it."
        </p>
        <p class="turns">
            <a href=links::link(&provider.slug, Some(access.page())) rel="nofollow">
                "Use another account"
            </a>
        </p>
    }
    .into_markup()
}

fn alone(account: AccountView, access: Access, verb: &'static str, return_to: String) -> Markup {
    view! {
        {account_row(&account, access)}
        <PostForm action="/grants/connect" return_to=Some(return_to)>
            {hidden("access", access.code().into())}
            {hidden("identity", account.identity)}
            <Submit text=button_text(verb, access) busy="Opening Google…" />
        </PostForm>
    }
    .into_markup()
}

/// One of several, each with its own button.
fn one_of(account: AccountView, access: Access, verb: &'static str, return_to: String) -> Markup {
    view! {
        <div class="connect-one">
            {account_row(&account, access)}
            <PostForm action="/grants/connect" return_to=Some(return_to)>
                {hidden("access", access.code().into())}
                {hidden("identity", account.identity)}
                <Submit text=verb busy="Opening Google…" look="button is-quiet is-small" to=Some(account.label) />
            </PostForm>
        </div>
    }
    .into_markup()
}

fn button_text(verb: &str, access: Access) -> &'static str {
    match (access, verb) {
        (Access::Drive, "Reconnect") => "Reconnect Google Drive",
        (Access::Drive, _) => "Connect Google Drive",
        (Access::Calendar, "Reconnect") => "Reconnect Google Calendar",
        (Access::Calendar, _) => "Connect Google Calendar",
    }
}

/// Google's consent page also lists what was granted before, so the page says so first.
fn account_row(account: &AccountView, access: Access) -> Markup {
    let already: Vec<_> =
        account.sees.iter().filter(|seen| **seen != access).map(|seen| wording::access::name(*seen)).collect();
    view! {
        <div class="row is-alone">
            <span class="row-mark">
                <ProviderMark slug=GOOGLE.into() />
            </span>
            <div class="row-what">
                <p class="row-title">
                    <bdi>{account.label.clone()}</bdi>
                </p>
                {(!already.is_empty())
                    .then(|| view! { <p class="row-told">{format!("Already connected: {}", already.join(", "))}</p> })}
            </div>
        </div>
    }
    .into_markup()
}

fn link_first(provider: &ProviderButton, access: Access) -> Markup {
    let label = provider.label.clone();
    view! {
        <p class="lead">"Link your " {label.clone()} " account first. You'll come back here afterwards."</p>
        <a class="button" href=links::link(&provider.slug, Some(access.page())) rel="nofollow">
            "Link your " {label} " account"
        </a>
    }
    .into_markup()
}

fn not_available() -> Markup {
    view! {
        <div class="empty">
            <h2 class="empty-title">"Not available here"</h2>
            <p>"Google isn't set up on this site, so there's nothing to connect."</p>
        </div>
        <a class="button is-quiet" href="/dashboard">
            "Back to dashboard"
        </a>
    }
    .into_markup()
}
