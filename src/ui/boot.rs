//! How a page with islands starts in the browser.
//!
//! Leptos's own scripts do not fit: the content security policy requires a nonce, and the assets' URLs come from
//! [`Assets`]. Both scripts here are constants that read their URLs from the elements beside them: nothing is ever
//! interpolated into a script.

use leptos::{nonce::use_nonce, prelude::*};

use super::view::Assets;

/// Loads the glue and the WebAssembly module, and hydrates the islands. Nothing is preloaded: without JavaScript a browser
/// would load it in vain.
#[component]
pub fn Boot(assets: Assets) -> impl IntoView {
    view! {
        <script type="module" id="boot" nonce=use_nonce() data-glue=assets.js data-module=assets.wasm>
            {include_str!("boot.js")}
        </script>
    }
}

/// Reloads the page after `cargo leptos watch` has rebuilt it. Development only.
#[component]
pub fn LiveReload(url: String) -> impl IntoView {
    view! {
        <script nonce=use_nonce() data-reload=url>
            {include_str!("reload.js")}
        </script>
    }
}
