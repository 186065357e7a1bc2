//! `/settings/password`: sets or changes the password.

use leptos::prelude::*;

use crate::{
    codes::{form_error::FormError, settings_page::SettingsPage},
    ui::{
        components::{
            card_page::Step,
            field::{NewPasswordField, of_password},
            form::{PostForm, Submit, UserName},
        },
        markup::{IntoMarkup, Markup},
        pages::drawn,
        view::SetPasswordView,
        wording,
    },
};

#[component]
pub fn SetPasswordPage() -> Markup {
    drawn(draw)
}

fn draw(set: SetPasswordView) -> Markup {
    let SetPasswordView { email, change, form_error } = set;
    let heading = if change { "Change your password" } else { "Set a password" };
    let failed = form_error.is_some();
    let body = match email {
        Some(email) => choose(email, change, form_error),
        None => email_first(),
    };
    view! {
        <Step above=SettingsPage::Security title=heading heading failed>
            {body}
        </Step>
    }
    .into_markup()
}

fn choose(email: String, change: bool, form_error: Option<FormError>) -> Markup {
    let then = if change {
        "You'll be signed out on all other devices. We'll confirm by email."
    } else {
        "Your other ways to sign in stay the same. We'll confirm by email."
    };
    view! {
        <p class="lead">"You sign in with " <strong>{email.clone()}</strong> " and this password."</p>
        <PostForm action="/settings/password" form_error>
            <UserName value=email />
            <NewPasswordField label=if change { "New password" } else { "Password" } invalid=of_password(form_error.map(wording::concern)) />
            <Submit text="Save password" busy="Saving…" />
        </PostForm>
        <p class="fine-print">{then}</p>
    }
    .into_markup()
}

/// A password needs an email address, to sign in with and for recovery.
fn email_first() -> Markup {
    view! {
        <p class="lead">"Add and confirm an email address before you set a password."</p>
        <a class="button" href="/settings/email">
            "Add email address"
        </a>
    }
    .into_markup()
}
