//! Times on a page.

use leptos::prelude::*;

use crate::ui::{islands::local_time::LocalTime, timestamp, view::Now};

/// UTC from the server; the browser's time zone once the island hydrates.
#[component]
pub fn Timestamp(unix: i64) -> impl IntoView {
    let utc = timestamp::words(unix);
    let title = utc.clone();
    view! {
        <LocalTime>
            <time datetime=timestamp::iso(unix) title=title>
                {utc}
            </time>
        </LocalTime>
    }
    .into_any()
}

/// Relative to the time of the request, as "3 days ago"; the exact time is the title.
#[component]
pub fn Ago(unix: i64) -> impl IntoView {
    let words = match use_context::<Now>() {
        Some(Now(now)) => timestamp::ago(unix, now),
        None => timestamp::day(unix),
    };
    view! {
        <time datetime=timestamp::iso(unix) title=timestamp::words(unix)>
            {words}
        </time>
    }
    .into_any()
}

/// For lists: a day from the server; relative time once the island around the list hydrates
/// ([`localise_all`](crate::ui::islands::local_time::localise_all)), with the exact time as the title.
#[component]
pub fn BriefTimestamp(unix: i64) -> impl IntoView {
    view! {
        <time datetime=timestamp::iso(unix) title=timestamp::words(unix)>
            {timestamp::day(unix)}
        </time>
    }
    .into_any()
}
