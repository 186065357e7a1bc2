//! What the renderer writes, as valid HTML.

/// Leptos marks places with `<!>`, which parsers take for an empty comment and report as an error. The comment is written in
/// full, so that the document stays the same for what hydrates it.
pub fn valid_html(rendered: &str) -> String {
    let mut valid = String::with_capacity(rendered.len() + rendered.len() / 16);
    let mut rest = rendered;
    // By the rarest character: a page is rendered for each request.
    while let Some((before, after)) = rest.split_once('!') {
        valid.push_str(before);
        valid.push_str(if before.ends_with('<') && after.starts_with('>') { "!----" } else { "!" });
        rest = after;
    }
    valid.push_str(rest);
    valid
}

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
