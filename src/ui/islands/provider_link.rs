//! The pending state of a "Continue with …" link.

use leptos::{ev::MouseEvent, prelude::*};

use super::pending::Pending;

/// Wraps a link that starts a sign-in. After a click it is busy until the browser leaves, and a second click starts no
/// second flow. The style sheet chooses which of the link's two texts shows.
#[island]
pub fn ProviderLink(children: Children) -> impl IntoView {
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

/// Not in another tab or window.
fn opens_here(click: &MouseEvent) -> bool {
    click.button() == 0 && !(click.ctrl_key() || click.meta_key() || click.shift_key() || click.alt_key())
}
