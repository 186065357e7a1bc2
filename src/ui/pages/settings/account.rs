//! `/settings`: name, picture and email address, and where they come from.

use leptos::prelude::*;

use super::{section, settings_page};
use crate::{
    codes::settings_page::SettingsPage,
    ui::{
        components::{
            avatar::Avatar,
            field::TextField,
            form::{PostForm, Submit, hidden},
            timestamp::Day,
        },
        markup::{IntoMarkup, Markup},
        pages::drawn,
        view::{AccountSettingsView, ProfileView},
    },
};

/// [`ProfileView::name_from`], if the person chose the name.
const YOU: &str = "you";

#[component]
pub fn AccountPage() -> Markup {
    drawn(|AccountSettingsView { notice, profile: shown, email: address, pending_email }: AccountSettingsView| {
        let sections = (profile(shown, address.as_ref()), email(address, pending_email)).into_markup();
        settings_page(SettingsPage::Account, notice, sections)
    })
}

fn profile(profile: ProfileView, email: Option<&(String, bool)>) -> Markup {
    let ProfileView { name, name_from, picture, picture_from, member_since } = profile;
    let shown = name.clone().or_else(|| email.map(|(email, _)| email.clone())).unwrap_or_default();
    let hint = name_from.map(|from| {
        if from == YOU { "Set by you.".into() } else { format!("From {from}. If you change it, we keep your version.") }
    });
    let picture_note = match (&picture, picture_from) {
        (Some(_), Some(from)) => format!("Your picture comes from {from}."),
        (Some(_), None) => "Your picture comes from a provider.".into(),
        (None, _) => "No picture yet. It comes from a provider that you sign in with.".into(),
    };
    let body = view! {
        <div class="profile">
            <Avatar name=shown picture />
            <div class="profile-text">
                <p>{picture_note}</p>
                <p>"Member since " <Day unix=member_since /></p>
            </div>
        </div>
        <PostForm action="/settings/profile">
            <TextField name="name" label="Name" autocomplete="name" value=name hint />
            <Submit text="Save" busy="Saving…" look="button is-quiet" />
        </PostForm>
    };
    section("profile", "Profile", body.into_markup())
}

fn email(email: Option<(String, bool)>, pending: Option<String>) -> Markup {
    let (what, step) = match email {
        Some((email, true)) => (email_line(email, "badge is-good", "Verified"), "Change email address"),
        Some((email, false)) => (email_line(email, "badge is-mild", "Not verified"), "Confirm or change email address"),
        None => (
            view! { <p class="card-lead">"You haven't added an email address."</p> }.into_markup(),
            "Add email address",
        ),
    };
    let body = view! {
        {what}
        {pending.map(waiting)}
        <div class="card-steps">
            <a class="button is-quiet" href="/settings/email">
                {step}
            </a>
        </div>
    };
    section("email", "Email address", body.into_markup())
}

/// A change that waits for its confirmation.
fn waiting(email: String) -> Markup {
    view! {
        <div class="notice is-mild">
            <p class="notice-happened">
                "Waiting for you to confirm " <bdi class="address-text">{email.clone()}</bdi>
            </p>
            <p class="notice-advice">"Open the link in our email to that address. It works for 24 hours."</p>
            <div class="card-steps">
                <PostForm action="/settings/email" class="form-of-a-button">
                    {hidden("email", email)}
                    <Submit text="Send it again" busy="Sending…" look="button is-quiet is-small" />
                </PostForm>
                <PostForm action="/settings/email/cancel" class="form-of-a-button">
                    <Submit text="Cancel the change" busy="Cancelling…" look="button is-plain is-small" />
                </PostForm>
            </div>
        </div>
    }
    .into_markup()
}

fn email_line(email: String, badge: &'static str, verdict: &'static str) -> Markup {
    view! {
        <p class="address">
            <span class="address-text">{email}</span>
            " "
            <span class=badge>{verdict}</span>
        </p>
    }
    .into_markup()
}
