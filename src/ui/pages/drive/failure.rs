//! The page if the list cannot be loaded: what happened, and what to do.

use leptos::prelude::*;

use super::{TITLE, connection};
use crate::{
    codes::access::Access,
    ui::{
        components::{
            form::{PostForm, Submit, hidden},
            frame::{Frame, Place},
            mark::ProviderMark,
            notice::NoticeBox,
        },
        document::set_title,
        links,
        markup::{IntoMarkup, Markup},
        view::{AccountView, Notice, ProviderApiError},
        wording,
    },
};

pub fn failure_page(notice: Option<Notice>, account: AccountView, failure: ProviderApiError, again: String) -> Markup {
    let failed = notice.as_ref().is_some_and(wording::is_alarming);
    let notice = notice.map(|notice| {
        view! { <NoticeBox message=wording::notice_inside(&notice) alert=wording::is_alarming(&notice) /> }
    });
    let message = wording::provider_api_error(failure, Access::Drive);
    let step = step(&account, failure, again);
    set_title(wording::title_of(TITLE, failed));
    view! {
        <Frame narrow=true signed_in=Some(Place::Drive)>
            {notice}
            <div class="error-page">
                <span class="error-page-mark">
                    <ProviderMark slug="google".into() />
                </span>
                <p class="error-page-whose">
                    <span class="visually-hidden">"Google Drive of "</span>
                    <bdi>{account.label.clone()}</bdi>
                </p>
                <h1 class="title" id="happened">
                    {message.happened}
                </h1>
                <p class="lead">{message.advice}</p>
                <div class="error-page-steps">{step}</div>
            </div>
            {(!is_about_the_url(failure))
                .then(|| {
                    view! {
                        <div class="connection is-below">
                            <div class="connection-text">{connection::sign_out_note()}</div>
                            {connection::disconnect(&account)}
                        </div>
                    }
                })}
        </Frame>
    }
    .into_markup()
}

/// Then the connection works, and disconnecting would not help.
fn is_about_the_url(failure: ProviderApiError) -> bool {
    match failure {
        ProviderApiError::NoSuchFolder | ProviderApiError::NoSuchPage => true,
        ProviderApiError::RateLimited { .. }
        | ProviderApiError::Unavailable
        | ProviderApiError::Unreadable
        | ProviderApiError::Refused => false,
    }
}

fn step(account: &AccountView, failure: ProviderApiError, again: String) -> Markup {
    let link = |text: &'static str, href: String| view! { <a class="button" href=href>{text}</a> }.into_markup();
    match failure {
        ProviderApiError::RateLimited { .. } | ProviderApiError::Unavailable => link("Try again", again),
        ProviderApiError::NoSuchPage => link("Go to the first page", again),
        ProviderApiError::NoSuchFolder => link("Go to My Drive", again),
        ProviderApiError::Unreadable => reconnect(account.identity.clone(), again),
        ProviderApiError::Refused => view! {
            <a class="button" href=again>
                "Try again"
            </a>
            <a class="button is-quiet" href=links::link("google", Some(Access::Drive.page())) rel="nofollow">
                "Use another account"
            </a>
        }
        .into_markup(),
    }
}

fn reconnect(identity: String, again: String) -> Markup {
    view! {
        <PostForm action="/grants/connect" return_to=Some(again)>
            {hidden("access", Access::Drive.code().into())}
            {hidden("identity", identity)}
            <Submit text="Reconnect Google Drive" busy="Opening Google…" />
        </PostForm>
    }
    .into_markup()
}
