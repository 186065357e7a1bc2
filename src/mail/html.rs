//! A letter as HTML: one document, nothing loaded from anywhere, so that opening it tells nobody anything.

use super::render::{Action, EmailContent};

/// Light and dark. A mail program that drops the style shows a plain and readable letter.
const STYLE: &str = include_str!("email.css");

/// The same words as in the text, the link as a button.
pub(super) fn of(content: &EmailContent) -> String {
    let mut main = paragraph(&content.greeting);
    main.extend(content.news.iter().map(|text| paragraph(text)));
    if let Some(Action { lead, button, link, valid }) = &content.action {
        let (link, button) = (escape(link), escape(button));
        main.push_str(&paragraph(lead));
        main.push_str(&format!("<p><a class=\"button\" href=\"{link}\">{button}</a></p>\n"));
        main.extend(valid.iter().map(|text| paragraph(text)));
    }
    main.push_str(&paragraph(&content.cause));
    main.extend(content.closing.iter().map(|text| paragraph(text)));
    let (title, sender) = (escape(&content.subject), escape(&content.sender));
    format!(
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
{STYLE}</style>
</head>
<body>
<div class="email">
{main}<p class="sender">{sender}</p>
</div>
</body>
</html>
"#
    )
}

fn paragraph(text: &str) -> String {
    format!("<p dir=\"auto\">{}</p>\n", escape(text))
}

/// Text for elements and for quoted attributes.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_text_becomes_markup() {
        assert_eq!(escape(r#"<a b="c" d='e'>&"#), "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;");
    }
}
