//! A row: a mark, a title, one line of facts, and an action.

use leptos::prelude::*;

use crate::ui::{
    components::mark::ProviderMark,
    markup::{IntoMarkup, Markup},
};

/// The badge's tone and text.
pub type Badge = (&'static str, &'static str);

/// `facts` share one line, as far as there is room.
pub fn row(mark: Markup, title: String, badge: Option<Badge>, facts: Vec<Markup>, action: Option<Markup>) -> Markup {
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
    .into_markup()
}

/// Facts with dots between them.
pub fn line(facts: Vec<Markup>) -> Markup {
    let mut facts = facts.into_iter();
    let first = facts.next();
    let others: Vec<_> = facts.map(|fact| view! { <span class="dot">" "</span> <span>{fact}</span> }).collect();
    view! {
        <p class="row-told">
            <span>{first}</span>
            {others}
        </p>
    }
    .into_markup()
}

/// A provider's mark, or the password's.
pub fn mark(slug: String) -> Markup {
    view! {
        <span class="row-mark">
            <ProviderMark slug />
        </span>
    }
    .into_markup()
}
