//! A device. Always decoration beside its name.

use leptos::prelude::*;

use super::line_icon::line_icon;

/// A screen on a stand.
#[component]
pub fn DeviceIcon() -> impl IntoView {
    line_icon(
        "device-icon",
        "M4 4.5h16a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1v-10a1 1 0 0 1 1-1ZM12 16.5v3.5M8 20h8",
    )
}
