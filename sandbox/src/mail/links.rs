//! Finds the links in an email.

/// All http and https URLs in a text, in order, without duplicates.
pub fn of_text(text: &str) -> Vec<String> {
    let mut links = Vec::new();
    for (is_link, part) in parts(text) {
        if is_link && !links.iter().any(|known| known == part) {
            links.push(part.to_owned());
        }
    }
    links
}

/// All http and https URLs in `href` attributes, in order, without duplicates.
pub fn of_html(html: &str) -> Vec<String> {
    let mut links = Vec::new();
    for after in html.split("href=").skip(1) {
        let Some(quote) = after.chars().next().filter(|quote| matches!(quote, '"' | '\'')) else { continue };
        let value = after[1..].split(quote).next().unwrap_or_default();
        let link = value.replace("&quot;", "\"").replace("&#39;", "'").replace("&lt;", "<").replace("&gt;", ">");
        let link = link.replace("&amp;", "&");
        if begins_as_link(&link) && !links.contains(&link) {
            links.push(link);
        }
    }
    links
}

/// Splits the text; `true` marks a link.
pub fn parts(text: &str) -> Vec<(bool, &str)> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.match_indices("http").map(|(at, _)| at).find(|at| begins_as_link(&rest[*at..])) {
        let link = &rest[start..];
        let end = link.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"')).unwrap_or(link.len());
        // Punctuation after a link is not part of it.
        let end = link[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '\'']).len();
        parts.push((false, &rest[..start]));
        parts.push((true, &link[..end]));
        rest = &link[end..];
    }
    parts.push((false, rest));
    parts
}

fn begins_as_link(text: &str) -> bool {
    ["http://", "https://"].iter().any(|scheme| {
        text.strip_prefix(scheme).is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric() || c == '['))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splitting_a_text_loses_nothing() {
        let text = "See (http://a.example/?b=c). Or https://b.example, not http:// nor http; http://a.example/?b=c";
        assert_eq!(of_text(text), ["http://a.example/?b=c", "https://b.example"]);
        assert_eq!(parts(text).into_iter().map(|(_, part)| part).collect::<String>(), text);
    }

    #[test]
    fn href_is_a_link_only_with_http_or_https() {
        let html =
            r#"<a href="https://a.example/?b&amp;c">x</a><a href='mailto:x'></a><a href=x><a href="javascript:x">"#;
        assert_eq!(of_html(html), ["https://a.example/?b&c"]);
    }
}
