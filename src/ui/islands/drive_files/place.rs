//! How much of the list there is and how far down the person is: kept with the entry in the browser's history. That is
//! there after a reload and on the way back, not for who comes anew, and it goes with the tab.

use leptos::{
    prelude::window,
    wasm_bindgen::JsValue,
    web_sys::js_sys::{Array, Reflect},
};

/// Keeps the place, and changes the address in the browser's bar where one is given. Where pages have to be loaded
/// again the browser must not go down by itself: it would find the end of the first one.
pub fn keep(address: Option<&str>, pages: u32) {
    let Ok(history) = window().history() else { return };
    let place = Array::of2(&pages.into(), &down().into());
    _ = history.replace_state_with_url(&place, "", address);
    let restoration = if pages > 1 { "manual" } else { "auto" };
    _ = Reflect::set(&history, &"scrollRestoration".into(), &restoration.into());
}

/// The place that was kept: pages, and pixels.
pub fn kept() -> Option<(u32, f64)> {
    let state = window().history().ok()?.state().ok().filter(JsValue::is_object)?;
    let place = Array::from(&state);
    Some((place.get(0).as_f64()? as u32, place.get(1).as_f64()?))
}

/// How far down the page is, in pixels.
pub fn down() -> f64 {
    window().scroll_y().unwrap_or_default()
}
