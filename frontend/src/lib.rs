//! The browser's half: the islands of `latchkey::ui`, compiled to one WebAssembly module. For other targets it is empty.

#![cfg(target_arch = "wasm32")]

// Its islands are called from the page by name; nothing here names them.
use latchkey as _;

/// Hydrates the islands of a page that the server rendered.
#[leptos::wasm_bindgen::prelude::wasm_bindgen(wasm_bindgen = leptos::wasm_bindgen)]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
