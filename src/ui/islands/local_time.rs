//! A time in the browser's own zone and in relation to now, told by the browser's own `Intl`.

use std::time::Duration;

use leptos::{
    html::Span,
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

use super::distance::{MINUTE, Wall, distance};

/// How often "3 minutes ago" is told anew.
const TOLD_EVERY: Duration = Duration::from_secs(30);

/// Stands around a `<time>` that the server wrote in UTC. Awake, it says the same in local time and adds how far
/// it is from now.
#[island]
pub fn LocalTime(
    /// The `<time>`, with its `datetime`.
    children: Children,
) -> impl IntoView {
    let here = NodeRef::<Span>::new();
    let distance = RwSignal::new(String::new());

    Effect::new(move |_| {
        if let Some(time) = here.get().and_then(|here| here.query_selector("time").ok().flatten()) {
            let at = Date::parse(&time.get_attribute("datetime").unwrap_or_default());
            let locale = english();
            time.set_text_content(Some(&local(at, &locale)));
            let tell = move || distance.set(relative(at, &locale));
            tell();
            set_interval(tell, TOLD_EVERY);
        }
    });

    view! {
        <span class="moment" class:is-told=move || !distance.with(String::is_empty) node_ref=here>
            {children()}
            " "
            <span class="moment-distance">{distance}</span>
        </span>
    }
}

/// Tells how long ago each `<time>` within is, and rests the exact local time on it. For lists, whose parts come and go
/// without islands of their own; once, as the list is of one moment too.
pub fn tell_all(within: &Element) {
    let locale = english();
    let times = within.get_elements_by_tag_name("time");
    for time in (0..times.length()).filter_map(|place| times.item(place)) {
        let at = Date::parse(&time.get_attribute("datetime").unwrap_or_default());
        _ = time.set_attribute("title", &local(at, &locale));
        time.set_text_content(Some(&relative(at, &locale)));
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

fn local(at: f64, locale: &str) -> String {
    let options = Object::new();
    _ = Reflect::set(&options, &"dateStyle".into(), &"long".into());
    _ = Reflect::set(&options, &"timeStyle".into(), &"short".into());
    Date::new(&JsValue::from_f64(at)).to_locale_string(locale, &options).into()
}

/// In a unit and a number that a person would choose.
fn relative(at: f64, locale: &str) -> String {
    let now = Date::now();
    let Some((count, unit)) = distance(on_the_wall(at), on_the_wall(now)) else {
        return if at > now { "in a moment" } else { "just now" }.to_owned();
    };
    let options = Object::new();
    _ = Reflect::set(&options, &"numeric".into(), &"auto".into());
    RelativeTimeFormat::new(&Array::of1(&locale.into()), &options).format(count, unit).into()
}

fn on_the_wall(at: f64) -> Wall {
    let date = Date::new(&JsValue::from_f64(at));
    Wall { at, behind: date.get_timezone_offset() * MINUTE, year: f64::from(date.get_full_year()) }
}
