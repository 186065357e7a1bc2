//! Views of one type, for branches and for what several places draw.
//!
//! Leptos' `AnyView` has code for each way of rendering a view: at once, in a stream in order and out of it, and resolved first.
//! The server renders at once ([`document`](super::document)). With the other ways, three hundred views were more than a fifth of the program, which
//! was loaded at each start.

use leptos::{
    children::ToChildren,
    prelude::{IntoView, RenderHtml},
    tachys::{html::InertElement, view::Position},
};

/// A view that has been rendered. What it contains is escaped. Browsers do not hydrate it, but the islands in it.
pub type Markup = InertElement;

pub trait IntoMarkup {
    /// Renders the view now: its context has to be there.
    fn into_markup(self) -> Markup;
}

impl<V: IntoView> IntoMarkup for V {
    fn into_markup(self) -> Markup {
        let view = self.into_view();
        // A view knows about half of its length before, and text that grows is copied each time.
        let mut html = String::with_capacity(2 * view.html_len() + 128);
        view.to_html_with_buf(&mut html, &mut Position::FirstChild, true, false, Vec::new());
        Markup::new(html)
    }
}

/// What stands within a component's tags, rendered when it is called.
pub struct Content(Box<dyn FnOnce() -> Markup + Send>);

impl Content {
    pub fn draw(self) -> Markup {
        (self.0)()
    }
}

impl<F, V> ToChildren<F> for Content
where
    F: FnOnce() -> V + Send + 'static,
    V: IntoView,
{
    fn to_children(content: F) -> Self {
        Self(Box::new(move || content().into_markup()))
    }
}

#[cfg(test)]
mod tests {
    use leptos::prelude::*;

    use super::*;

    #[component]
    fn Framed(children: Content) -> impl IntoView {
        provide_context("provided");
        view! { <div>{children.draw()}</div> }
    }

    #[test]
    fn views_of_two_types_are_one_and_stay_escaped() {
        let draw = |bold: bool| match bold {
            true => view! { <b>{"<i>".to_owned()}</b> }.into_markup(),
            false => "<i>".into_markup(),
        };
        let html = Owner::new().with(|| view! { <p>{draw(true)} {draw(false)}</p> }.to_html());
        assert_eq!(html, "<p><b>&lt;i&gt;</b>&lt;i&gt;</p>");
    }

    #[test]
    fn content_is_drawn_within_its_component() {
        let html = Owner::new().with(|| view! { <Framed>{use_context::<&str>()}</Framed> }.to_html());
        assert_eq!(html, "<div>provided</div>");
    }
}
