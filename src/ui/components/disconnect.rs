//! The form that disconnects a grant.

use leptos::prelude::*;

use super::form::{PostForm, Submit, hidden};
use crate::ui::markup::IntoMarkup;

/// Google keeps one grant for each person and app, and revokes all of it.
pub const ALL_AT_ONCE: &str =
    "Disconnecting removes all of Latchkey's access to this Google account: Drive and Calendar, if both are connected.";

/// Asks before it disconnects: the button is in a part of the page that opens first.
#[component]
pub fn DisconnectForm(identity: String, account: String, #[prop(into)] return_to: String) -> impl IntoView {
    let named = account.clone();
    view! {
        <details class="more is-question">
            <summary class="button is-plain is-small">
                "Disconnect…" <span class="visually-hidden">" " {named}</span>
            </summary>
            <PostForm action="/grants/disconnect" return_to=Some(return_to)>
                <p class="row-told">"Latchkey can't see your files and events until you connect again."</p>
                {hidden("identity", identity)}
                <Submit text="Disconnect" busy="Disconnecting…" look="button is-grave is-small" to=Some(account) />
            </PostForm>
        </details>
    }
    .into_markup()
}
