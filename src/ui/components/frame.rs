//! What stands around every page: a link past the header for keyboards, the wordmark, the landmarks, the footer.

use leptos::prelude::*;

use super::mark::KeyMark;

/// The frame of a page.
#[component]
pub fn Frame(
    /// One narrow column in the middle of the window.
    #[prop(optional)]
    narrow: bool,
    /// The page.
    children: Children,
) -> impl IntoView {
    view! {
        <a class="skip" href="#main">
            "Skip to the content"
        </a>
        <header class="site-header">
            <a class="wordmark" href="/">
                <KeyMark />
                "Latchkey"
            </a>
        </header>
        <main id="main" class="site-main" class:is-narrow=narrow tabindex="-1">
            {children()}
        </main>
        <footer class="site-footer">
            <p>"Latchkey keeps your sign-in on this server. No trackers, no third-party scripts."</p>
        </footer>
    }
}
