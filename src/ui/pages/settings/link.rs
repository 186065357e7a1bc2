//! `/settings/link`: a provider is to become a way in.

use leptos::prelude::*;

use crate::ui::{
    components::{card_page::Step, form::FormErrorNotice, sign_in_methods::MethodsByPost},
    pages::drawn,
    view::LinkView,
};

/// The page, drawn from the [`LinkView`] in the context.
#[component]
pub fn LinkPage() -> impl IntoView {
    drawn(draw)
}

fn draw(link: LinkView) -> AnyView {
    let LinkView { provider, return_to, form_error } = link;
    let label = provider.label.clone();
    view! {
        <Step title="Link an account" heading=format!("Link {label}") failed=form_error.is_some()>
            <FormErrorNotice form_error />
            <p class="lead">
                "Choose your account at " {label} ". From then on it opens this one, too; a letter tells you of it."
            </p>
            <MethodsByPost providers=vec![provider] action="/settings/link" return_to />
        </Step>
    }
    .into_any()
}
