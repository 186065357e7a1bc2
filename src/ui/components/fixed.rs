//! HTML that is the same for every request, rendered once.

use std::sync::OnceLock;

use leptos::prelude::RenderHtml;

use crate::ui::markup::Markup;

/// What `draw` returns the first time. It may depend on nothing but what chose the `place`: no context, no text of a user.
pub fn fixed(place: &'static OnceLock<String>, draw: impl FnOnce() -> Markup) -> Markup {
    Markup::new(place.get_or_init(|| draw().to_html()).as_str())
}
