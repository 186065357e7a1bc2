//! `/settings/link`: adds a provider as a sign-in method.

use leptos::prelude::*;

use crate::codes::settings_page::SettingsPage;
use crate::ui::{
    components::{card_page::Step, form::FormErrorNotice, sign_in_methods::MethodsByPost},
    markup::{IntoMarkup, Markup},
    pages::drawn,
    view::LinkView,
};

#[component]
pub fn LinkPage() -> Markup {
    drawn(draw)
}

fn draw(link: LinkView) -> Markup {
    let LinkView { provider, return_to, form_error } = link;
    let label = provider.label.clone();
    view! {
        <Step above=SettingsPage::Security came_from=return_to.clone() title="Link an account" heading=format!("Link {label}") failed=form_error.is_some()>
            <FormErrorNotice form_error />
            <p class="lead">
                "Sign in to your " {label} " account to link it. We'll confirm by email."
            </p>
            <MethodsByPost providers=vec![provider] action="/settings/link" return_to />
        </Step>
    }
    .into_markup()
}
