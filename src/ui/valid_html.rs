//! What the renderer writes, as valid HTML.

use std::sync::LazyLock;

use memchr::memmem::Finder;

/// Leptos marks places with `<!>`, which parsers take for an empty comment and report as an error. The comment is written in
/// full, so that the document stays the same for what hydrates it.
pub fn valid_html(rendered: &str) -> String {
    let mut valid = String::with_capacity(rendered.len() + rendered.len() / 16);
    push_valid_html(rendered, &mut valid);
    valid
}

/// As [`valid_html`], at the end of a document.
pub fn push_valid_html(rendered: &str, document: &mut String) {
    let mut written = 0;
    for place in FINDER.find_iter(rendered.as_bytes()) {
        document.push_str(rendered.get(written..place).unwrap_or_default());
        document.push_str("<!---->");
        written = place + MARKER.len();
    }
    document.push_str(rendered.get(written..).unwrap_or_default());
}

const MARKER: &str = "<!>";
/// Made once: that takes as long as the search of a page.
static FINDER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(MARKER));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_become_comments() {
        let rendered = "<!DOCTYPE html><p>a<!>b</p>";
        let valid = "<!DOCTYPE html><p>a<!---->b</p>";
        assert_eq!(valid_html(rendered), valid);
        assert_eq!(valid_html(valid), valid);
        assert_eq!(valid_html("<p>&lt;!&gt;"), "<p>&lt;!&gt;");
        assert_eq!(valid_html("<!><!>!<!!>!>a!"), "<!----><!---->!<!!>!>a!");
    }
}
