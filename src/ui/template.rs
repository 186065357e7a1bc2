//! Views that differ between requests in what stands at a few places only.
//!
//! Leptos renders a view tag by tag and attribute by attribute. A template renders it once, and afterwards copies what lies between
//! the places: most of what a page of a signed-in user took.

use std::sync::OnceLock;

use leptos::{
    prelude::{Owner, RenderHtml},
    tachys::view::Position,
};

use super::markup::Markup;

/// Mark the places while the view is rendered. Characters for private use, which nothing escapes.
const PLACES: [&str; 12] = [
    "\u{f0000}",
    "\u{f0001}",
    "\u{f0002}",
    "\u{f0003}",
    "\u{f0004}",
    "\u{f0005}",
    "\u{f0006}",
    "\u{f0007}",
    "\u{f0008}",
    "\u{f0009}",
    "\u{f000a}",
    "\u{f000b}",
];
const FIRST: u32 = 0xf0000;

/// What a place is called in the view: as text, or as the value of an attribute.
pub type Place = &'static str;

/// A view with `N` places. No island may be in it: those are numbered as they are rendered.
pub struct Template<const N: usize> {
    draw: fn([Place; N]) -> Markup,
    pieces: OnceLock<Vec<Piece>>,
}

/// HTML, and the place that follows.
struct Piece {
    html: String,
    then: Option<usize>,
}

/// What is put at a place.
pub enum Fill<'a> {
    /// Is escaped.
    Text(&'a str),
    /// A view, at one place that is no attribute.
    View(Markup),
    Nothing,
}

impl<const N: usize> Template<N> {
    /// `draw` reads nothing but its places: it captures nothing, and there is no context.
    pub const fn new(draw: fn([Place; N]) -> Markup) -> Self {
        const { assert!(N <= PLACES.len(), "a template has too many places") }
        Self { draw, pieces: OnceLock::new() }
    }

    pub fn fill(&self, mut fills: [Fill<'_>; N]) -> Markup {
        let pieces = self.pieces.get_or_init(|| self.pieces());
        let fixed: usize = pieces.iter().map(|piece| piece.html.len()).sum();
        let filled: usize = fills.iter().map(Fill::len).sum();
        let mut html = String::with_capacity(fixed + filled);
        for Piece { html: before, then } in pieces {
            html.push_str(before);
            if let Some(fill) = then.and_then(|place| fills.get_mut(place)) {
                fill.write(&mut html);
            }
        }
        Markup::new(html)
    }

    fn pieces(&self) -> Vec<Piece> {
        let places = std::array::from_fn(|index| PLACES.get(index).copied().unwrap_or_default());
        // Without its markers: nothing in it is hydrated.
        let html = without_context(|| (self.draw)(places).to_html()).replace("<!>", "");
        let place = |character: char| {
            let place = u32::from(character).checked_sub(FIRST).and_then(|place| usize::try_from(place).ok());
            place.filter(|place| *place < N)
        };
        let mut pieces = Vec::new();
        let mut rest = html.as_str();
        while let Some((before, then, after)) = rest.char_indices().find_map(|(at, character)| {
            let then = place(character)?;
            Some((rest.get(..at)?, then, rest.get(at + character.len_utf8()..)?))
        }) {
            pieces.push(Piece { html: before.to_owned(), then: Some(then) });
            rest = after;
        }
        pieces.push(Piece { html: rest.to_owned(), then: None });
        pieces
    }
}

/// A root becomes the current owner when it is made, and has nothing from the one before.
fn without_context<T>(draw: impl FnOnce() -> T) -> T {
    let current = Owner::current();
    let root = Owner::new_root(None);
    let drawn = draw();
    match current {
        Some(current) => current.set(),
        None => root.unset(),
    }
    drawn
}

impl Fill<'_> {
    /// Of the HTML, or a little less.
    fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::View(view) => view.html_len(),
            Self::Nothing => 0,
        }
    }

    fn write(&mut self, html: &mut String) {
        match std::mem::replace(self, Self::Nothing) {
            // A text can stand at several places, as an attribute and between tags.
            Self::Text(text) => {
                push_escaped(text, html);
                *self = Self::Text(text);
            }
            Self::View(view) => view.to_html_with_buf(html, &mut Position::FirstChild, false, false, Vec::new()),
            Self::Nothing => {}
        }
    }
}

/// As between tags and in an attribute.
fn push_escaped(text: &str, html: &mut String) {
    // Without a branch for each byte, so that the processor looks at several at once.
    let has_markup = text
        .bytes()
        .fold(false, |found, byte| found | (byte == b'&') | (byte == b'<') | (byte == b'>') | (byte == b'"'));
    match has_markup {
        true => _ = html_escape::encode_double_quoted_attribute_to_string(text, html),
        false => html.push_str(text),
    }
}

impl<'a> From<&'a str> for Fill<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl From<Markup> for Fill<'_> {
    fn from(view: Markup) -> Self {
        Self::View(view)
    }
}

impl<'a, T: Into<Fill<'a>>> From<Option<T>> for Fill<'a> {
    fn from(fill: Option<T>) -> Self {
        fill.map_or(Self::Nothing, Into::into)
    }
}

#[cfg(test)]
mod tests {
    use leptos::prelude::*;

    use super::*;
    use crate::ui::markup::IntoMarkup;

    static LINK: Template<3> = Template::new(|[href, text, inner]| {
        view! {
            <a href=href title=text>
                {text}
                {inner}
            </a>
        }
        .into_markup()
    });

    #[test]
    fn texts_are_escaped_at_each_of_their_places_and_views_are_not() {
        let link = |text: &str| {
            let inner = view! { <b>"&"</b> }.into_markup();
            LINK.fill(["/a?b=1&c".into(), text.into(), inner.into()]).to_html()
        };
        let expected = r#"<a href="/a?b=1&amp;c" title="&lt;x&gt; &quot;">&lt;x&gt; &quot;<b>&amp;</b></a>"#;
        assert_eq!(link("<x> \""), expected);
        assert_eq!(
            link("y"),
            r#"<a href="/a?b=1&amp;c" title="y">y<b>&amp;</b></a>"#,
            "the text of another request is gone"
        );
    }

    #[test]
    fn what_fills_a_place_contains_no_place() {
        let filled = LINK.fill([PLACES[1].into(), PLACES[2].into(), Fill::Nothing]).to_html();
        assert_eq!(filled, format!("<a href=\"{0}\" title=\"{1}\">{1}</a>", PLACES[1], PLACES[2]));
    }

    #[test]
    fn a_template_reads_no_context_and_leaves_it_to_what_follows() {
        static GREETING: Template<0> = Template::new(|[]| view! { <p>{use_context::<String>()}</p> }.into_markup());
        let greet = |name: &str| {
            Owner::new().with(|| {
                provide_context(name.to_owned());
                (GREETING.fill([]).to_html(), use_context::<String>().unwrap_or_default())
            })
        };
        assert_eq!(greet("Ada"), ("<p></p>".into(), "Ada".into()));
        assert_eq!(greet("Grace"), ("<p></p>".into(), "Grace".into()));
        assert_eq!(GREETING.fill([]).to_html(), "<p></p>", "without an owner, too");
    }
}
