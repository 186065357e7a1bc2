//! Times on a page: in the browser's time zone if the server knows it (`view::LocalZone`), and then without script. Otherwise, at
//! a browser's first page, in UTC until the page's [`LocalTimes`](crate::ui::islands::local_time::LocalTimes) hydrate.

use leptos::prelude::*;

use crate::ui::{
    markup::IntoMarkup,
    timestamp,
    view::{LocalZone, Now},
};

/// Also relative to now.
#[component]
pub fn Timestamp(unix: i64) -> impl IntoView {
    let utc = timestamp::words(unix);
    let (class, shown, distance) = match local(unix) {
        Some(local) => {
            let distance = use_context::<Now>().map(|Now(now)| timestamp::distance(unix, now));
            ("timestamp is-localised", local, distance)
        }
        None => ("timestamp", utc.clone(), None),
    };
    view! {
        <span class=class>
            <time datetime=timestamp::iso(unix) title=utc>
                {shown}
            </time>
            " "
            <span class="timestamp-distance">{distance}</span>
        </span>
    }
    .into_markup()
}

/// Relative to the time of the request, as "3 days ago"; the exact time is the title.
#[component]
pub fn Ago(unix: i64) -> impl IntoView {
    let words = match use_context::<Now>() {
        Some(Now(now)) => timestamp::ago(unix, now),
        None => timestamp::day(unix),
    };
    view! {
        <time datetime=timestamp::iso(unix) title=exact(unix)>
            {words}
        </time>
    }
    .into_markup()
}

/// The day alone, with the exact time as the title.
#[component]
pub fn Day(unix: i64) -> impl IntoView {
    let offset = use_context::<LocalZone>().map_or(0, |LocalZone(offset)| offset(unix));
    view! {
        <time datetime=timestamp::iso(unix) title=exact(unix)>
            {timestamp::day(unix.saturating_add(offset))}
        </time>
    }
    .into_markup()
}

/// For lists: relative, with the exact time as the title; at a browser's first page a day, until the island around the list
/// hydrates ([`localise_all`](crate::ui::islands::local_time::localise_all)).
#[component]
pub fn BriefTimestamp(unix: i64) -> impl IntoView {
    if let (Some(local), Some(Now(now))) = (local(unix), use_context::<Now>()) {
        return view! {
            <time datetime=timestamp::iso(unix) title=local data-local="">
                {timestamp::ago(unix, now)}
            </time>
        }
        .into_markup();
    }
    view! {
        <time datetime=timestamp::iso(unix) title=timestamp::words(unix)>
            {timestamp::day(unix)}
        </time>
    }
    .into_markup()
}

fn local(unix: i64) -> Option<String> {
    use_context::<LocalZone>().map(|LocalZone(offset)| timestamp::local_words(unix, offset(unix)))
}

fn exact(unix: i64) -> String {
    local(unix).unwrap_or_else(|| timestamp::words(unix))
}
