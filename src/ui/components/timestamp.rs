//! Times on a page: in the browser's time zone if the server knows it (`view::LocalZone`), and then without script. Otherwise, at
//! a browser's first page, in UTC until the page's [`LocalTimes`](crate::ui::islands::local_time::LocalTimes) hydrate.

use leptos::prelude::*;

use crate::ui::{
    markup::{IntoMarkup, Markup},
    template::{Fill, Template},
    timestamp,
    view::{LocalZone, Now},
};

/// Also relative to now.
#[component]
pub fn Timestamp(unix: i64) -> Markup {
    static TEMPLATE: Template<5> = Template::new(|[class, iso, utc, shown, distance]| {
        view! {
            <span class=class>
                <time datetime=iso title=utc>
                    {shown}
                </time>
                " "
                <span class="timestamp-distance">{distance}</span>
            </span>
        }
        .into_markup()
    });
    let utc = timestamp::words(unix);
    let local = local(unix);
    let distance = local.as_ref().and_then(|_| use_context::<Now>()).map(|Now(now)| timestamp::distance(unix, now));
    let class = if local.is_some() { "timestamp is-localised" } else { "timestamp" };
    TEMPLATE.fill([
        class.into(),
        Fill::Text(&timestamp::iso(unix)),
        Fill::Text(&utc),
        Fill::Text(local.as_deref().unwrap_or(&utc)),
        distance.as_deref().into(),
    ])
}

/// Relative to the time of the request, as "3 days ago"; the exact time is the title.
#[component]
pub fn Ago(unix: i64) -> Markup {
    let words = match use_context::<Now>() {
        Some(Now(now)) => timestamp::ago(unix, now),
        None => timestamp::day(unix),
    };
    time(unix, &exact(unix), &words)
}

/// The day alone, with the exact time as the title.
#[component]
pub fn Day(unix: i64) -> Markup {
    let offset = use_context::<LocalZone>().map_or(0, |LocalZone(offset)| offset(unix));
    time(unix, &exact(unix), &timestamp::day(unix.saturating_add(offset)))
}

/// For lists: relative, with the exact time as the title; at a browser's first page a day, until the island around the list
/// hydrates ([`localise_all`](crate::ui::islands::local_time::localise_all)).
#[component]
pub fn BriefTimestamp(unix: i64) -> Markup {
    static LOCAL: Template<3> = Template::new(|[iso, title, words]| {
        view! {
            <time datetime=iso title=title data-local="">
                {words}
            </time>
        }
        .into_markup()
    });
    match (local(unix), use_context::<Now>()) {
        (Some(local), Some(Now(now))) => {
            let (iso, words) = (timestamp::iso(unix), timestamp::ago(unix, now));
            LOCAL.fill([Fill::Text(&iso), Fill::Text(&local), Fill::Text(&words)])
        }
        _ => time(unix, &timestamp::words(unix), &timestamp::day(unix)),
    }
}

fn time(unix: i64, title: &str, words: &str) -> Markup {
    static TEMPLATE: Template<3> = Template::new(|[iso, title, words]| {
        view! {
            <time datetime=iso title=title>
                {words}
            </time>
        }
        .into_markup()
    });
    TEMPLATE.fill([Fill::Text(&timestamp::iso(unix)), title.into(), words.into()])
}

fn local(unix: i64) -> Option<String> {
    use_context::<LocalZone>().map(|LocalZone(offset)| timestamp::local_words(unix, offset(unix)))
}

fn exact(unix: i64) -> String {
    local(unix).unwrap_or_else(|| timestamp::words(unix))
}
