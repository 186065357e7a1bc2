//! `/settings/passkey`: removes a passkey.

use leptos::prelude::*;

use super::{only_way::only_way, row::mark};
use crate::{
    codes::settings_page::SettingsPage,
    ui::{
        components::{
            card_page::Step,
            form::{PostForm, Submit, hidden},
            mark::PASSKEY,
        },
        markup::{IntoMarkup, Markup},
        pages::drawn,
        view::RemovePasskeyView,
    },
};

#[component]
pub fn RemovePasskeyPage() -> Markup {
    drawn(draw)
}

fn draw(remove: RemovePasskeyView) -> Markup {
    let RemovePasskeyView { id, name, last, form_error } = remove;
    let step = if last {
        only_way()
    } else {
        view! {
            <p class="lead">
                "You'll no longer be able to sign in with it. Delete it in your password manager, too, if it doesn't disappear there by itself. We'll confirm by email."
            </p>
            <PostForm action="/settings/passkeys/remove" form_error>
                {hidden("passkey", id)} <Submit text="Remove passkey" busy="Removing…" look="button is-grave" />
            </PostForm>
        }
        .into_markup()
    };
    view! {
        <Step
            above=SettingsPage::Security
            title="Remove a passkey"
            heading="Remove a passkey"
            failed=form_error.is_some()
        >
            <div class="row is-alone">
                {mark(PASSKEY.into())}
                <div class="row-what">
                    <p class="row-title">{name}</p>
                </div>
            </div>
            {step}
        </Step>
    }
    .into_markup()
}
