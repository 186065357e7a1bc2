//! The pending state of a form.

use leptos::{ev::SubmitEvent, prelude::*};

use super::pending::Pending;

/// Wraps a form. Once submitted it is busy until the browser leaves, and is not submitted twice. The style sheet chooses
/// which of the button's two texts shows.
#[island]
pub fn PendingForm(children: Children) -> impl IntoView {
    let pending = Pending::new();
    let send = move |submit: SubmitEvent| {
        if pending.is_on() {
            submit.prevent_default();
        } else {
            pending.begin();
        }
    };
    view! {
        <div
            class="pending"
            class:is-busy=move || pending.get()
            aria-busy=move || pending.get().then_some("true")
            on:submit=send
        >
            {children()}
        </div>
    }
}
