//! HTML that is the same for every request, rendered once.

use std::sync::OnceLock;

use leptos::{prelude::*, tachys::html::InertElement};

/// What `draw` returns the first time. It may depend on nothing but what chose the `place`: no context, no text of a user.
pub fn fixed(place: &'static OnceLock<String>, draw: impl FnOnce() -> AnyView) -> InertElement {
    InertElement::new(place.get_or_init(|| draw().to_html()).as_str())
}
