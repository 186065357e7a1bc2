//! What a "Continue with …" link does while the provider is being opened.

use leptos::{ev::MouseEvent, prelude::*};

use super::pending::Pending;

/// Stands around a link to the start of a sign-in. After a click it is busy until the browser leaves, and a
/// second click starts no second flow. Which of the link's two texts shows is a matter of the style sheet.
#[island]
pub fn ProviderLink(
    /// The link, as it works without this island.
    children: Children,
) -> impl IntoView {
    let pending = Pending::new();
    let open = move |click: MouseEvent| {
        if pending.is_on() {
            click.prevent_default();
        } else if opens_here(&click) {
            pending.begin();
        }
    };
    view! {
        <div
            class="pending"
            class:is-busy=move || pending.get()
            aria-busy=move || pending.get().then_some("true")
            on:click=open
        >
            {children()}
        </div>
    }
}

/// Whether the click leaves this page, rather than opening another tab or window beside it.
fn opens_here(click: &MouseEvent) -> bool {
    click.button() == 0 && !(click.ctrl_key() || click.meta_key() || click.shift_key() || click.alt_key())
}
