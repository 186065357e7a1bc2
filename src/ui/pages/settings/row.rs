//! A row: a mark, a title, one line of facts, and an action.

use leptos::prelude::*;

use crate::ui::components::mark::ProviderMark;

/// The badge's tone and text.
pub type Badge = (&'static str, &'static str);

/// `facts` share one line, as far as there is room.
pub fn row(
    mark: AnyView,
    title: String,
    badge: Option<Badge>,
    facts: Vec<AnyView>,
    action: Option<AnyView>,
) -> AnyView {
    let badge = badge.map(|(tone, text)| view! { <span class=format!("badge {tone}")>{text}</span> });
    view! {
        <li class="row">
            {mark} <div class="row-what">
                <div class="row-head">
                    <h3 class="row-title">{title}</h3>
                    {badge}
                </div>
                {line(facts)}
            </div> {action}
        </li>
    }
    .into_any()
}

/// Facts with dots between them.
pub fn line(facts: Vec<AnyView>) -> AnyView {
    let mut facts = facts.into_iter();
    let first = facts.next();
    let others: Vec<_> = facts.map(|fact| view! { <span class="dot">" "</span> <span>{fact}</span> }).collect();
    view! {
        <p class="row-told">
            <span>{first}</span>
            {others}
        </p>
    }
    .into_any()
}

/// A provider's mark, or the password's.
pub fn mark(slug: String) -> AnyView {
    view! {
        <span class="row-mark">
            <ProviderMark slug />
        </span>
    }
    .into_any()
}
