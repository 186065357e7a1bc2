//! `/settings/activity`: recent activity, so that users can spot what was not them; and their data.

use leptos::prelude::*;

use super::{section, settings_page};
use crate::{
    codes::settings_page::SettingsPage,
    ui::{
        components::{older_activity::older_activity, timestamp::Ago},
        markup::{IntoMarkup, Markup},
        pages::drawn,
        view::{ActivitySettingsView, ActivityView},
    },
};

#[component]
pub fn ActivityPage() -> Markup {
    drawn(|ActivitySettingsView { notice, activity: shown, older }: ActivitySettingsView| {
        settings_page(SettingsPage::Activity, notice, (activity(shown, older), data()).into_markup())
    })
}

fn activity(activity: Vec<ActivityView>, older: Option<String>) -> Markup {
    let title = "Recent activity";
    if activity.is_empty() {
        return section("activity", title, view! { <p class="card-lead">"No activity yet."</p> }.into_markup());
    }
    let rows: Vec<_> = activity.into_iter().map(row).collect();
    let body = view! {
        <p class="card-lead">
            "See something that wasn't you? " <a href=SettingsPage::Security.path()>"Sign out your other devices"</a> " and "
            <a href="/settings/password">"change your password"</a> "."
        </p>
        <ol class="activity" role="list">
            {rows}
        </ol>
        {older.map(older_activity)}
    };
    section("activity", title, body.into_markup())
}

fn row(activity: ActivityView) -> Markup {
    let ActivityView { what, alarming, provider_says, at, last_at, device, ip } = activity;
    view! {
        <li class="event" class:is-alarming=alarming>
            <p class="event-what">
                {what} {alarming.then(|| view! { " " <span class="badge is-mild">"Worth a look"</span> })}
            </p>
            <p class="row-told">
                <Ago unix=at />
                {last_at.map(|last| view! { " – " <Ago unix=last /> })}
                <span class="dot">" "</span>
                {device} ", " {ip}
            </p>
            {provider_says.map(|text| view! { <p class="row-told">{text}</p> })}
        </li>
    }
    .into_markup()
}

fn data() -> Markup {
    let body = view! {
        <p class="card-lead">"Everything that we store about you, as one file."</p>
        <div class="card-steps">
            <a class="button is-quiet" href="/settings/data.json" download>
                "Download my data"
            </a>
            <a class="button is-plain is-grave" href="/settings/delete">
                "Delete my account"
            </a>
        </div>
    };
    section("data", "Your data", body.into_markup())
}
