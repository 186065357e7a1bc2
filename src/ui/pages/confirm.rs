//! `/confirm`: before something sensitive is changed. A browser that was left open is not the person.

use leptos::prelude::*;

use super::drawn;
use crate::ui::{
    components::{
        field::{PasswordField, of_password},
        form::{PostForm, Submit, UserName},
        frame::Place,
        notice::NoticeBox,
        sheet::{Or, Sheet},
        ways::WaysByPost,
    },
    view::{ConfirmView, Notice},
    wording,
};

/// The page, drawn from the [`ConfirmView`] in the context.
#[component]
pub fn ConfirmPage() -> impl IntoView {
    drawn(draw)
}

fn draw(confirm: ConfirmView) -> AnyView {
    let ConfirmView { who, ways, password, return_to, notice } = confirm;
    let concern = match notice {
        Some(Notice::Trouble(trouble)) => Some(wording::concern(trouble)),
        _ => None,
    };
    let failed = notice.as_ref().is_some_and(wording::is_alarming);
    let notice = notice.map(|notice| {
        let telling = wording::notice_inside(&notice);
        view! { <NoticeBox telling alert=wording::is_alarming(&notice) /> }
    });
    let both = password && !ways.is_empty();
    let on = Some(return_to);
    let name = who.clone();
    let with_password = password.then(|| {
        view! {
            <PostForm action="/auth/prove/password" return_to=on.clone()>
                <UserName value=name />
                <PasswordField troubled=of_password(concern) />
                <Submit text="Continue" busy="Checking…" />
            </PostForm>
        }
    });
    view! {
        <Sheet title="Is it still you?" heading="Is it still you?" failed signed_in=Some(Place::Settings)>
            <p class="lead">"You are signed in as " <strong>{who}</strong> ". Show it once more; it counts for ten minutes."</p>
            {notice}
            {with_password}
            {both.then(|| view! { <Or /> })}
            {(!ways.is_empty())
                .then(|| view! { <WaysByPost providers=ways action="/auth/prove/provider" return_to=on /> })}
            <p class="turns">
                <a href="/settings">"Back to the settings"</a>
            </p>
        </Sheet>
    }
    .into_any()
}
