//! Between a form and a provider: CSP's `form-action` also applies to redirects, so the form ends here.

use leptos::prelude::*;

use crate::ui::{
    components::{frame::Frame, mark::KeyMark},
    view::OnwardView,
};

/// The document around it refreshes to the same URL at once.
#[component]
pub fn OnwardPage(view: OnwardView) -> impl IntoView {
    let OnwardView { provider, url } = view;
    view! {
        <Frame narrow=true>
            <div class="error-page">
                <span class="error-page-mark">
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
