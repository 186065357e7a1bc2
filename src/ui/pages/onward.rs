//! Between a form of ours and a provider: the page that ends the redirects which `form-action` holds a form to.

use leptos::prelude::*;

use crate::ui::{
    components::{frame::Frame, mark::KeyMark},
    view::OnwardView,
};

/// The page. The document around it refreshes to the same URL at once.
#[component]
pub fn OnwardPage(
    /// The provider, and where the browser goes.
    view: OnwardView,
) -> impl IntoView {
    let OnwardView { provider, url } = view;
    view! {
        <Frame narrow=true>
            <div class="problem">
                <span class="problem-mark">
                    <KeyMark />
                </span>
                <h1 class="title">"Continue to " {provider.clone()}</h1>
                <p class="lead">"You're being taken to " {provider.clone()} "."</p>
                <a class="button" href=url rel="nofollow">
                    "Continue to " {provider}
                </a>
            </div>
        </Frame>
    }
}
