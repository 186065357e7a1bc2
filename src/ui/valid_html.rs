//! What the renderer writes, as valid HTML.

/// Leptos marks places with `<!>`, which parsers take for an empty comment and report as an error, and streams scripts after
/// `</html>`. The comment is written in full, so that the document stays the same for what hydrates it, and the scripts move
/// to the end of the body.
pub fn valid_html(rendered: &str) -> String {
    let (document, after) = rendered.split_once(END).unwrap_or((rendered, ""));
    let end = if document.len() == rendered.len() { "" } else { END };
    [document, after.trim_end(), end].concat().replace("<!>", "<!---->")
}

const END: &str = "</body></html>";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_become_comments_and_late_scripts_move_into_the_body() {
        let rendered = "<!DOCTYPE html><html><body><p>a<!>b</p></body></html><script>x</script>";
        let valid = "<!DOCTYPE html><html><body><p>a<!---->b</p><script>x</script></body></html>";
        assert_eq!(valid_html(rendered), valid);
        assert_eq!(valid_html(valid), valid);
        assert_eq!(valid_html("<p>&lt;!&gt;"), "<p>&lt;!&gt;");
    }
}
