//! `/settings/authenticator`: sets up an authenticator app, or replaces it.

use leptos::prelude::*;

use crate::{
    codes::settings_page::SettingsPage,
    ui::{
        components::{
            card_page::Step,
            field::{AppCodeField, of_code},
            form::{PostForm, Submit},
            qr_code::Enrolment,
        },
        markup::{IntoMarkup, Markup},
        pages::drawn,
        view::AuthenticatorView,
        wording,
    },
};

#[component]
pub fn AuthenticatorPage() -> Markup {
    drawn(draw)
}

fn draw(view: AuthenticatorView) -> Markup {
    let AuthenticatorView { replaces, enrolment, form_error } = view;
    let (heading, lead, then) = match replaces {
        true => (
            "Replace your authenticator app",
            "The app that you use now stops working, and so do its recovery codes.",
            "You'll be signed out on all other devices, and get new recovery codes. We'll confirm by email.",
        ),
        false => (
            "Turn on two-step verification",
            "After your password, we'll ask for a code that only your phone can make.",
            "Next, you get recovery codes for the day that you lose your phone. We'll confirm by email.",
        ),
    };
    let invalid = of_code(form_error.map(wording::concern));
    view! {
        <Step above=SettingsPage::Security title=heading heading failed=form_error.is_some()>
            <p class="lead">{lead}</p>
            <Enrolment enrolment />
            <PostForm action="/settings/authenticator" form_error>
                <AppCodeField invalid />
                <Submit text=if replaces { "Replace the app" } else { "Turn on" } busy="Checking…" />
            </PostForm>
            <p class="fine-print">{then}</p>
        </Step>
    }
    .into_markup()
}
