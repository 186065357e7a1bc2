//! The form that disconnects a grant.

use leptos::prelude::*;

use super::form::{PostForm, Submit, hidden};

/// Google keeps one grant for each person and app, and revokes all of it.
pub const ALL_AT_ONCE: &str =
    "Disconnecting removes all of Latchkey's access to this Google account: Drive and Calendar, if both are connected.";

#[component]
pub fn DisconnectForm(identity: String, account: String, #[prop(into)] return_to: String) -> impl IntoView {
    view! {
        <PostForm action="/grants/disconnect" return_to=Some(return_to)>
            {hidden("identity", identity)}
            <Submit
                text="Disconnect"
                busy="Disconnecting…"
                look="button is-quiet is-grave is-small"
                to=Some(account)
            />
        </PostForm>
    }
    .into_any()
}
