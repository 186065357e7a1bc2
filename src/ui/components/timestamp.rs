//! A point in time on a page.

use leptos::prelude::*;

use crate::ui::{islands::local_time::LocalTime, timestamp};

/// UTC in words from the server; the browser's own time zone once the island is awake.
#[component]
pub fn Timestamp(
    /// Unix seconds.
    unix: i64,
) -> impl IntoView {
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

/// One of many, as in a list: a day from the server; how long ago once the island around the list is awake
/// ([`tell_all`](crate::ui::islands::local_time::tell_all)), with the exact time for who rests on it.
#[component]
pub fn BriefTimestamp(
    /// Unix seconds.
    unix: i64,
) -> impl IntoView {
    view! {
        <time datetime=timestamp::iso(unix) title=timestamp::words(unix)>
            {timestamp::day(unix)}
        </time>
    }
    .into_any()
}
