//! The number of loaded pages and the scroll position, stored in the browser's history entry: it survives a reload and
//! the back button, and goes with the tab.

use leptos::{
    prelude::window,
    wasm_bindgen::JsValue,
    web_sys::js_sys::{Array, Reflect},
};

/// Stores the place, and replaces the URL if one is given. With several pages the browser must not restore the scroll
/// position itself: only the first page is there at that point.
pub fn store(url: Option<&str>, pages: u32) {
    let Ok(history) = window().history() else { return };
    let place = Array::of2(&pages.into(), &scroll_position().into());
    _ = history.replace_state_with_url(&place, "", url);
    let restoration = if pages > 1 { "manual" } else { "auto" };
    _ = Reflect::set(&history, &"scrollRestoration".into(), &restoration.into());
}

/// The stored place: pages, and pixels.
pub fn stored() -> Option<(u32, f64)> {
    let state = window().history().ok()?.state().ok().filter(JsValue::is_object)?;
    let place = Array::from(&state);
    Some((place.get(0).as_f64()? as u32, place.get(1).as_f64()?))
}

/// In pixels.
pub fn scroll_position() -> f64 {
    window().scroll_y().unwrap_or_default()
}
