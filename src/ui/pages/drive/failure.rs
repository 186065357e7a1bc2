//! What stands in the place of the list when there is none to show: what happened, and what to do.

use leptos::prelude::*;
use leptos_meta::Title;

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
        links,
        view::{AccountView, ApiFailure, Notice},
        wording,
    },
};

/// The page of a trouble.
pub fn form_error(notice: Option<Notice>, account: AccountView, form_error: ApiFailure, again: String) -> AnyView {
    let failed = notice.as_ref().is_some_and(wording::is_alarming);
    let notice = notice.map(|notice| {
        view! { <NoticeBox telling=wording::notice_inside(&notice) alert=wording::is_alarming(&notice) /> }
    });
    let telling = wording::api_failure(form_error, Access::Drive);
    let step = step(&account, form_error, again);
    view! {
        <Title text=wording::title_of(TITLE, failed) />
        <Frame narrow=true signed_in=Some(Place::Drive)>
            {notice}
            <div class="problem">
                <span class="problem-mark">
                    <ProviderMark slug="google".into() />
                </span>
                <p class="problem-whose">
                    <span class="visually-hidden">"Google Drive of "</span>
                    <bdi>{account.label.clone()}</bdi>
                </p>
                <h1 class="title" id="told">
                    {telling.happened}
                </h1>
                <p class="lead">{telling.advice}</p>
                <div class="problem-steps">{step}</div>
            </div>
            {(!is_about_the_address(form_error))
                .then(|| {
                    view! {
                        <div class="connection is-below">
                            <div class="connection-told">{connection::stays()}</div>
                            {connection::disconnect(&account)}
                        </div>
                    }
                })}
        </Frame>
    }
    .into_any()
}

/// Then the connection has no part in it, and nobody thinks of ending it.
fn is_about_the_address(form_error: ApiFailure) -> bool {
    match form_error {
        ApiFailure::NoSuchFolder | ApiFailure::NoSuchPage => true,
        ApiFailure::Busy { .. } | ApiFailure::Away | ApiFailure::Unreadable | ApiFailure::Refused => false,
    }
}

/// What helps most, as the one button.
fn step(account: &AccountView, form_error: ApiFailure, again: String) -> AnyView {
    let link = |text: &'static str, href: String| view! { <a class="button" href=href>{text}</a> }.into_any();
    match form_error {
        ApiFailure::Busy { .. } | ApiFailure::Away => link("Try again", again),
        ApiFailure::NoSuchPage => link("To the first page", again),
        ApiFailure::NoSuchFolder => link("To the top", again),
        ApiFailure::Unreadable => connect_again(account.identity.clone(), again),
        ApiFailure::Refused => view! {
            <a class="button" href=again>
                "Try again"
            </a>
            <a class="button is-quiet" href=links::link("google", Some(Access::Drive.page())) rel="nofollow">
                "Use another account"
            </a>
        }
        .into_any(),
    }
}

fn connect_again(identity: String, again: String) -> AnyView {
    view! {
        <PostForm action="/grants/connect" return_to=Some(again)>
            {hidden("access", Access::Drive.code().into())}
            {hidden("identity", identity)}
            <Submit text="Connect Google Drive again" busy="Opening Google…" />
        </PostForm>
    }
    .into_any()
}
