//! How a page with islands starts in the browser.
//!
//! Written here rather than taken from Leptos because the content security policy allows inline scripts by nonce
//! only, and because the addresses of the assets come from [`Assets`]. Both scripts are constant texts that read
//! their addresses from the elements beside them: nothing is ever pasted into a script.

use leptos::{nonce::use_nonce, prelude::*};

use super::view::Assets;

/// Preloads the glue and the WebAssembly module and wakes the islands. Belongs into the head, before the app: it
/// also tells the renderer that only islands are hydrated.
#[component]
pub fn Boot(
    /// Where the glue and the module are.
    assets: Assets,
) -> impl IntoView {
    if let Some(shared) = Owner::current_shared_context() {
        shared.set_is_hydrating(false);
    }
    view! {
        <link id="boot-glue" rel="modulepreload" href=assets.js nonce=use_nonce() crossorigin="anonymous" />
        <link
            id="boot-module"
            rel="preload"
            href=assets.wasm
            r#as="fetch"
            r#type="application/wasm"
            crossorigin="anonymous"
        />
        <script type="module" nonce=use_nonce()>
            {include_str!("boot.js")}
        </script>
    }
}

/// Reloads the page when `cargo leptos watch` has built a new one. Development only.
#[component]
pub fn LiveReload(
    /// Address of the web socket that tells of new builds.
    address: String,
) -> impl IntoView {
    view! {
        <script nonce=use_nonce() data-reload=address>
            {include_str!("reload.js")}
        </script>
    }
}
