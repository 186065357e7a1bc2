//! A time in the browser's own zone and in relation to now, told by the browser's own `Intl`.

use std::time::Duration;

use leptos::{
    prelude::*,
    wasm_bindgen::JsValue,
    web_sys::js_sys::{
        Array, Date,
        Intl::{DateTimeFormat, RelativeTimeFormat},
        Object, Reflect,
    },
};

/// How often "3 minutes ago" is told anew.
const TOLD_EVERY: Duration = Duration::from_secs(30);

const MINUTE: f64 = 60.0;
const HOUR: f64 = 60.0 * MINUTE;
const DAY: f64 = 24.0 * HOUR;
const YEAR: f64 = 365.25 * DAY;

/// A `<time>`. The server writes UTC; awake, it says the same in local time and adds how far it is from now.
#[island]
pub fn LocalTime(
    /// Unix seconds.
    unix: i64,
    /// The same for machines.
    iso: String,
    /// The same in words, UTC.
    utc: String,
) -> impl IntoView {
    let at = RwSignal::new(utc.clone());
    let distance = RwSignal::new(String::new());

    Effect::new(move |_| {
        let locale = english();
        at.set(local(unix, &locale));
        let tell = move || distance.set(relative(unix as f64 - Date::now() / 1000.0, &locale));
        tell();
        set_interval(tell, TOLD_EVERY);
    });

    view! {
        <time
            class="moment"
            class:is-told=move || !distance.with(String::is_empty)
            datetime=iso
            title=utc
        >
            <span class="moment-at">{at}</span>
            " "
            <span class="moment-distance">{distance}</span>
        </time>
    }
}

/// The browser's locale if it is an English one, like the rest of the page; else British, for its order and clock.
fn english() -> String {
    let options = DateTimeFormat::new(&Array::new(), &Object::new()).resolved_options();
    Reflect::get(&options, &"locale".into())
        .ok()
        .and_then(|locale| locale.as_string())
        .filter(|locale| locale.starts_with("en"))
        .unwrap_or_else(|| "en-GB".to_owned())
}

fn local(unix: i64, locale: &str) -> String {
    let options = Object::new();
    _ = Reflect::set(&options, &"dateStyle".into(), &"long".into());
    _ = Reflect::set(&options, &"timeStyle".into(), &"short".into());
    Date::new(&JsValue::from_f64(unix as f64 * 1000.0)).to_locale_string(locale, &options).into()
}

/// In the largest unit that is whole after rounding. Never in seconds: a page that counts them is restless.
fn relative(seconds: f64, locale: &str) -> String {
    let distance = seconds.abs();
    let (size, unit) = if distance < 0.5 * MINUTE {
        return if seconds > 0.0 { "in a moment" } else { "just now" }.to_owned();
    } else if distance < 59.5 * MINUTE {
        (MINUTE, "minute")
    } else if distance < 23.5 * HOUR {
        (HOUR, "hour")
    } else if distance < YEAR {
        (DAY, "day")
    } else {
        (YEAR, "year")
    };
    let options = Object::new();
    _ = Reflect::set(&options, &"numeric".into(), &"auto".into());
    RelativeTimeFormat::new(&Array::of1(&locale.into()), &options).format((seconds / size).round(), unit).into()
}
