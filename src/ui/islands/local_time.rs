//! A time in the browser's time zone and relative to now, formatted by the browser's `Intl`.

use std::time::Duration;

use leptos::{
    prelude::*,
    wasm_bindgen::JsValue,
    web_sys::{
        Element,
        js_sys::{
            Array, Date,
            Intl::{DateTimeFormat, RelativeTimeFormat},
            Object, Reflect,
        },
    },
};

use super::distance::{LocalClock, MINUTE, distance};

/// How often relative times are updated.
const UPDATE_INTERVAL: Duration = Duration::from_secs(30);

/// Shows each [`Timestamp`](crate::ui::components::timestamp::Timestamp) of the page that the server wrote in UTC in local time,
/// and adds the relative time. One island for all of them: each would cost more than the time that it shows.
#[island]
pub fn LocalTimes() -> impl IntoView {
    Effect::new(move |_| {
        let (locale, all) = (english(), document().get_elements_by_class_name("timestamp"));
        let all = (0..all.length()).filter_map(|place| all.item(place));
        let distances: Vec<_> = all.filter_map(|timestamp| localise(&timestamp, &locale)).collect();
        if !distances.is_empty() {
            let update = move || {
                distances.iter().for_each(|(at, distance)| distance.set_text_content(Some(&relative(*at, &locale))));
            };
            update();
            set_interval(update, UPDATE_INTERVAL);
        }
    });
}

/// The time, and where its distance is shown. `None` where the server knew the zone.
fn localise(timestamp: &Element, locale: &str) -> Option<(f64, Element)> {
    let part = |selector| timestamp.query_selector(selector).ok().flatten();
    let (time, distance) = (part("time")?, part(".timestamp-distance")?);
    if timestamp.class_name() != "timestamp" {
        return None;
    }
    let at = Date::parse(&time.get_attribute("datetime").unwrap_or_default());
    time.set_text_content(Some(&local(at, locale)));
    timestamp.set_class_name("timestamp is-localised");
    Some((at, distance))
}

/// Shows each `<time>` within as relative time, with the exact local time as its title. For lists, whose rows come and go
/// without islands of their own. Not updated afterwards.
pub fn localise_all(within: &Element) {
    let locale = english();
    let times = within.get_elements_by_tag_name("time");
    // What the server wrote in the browser's zone stays.
    let is_in_utc = |time: &Element| !time.has_attribute("data-local");
    for time in (0..times.length()).filter_map(|place| times.item(place)).filter(is_in_utc) {
        let at = Date::parse(&time.get_attribute("datetime").unwrap_or_default());
        _ = time.set_attribute("title", &local(at, &locale));
        time.set_text_content(Some(&relative(at, &locale)));
    }
}

/// The browser's locale if it is English, like the page; else British.
fn english() -> String {
    let options = DateTimeFormat::new(&Array::new(), &Object::new()).resolved_options();
    Reflect::get(&options, &"locale".into())
        .ok()
        .and_then(|locale| locale.as_string())
        .filter(|locale| locale.starts_with("en"))
        .unwrap_or_else(|| "en-GB".to_owned())
}

fn local(at: f64, locale: &str) -> String {
    let options = Object::new();
    _ = Reflect::set(&options, &"dateStyle".into(), &"long".into());
    _ = Reflect::set(&options, &"timeStyle".into(), &"short".into());
    Date::new(&JsValue::from_f64(at)).to_locale_string(locale, &options).into()
}

fn relative(at: f64, locale: &str) -> String {
    let now = Date::now();
    let Some((count, unit)) = distance(local_clock(at), local_clock(now)) else {
        return if at > now { "in a moment" } else { "just now" }.to_owned();
    };
    let options = Object::new();
    _ = Reflect::set(&options, &"numeric".into(), &"auto".into());
    RelativeTimeFormat::new(&Array::of1(&locale.into()), &options).format(count, unit).into()
}

fn local_clock(at: f64) -> LocalClock {
    let date = Date::new(&JsValue::from_f64(at));
    LocalClock { at, behind: date.get_timezone_offset() * MINUTE, year: f64::from(date.get_full_year()) }
}
