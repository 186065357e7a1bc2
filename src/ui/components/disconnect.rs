//! The form that gives a grant back.

use leptos::prelude::*;

use super::form::{PostForm, Submit, hidden};

/// What every such form says: Google knows one grant for each person and app, and takes back all of it.
pub const ALL_AT_ONCE: &str = "Google takes everything back at once: Drive and Calendar, if both are connected.";

/// The form, for the grant of one identity.
#[component]
pub fn DisconnectForm(
    /// The identity.
    identity: String,
    /// Whose, for ears: eyes see it beside the button.
    account: String,
    /// Where the person goes afterwards: a path of ours.
    #[prop(into)]
    return_to: String,
) -> impl IntoView {
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
