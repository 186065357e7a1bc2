//! `/admin`: the users of this server, for administrators.

use leptos::prelude::*;

pub mod user;

use super::drawn;
use crate::{
    codes::percent::with_query,
    ui::{
        components::{
            field::{EmailField, of_email},
            form::{PostForm, Submit},
            frame::{Frame, Place},
            notice::NoticeBox,
            timestamp::Day,
        },
        document::set_title,
        markup::{IntoMarkup, Markup},
        view::{AdminView, Notice, UserRowView},
        wording,
    },
};

#[component]
pub fn AdminPage() -> Markup {
    drawn(draw)
}

fn draw(view: AdminView) -> Markup {
    let AdminView { notice, search, users, next, form_error } = view;
    let failed = form_error.is_some();
    let is_empty = users.is_empty();
    let rows: Vec<_> = users.into_iter().map(row).collect();
    let next = next.map(|after| {
        view! {
            <div class="card-steps">
                <a class="button is-quiet" href=with_query("/admin", &[("after", &after)])>
                    "Older users"
                </a>
            </div>
        }
    });
    set_title(wording::title_of("Users", failed));
    view! {
        <Frame signed_in=Some(Place::Admin)>
            <div class="settings-head">
                <h1 class="title">"Users"</h1>
                {notice_box(notice)}
            </div>
            <div class="settings-sections">
                <section class="card" aria-labelledby="users-title">
                    <h2 class="card-title" id="users-title">
                        {if search.is_some() { "Found" } else { "Newest first" }}
                    </h2>
                    {search_form(search)}
                    {is_empty.then(|| view! { <p class="card-lead">"No user has this address or ID."</p> })}
                    <ul class="rows" role="list">
                        {rows}
                    </ul>
                    {next}
                </section>
                <section class="card" aria-labelledby="invite-title">
                    <h2 class="card-title" id="invite-title">
                        "Invite"
                    </h2>
                    <PostForm action="/admin/invite" form_error>
                        <EmailField
                            value=None
                            autocomplete="off"
                            invalid=of_email(form_error.map(wording::concern))
                            hint="The link in the email works for a week."
                        />
                        <Submit text="Send invitation" busy="Sending…" look="button is-quiet" />
                    </PostForm>
                </section>
            </div>
        </Frame>
    }
    .into_markup()
}

fn search_form(search: Option<String>) -> Markup {
    view! {
        <form class="form" method="get" action="/admin" role="search" aria-label="Users">
            <div class="field">
                <label class="field-label" for="search">
                    "Email address or ID"
                </label>
                <input
                    class="input"
                    id="search"
                    name="q"
                    type="search"
                    value=search
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    enterkeyhint="search"
                />
            </div>
            <button class="button is-quiet" type="submit">
                "Search"
            </button>
        </form>
    }
    .into_markup()
}

fn row(user: UserRowView) -> Markup {
    let href = with_query("/admin/user", &[("id", &user.id)]);
    let disabled = user.disabled;
    view! {
        <li class="row is-alone">
            <div class="row-what">
                <h3 class="row-title">
                    <a href=href>{who(&user)}</a>
                    " "
                    {disabled.then(|| view! { <span class="badge is-mild">"Disabled"</span> })}
                </h3>
                <p class="row-told">{user.name}</p>
                <p class="row-told">"Since " <Day unix=user.created_at /></p>
            </div>
        </li>
    }
    .into_markup()
}

/// How an administrator knows a user: by the address, else by name or id.
fn who(user: &UserRowView) -> String {
    match &user.email {
        Some((email, true)) => email.clone(),
        Some((email, false)) => format!("{email} (not verified)"),
        None => user.name.clone().unwrap_or_else(|| user.id.clone()),
    }
}

fn notice_box(notice: Option<Notice>) -> Option<Markup> {
    notice.map(|notice| {
        let message = wording::notice_inside(&notice);
        view! { <NoticeBox message alert=wording::is_alarming(&notice) /> }.into_markup()
    })
}
