//! `/admin/user`: one user, for administrators. No impersonation: an administrator acts as themselves.

use leptos::prelude::*;

use super::{notice_box, who};
use crate::{
    codes::percent::with_query,
    ui::{
        components::{
            field::TextField,
            form::{PostForm, Submit, hidden},
            frame::{Frame, Place},
            older_activity::older_activity,
            timestamp::{Ago, Timestamp},
        },
        document::set_title,
        markup::{IntoMarkup, Markup},
        pages::drawn,
        view::{ActivityView, AdminUserView, UserRowView},
        wording::{self, Concern},
    },
};

#[component]
pub fn AdminUserPage() -> Markup {
    drawn(draw)
}

fn draw(view: AdminUserView) -> Markup {
    let failed = view.form_error.is_some();
    let AdminUserView { notice, user, is_self, methods, sessions, grants, activity, next, .. } = view.clone();
    let sessions: Vec<_> = sessions.into_iter().map(session).collect();
    let older = next.map(|after| with_query("/admin/user", &[("id", &user.id), ("after", &after)]));
    set_title(wording::title_of("User", failed));
    view! {
        <Frame signed_in=Some(Place::Admin)>
            <p class="way-back">
                <a href="/admin">"All users"</a>
            </p>
            <div class="settings-head">
                <h1 class="title">{who(&user)}</h1>
                {notice_box(notice)}
            </div>
            <div class="settings-sections">
                {facts(user.clone())}
                {list("methods", "Ways to sign in", methods.into_iter().map(line).collect())}
                {list("sessions", "Where they're signed in", sessions)}
                {list("grants", "Connected services", grants.into_iter().map(line).collect())}
                {if is_self { own() } else { changes(&view) }} {events(activity, older)}
            </div>
        </Frame>
    }
    .into_markup()
}

fn facts(user: UserRowView) -> Markup {
    view! {
        <section class="card" aria-labelledby="user-title">
            <h2 class="card-title" id="user-title">
                "Account"
            </h2>
            <dl class="facts">
                <div>
                    <dt>"ID"</dt>
                    <dd>{user.id}</dd>
                </div>
                <div>
                    <dt>"Name"</dt>
                    <dd>{user.name.unwrap_or_else(|| "–".to_owned())}</dd>
                </div>
                <div>
                    <dt>"Created"</dt>
                    <dd>
                        <Timestamp unix=user.created_at />
                    </dd>
                </div>
                <div>
                    <dt>"Status"</dt>
                    <dd>{if user.disabled { "Disabled" } else { "Active" }}</dd>
                </div>
            </dl>
        </section>
    }
    .into_markup()
}

fn list(anchor: &'static str, title: &'static str, rows: Vec<Markup>) -> Markup {
    let is_empty = rows.is_empty();
    view! {
        <section class="card" aria-labelledby=format!("{anchor}-title")>
            <h2 class="card-title" id=format!("{anchor}-title")>
                {title}
            </h2>
            {is_empty.then(|| view! { <p class="card-lead">"None."</p> })}
            <ul class="rows" role="list">
                {rows}
            </ul>
        </section>
    }
    .into_markup()
}

fn line(text: String) -> Markup {
    view! {
        <li class="row is-alone">
            <p class="row-title">{text}</p>
        </li>
    }
    .into_markup()
}

fn session((device, last_seen): (String, i64)) -> Markup {
    view! {
        <li class="row is-alone">
            <div class="row-what">
                <p class="row-title">{device}</p>
                <p class="row-told">"Last seen " <Ago unix=last_seen /></p>
            </div>
        </li>
    }
    .into_markup()
}

fn own() -> Markup {
    view! {
        <section class="card" aria-labelledby="changes-title">
            <h2 class="card-title" id="changes-title">
                "Changes"
            </h2>
            <p class="card-lead">"This is your own account: use " <a href="/settings">"your settings"</a> "."</p>
        </section>
    }
    .into_markup()
}

fn changes(view: &AdminUserView) -> Markup {
    let (id, invalid) = (view.user.id.clone(), view.form_error.map(wording::concern) == Some(Concern::Word));
    let (switch, text, busy) = match view.user.disabled {
        true => ("/admin/users/enable", "Enable", "Enabling…"),
        false => ("/admin/users/disable", "Disable", "Disabling…"),
    };
    let word = view.word.clone();
    let [of_switch, of_sign_out, of_delete] = [id.clone(), id.clone(), id];
    view! {
        <section class="card" aria-labelledby="changes-title">
            <h2 class="card-title" id="changes-title">
                "Changes"
            </h2>
            <p class="card-lead">"They take effect at once, and the audit trail says who made them."</p>
            <div class="card-steps">
                <PostForm action=switch class="form-of-a-button">
                    {hidden("user", of_switch)}
                    <Submit text=text busy=busy look="button is-quiet" />
                </PostForm>
                <PostForm action="/admin/users/sign-out" class="form-of-a-button">
                    {hidden("user", of_sign_out)}
                    <Submit text="Sign out everywhere" busy="Signing out…" look="button is-quiet" />
                </PostForm>
            </div>
            <PostForm action="/admin/users/delete" form_error=view.form_error>
                {hidden("user", of_delete)}
                <TextField name="word" label=format!("Type “{word}” to delete this user") required=true invalid />
                <Submit text="Delete this user" busy="Deleting…" look="button is-grave" />
            </PostForm>
        </section>
    }
    .into_markup()
}

fn events(activity: Vec<ActivityView>, older: Option<String>) -> Markup {
    let rows: Vec<_> = activity.into_iter().map(event).collect();
    view! {
        <section class="card" aria-labelledby="activity-title">
            <h2 class="card-title" id="activity-title">
                "Activity"
            </h2>
            <ol class="activity" role="list">
                {rows}
            </ol>
            {older.map(older_activity)}
        </section>
    }
    .into_markup()
}

fn event(activity: ActivityView) -> Markup {
    let ActivityView { what, alarming, provider_says, at, last_at, device, ip } = activity;
    view! {
        <li class="event" class:is-alarming=alarming>
            <p class="event-what">{what}</p>
            <p class="row-told">
                <Timestamp unix=at />
                {last_at.map(|last| view! { " – " <Timestamp unix=last /> })}
            </p>
            <p class="row-told">{device} ", " {ip}</p>
            {provider_says.map(|text| view! { <p class="row-told">{text}</p> })}
        </li>
    }
    .into_markup()
}
