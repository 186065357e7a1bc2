//! What a "Continue with …" link does while the provider is being opened.

use std::time::Duration;

use leptos::{ev::MouseEvent, prelude::*};

/// After this long without a new page the link is usable again: the person stopped the loading, or the
/// network did.
const GIVES_UP_AFTER: Duration = Duration::from_secs(10);

/// Stands around a link to the start of a sign-in. After a click it is busy until the browser leaves, and a
/// second click starts no second flow. Which of the link's two texts shows is a matter of the style sheet.
#[island]
pub fn ProviderLink(
    /// The link, as it works without this island.
    children: Children,
) -> impl IntoView {
    let opening = RwSignal::new(false);

    // A page that comes back from the back-forward cache is as it was left: busy. Wake it.
    Effect::new(move |_| {
        window_event_listener_untyped("pageshow", move |_| opening.set(false));
    });

    let open = move |click: MouseEvent| {
        if opening.get_untracked() {
            click.prevent_default();
        } else if opens_here(&click) {
            opening.set(true);
            set_timeout(move || opening.set(false), GIVES_UP_AFTER);
        }
    };

    view! {
        <div
            class="provider-link"
            class:is-opening=opening
            aria-busy=move || opening.get().then_some("true")
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
