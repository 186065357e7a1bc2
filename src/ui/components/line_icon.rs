//! Icons of one line in the colour of the text around them. Always decoration beside a name.

use leptos::prelude::*;

use crate::ui::markup::{IntoMarkup, Markup};

/// `path` is on a grid of 24 by 24.
pub fn line_icon(class: &'static str, path: &'static str) -> Markup {
    view! {
        <svg class=class width="20" height="20" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path
                fill="none"
                stroke="currentColor"
                stroke-width="1.75"
                stroke-linecap="round"
                stroke-linejoin="round"
                d=path
            />
        </svg>
    }
    .into_markup()
}
