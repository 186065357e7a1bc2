//! A device. Always decoration beside its name.

use leptos::prelude::*;

/// A screen on a stand, in the colour of the text around it.
#[component]
pub fn DeviceIcon() -> impl IntoView {
    view! {
        <svg class="device-icon" width="20" height="20" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path
                fill="none"
                stroke="currentColor"
                stroke-width="1.75"
                stroke-linecap="round"
                stroke-linejoin="round"
                d="M4 4.5h16a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1v-10a1 1 0 0 1 1-1ZM12 16.5v3.5M8 20h8"
            />
        </svg>
    }
}
