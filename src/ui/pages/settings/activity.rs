//! Recent activity, so that users can spot what was not them.

use leptos::prelude::*;

use super::section;
use crate::ui::{components::timestamp::Timestamp, view::ActivityView};

pub fn activity(activity: Vec<ActivityView>) -> AnyView {
    if activity.is_empty() {
        return section("activity", view! { <p class="card-lead">"No activity yet."</p> }.into_any());
    }
    let rows: Vec<_> = activity.into_iter().map(row).collect();
    let body = view! {
        <p class="card-lead">
            "See something that wasn't you? Sign out on all other devices and "
            <a href="/settings/password">"change your password"</a> "."
        </p>
        <ol class="activity" role="list">
            {rows}
        </ol>
    };
    section("activity", body.into_any())
}

fn row(activity: ActivityView) -> AnyView {
    let ActivityView { what, alarming, provider_says, at, device, ip } = activity;
    view! {
        <li class="event" class:is-alarming=alarming>
            <p class="event-what">
                {what} {alarming.then(|| view! { " " <span class="badge is-mild">"Worth a look"</span> })}
            </p>
            <p class="row-told">
                <Timestamp unix=at />
            </p>
            <p class="row-told">{device} ", " {ip}</p>
            {provider_says.map(|text| view! { <p class="row-told">{text}</p> })}
        </li>
    }
    .into_any()
}
