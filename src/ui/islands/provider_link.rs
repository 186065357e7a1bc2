//! "Continue with …": a link that says so while the provider is being opened.

use std::time::Duration;

use leptos::{ev::MouseEvent, prelude::*};

/// After this long without a new page the link is usable again: the person stopped the loading, or the
/// network did.
const GIVES_UP_AFTER: Duration = Duration::from_secs(10);

/// A link to the start of a sign-in. After a click it is busy until the browser leaves, and a second click starts
/// no second flow.
#[island]
pub fn ProviderLink(
    /// Where the sign-in starts.
    href: String,
    /// The provider's name for people.
    label: String,
    /// Id of the element that says more about this way in; empty when there is none.
    described_by: String,
    /// The provider's mark.
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

    let described_by = (!described_by.is_empty()).then_some(described_by);
    let calling = ["Opening ", &label, "…"].concat();
    let inviting = ["Continue with ", &label].concat();
    view! {
        <a
            class="provider"
            class:is-opening=opening
            href=href
            rel="nofollow"
            aria-describedby=described_by
            aria-busy=move || opening.get().then_some("true")
            on:click=open
        >
            <span class="provider-badge">{children()}</span>
            <span class="provider-label" aria-live="polite">
                {move || if opening.get() { calling.clone() } else { inviting.clone() }}
            </span>
            <span class="provider-spinner" aria-hidden="true"></span>
        </a>
    }
}

/// Whether the click leaves this page, rather than opening another tab or window beside it.
fn opens_here(click: &MouseEvent) -> bool {
    click.button() == 0 && !(click.ctrl_key() || click.meta_key() || click.shift_key() || click.alt_key())
}
