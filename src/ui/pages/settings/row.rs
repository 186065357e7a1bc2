//! A row: a mark, a title, one line of facts, and an action.

use leptos::prelude::*;

use crate::ui::components::mark::ProviderMark;

/// `facts` share one line, as far as there is room.
pub fn row(mark: AnyView, title: AnyView, facts: Vec<AnyView>, action: Option<AnyView>) -> AnyView {
    view! {
        <li class="row">
            {mark} <div class="row-what">
                <h3 class="row-title">{title}</h3>
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
