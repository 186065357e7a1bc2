//! A point in time on a page.

use leptos::prelude::*;

use crate::ui::{islands::local_time::LocalTime, moment};

/// UTC in words from the server; the browser's own time zone once the island is awake.
#[component]
pub fn Moment(
    /// Unix seconds.
    unix: i64,
) -> impl IntoView {
    view! { <LocalTime unix iso=moment::iso(unix) utc=moment::words(unix) /> }.into_any()
}
