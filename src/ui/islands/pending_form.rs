//! What a form does while its answer is under way.

use leptos::{ev::SubmitEvent, prelude::*};

use super::pending::Pending;

/// Stands around a form. Once sent it is busy until the browser leaves, and is not sent a second time: two letters, or
/// a change that was made twice, help nobody. Which of the button's two texts shows is a matter of the style sheet.
#[island]
pub fn PendingForm(
    /// The form, as it works without this island.
    children: Children,
) -> impl IntoView {
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
