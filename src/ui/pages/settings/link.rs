//! `/settings/link`: a provider is to become a way in.

use leptos::prelude::*;

use crate::ui::{
    components::{form::TroubleBox, sheet::Step, ways::WaysByPost},
    pages::drawn,
    view::LinkView,
};

/// The page, drawn from the [`LinkView`] in the context.
#[component]
pub fn LinkPage() -> impl IntoView {
    drawn(draw)
}

fn draw(link: LinkView) -> AnyView {
    let LinkView { provider, return_to, trouble } = link;
    let label = provider.label.clone();
    view! {
        <Step title="Link an account" heading=format!("Link {label}") failed=trouble.is_some()>
            <TroubleBox trouble />
            <p class="lead">
                "Choose your account at " {label} ". From then on it opens this one, too; a letter tells you of it."
            </p>
            <WaysByPost providers=vec![provider] action="/settings/link" return_to />
        </Step>
    }
    .into_any()
}
