//! Who you are here: name, picture and address, and who said so.

use leptos::prelude::*;

use super::section;
use crate::ui::{
    components::{
        avatar::Avatar,
        field::TextField,
        form::{PostForm, Submit},
        timestamp::Timestamp,
    },
    view::ProfileView,
};

/// What a [`ProfileView`] says of a name that nobody but the person gave.
const YOU: &str = "you";

/// "Profile".
pub fn profile(profile: ProfileView, email: Option<&(String, bool)>) -> AnyView {
    let ProfileView { name, name_from, picture, picture_from, member_since } = profile;
    let shown = name.clone().or_else(|| email.map(|(address, _)| address.clone())).unwrap_or_default();
    let hint = name_from.map(|from| {
        if from == YOU {
            "You wrote it yourself.".into()
        } else {
            format!("From {from}. What you write instead stays.")
        }
    });
    let picture_told = match (&picture, picture_from) {
        (Some(_), Some(from)) => format!("Your picture comes from {from}."),
        (Some(_), None) => "Your picture comes from a provider.".into(),
        (None, _) => "No picture. It would come from a provider that you sign in with.".into(),
    };
    let body = view! {
        <div class="profile">
            <Avatar name=shown picture />
            <div class="profile-told">
                <p>{picture_told}</p>
                <p>"With Latchkey since " <Timestamp unix=member_since /></p>
            </div>
        </div>
        <PostForm action="/settings/profile">
            <TextField name="name" label="Name" autocomplete="name" value=name hint />
            <Submit text="Save" busy="Saving…" look="button is-quiet" />
        </PostForm>
    };
    section("profile", body.into_any())
}

/// "E-mail address".
pub fn email(email: Option<(String, bool)>) -> AnyView {
    let (what, step) = match email {
        Some((address, true)) => (told(address, "badge is-good", "Verified"), "Change the address"),
        Some((address, false)) => (told(address, "badge is-mild", "Not verified"), "Confirm or change the address"),
        None => (view! { <p class="card-lead">"You have none here yet."</p> }.into_any(), "Add an address"),
    };
    let body = view! {
        {what}
        <div class="card-steps">
            <a class="button is-quiet" href="/settings/email">
                {step}
            </a>
        </div>
    };
    section("email", body.into_any())
}

fn told(address: String, badge: &'static str, verdict: &'static str) -> AnyView {
    view! {
        <p class="address">
            <span class="address-text">{address}</span>
            " "
            <span class=badge>{verdict}</span>
        </p>
    }
    .into_any()
}
