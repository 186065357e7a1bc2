//! What the renderer writes, as valid HTML.

/// Leptos marks places with `<!>`, which parsers take for an empty comment and report as an error. The comment is written in
/// full, so that the document stays the same for what hydrates it.
pub fn valid_html(rendered: &str) -> String {
    let mut valid = String::with_capacity(rendered.len() + rendered.len() / 16);
    let mut written = 0;
    for place in memchr::memmem::find_iter(rendered.as_bytes(), MARKER) {
        valid.push_str(rendered.get(written..place).unwrap_or_default());
        valid.push_str("<!---->");
        written = place + MARKER.len();
    }
    valid.push_str(rendered.get(written..).unwrap_or_default());
    valid
}

const MARKER: &str = "<!>";

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
