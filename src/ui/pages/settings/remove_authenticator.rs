//! `/settings/authenticator/remove`: turns two-step verification off.

use leptos::prelude::*;

use crate::{
    codes::settings_page::SettingsPage,
    ui::{
        components::{
            card_page::Step,
            form::{PostForm, Submit},
        },
        markup::{IntoMarkup, Markup},
        pages::drawn,
        view::RemoveAuthenticatorView,
    },
};

#[component]
pub fn RemoveAuthenticatorPage() -> Markup {
    drawn(draw)
}

fn draw(view: RemoveAuthenticatorView) -> Markup {
    let RemoveAuthenticatorView { required, form_error } = view;
    let step = if required {
        view! {
            <p class="lead">"This site requires two-step verification. You can replace your app, but not remove it."</p>
            <a class="button" href="/settings/authenticator">
                "Replace the app"
            </a>
        }
        .into_markup()
    } else {
        view! {
            <p class="lead">
                "Your password, or another account, is then enough to sign in. Your recovery codes stop working, and you're signed out on all other devices. We'll confirm by email."
            </p>
            <PostForm action="/settings/authenticator/remove" form_error>
                <Submit text="Turn off" busy="Turning off…" look="button is-grave" />
            </PostForm>
        }
        .into_markup()
    };
    view! {
        <Step
            above=SettingsPage::Security
            title="Turn off two-step verification"
            heading="Turn off two-step verification"
            failed=form_error.is_some()
        >
            {step}
        </Step>
    }
    .into_markup()
}
