//! An email as HTML. It loads nothing, so opening it notifies no one: the mark is a part of the message (RFC 2392).
//!
//! Outlook for Windows knows no padding on links and no `<style>` rules worth having, and Gmail's apps drop the whole
//! `<style>` for some accounts: the layout is tables with inline styles, the button is a table cell, and the style sheet
//! only adds the dark palette.

use super::{
    brand::{DARK, FONT, FONT_CODE, LIGHT, MARK_ID, NAME, RADIUS, RADIUS_LARGE},
    render::{Action, EmailContent},
};

/// The same words as in the text, the link as a button and once more in words.
pub(super) fn of(content: &EmailContent) -> String {
    let mut main = paragraph(&content.greeting);
    main.extend(content.news.iter().map(|text| paragraph(text)));
    main.extend(content.code.iter().map(|code| code_block(code)));
    if let Some(Action { lead, button, link, valid }) = &content.action {
        main.push_str(&paragraph(lead));
        main.push_str(&action(button, link));
        main.extend(valid.iter().map(|text| paragraph(text)));
    }
    main.push_str(&quiet(&content.cause));
    main.extend(content.closing.iter().map(|text| paragraph(text)));
    document(&escape(&content.subject), &main, &escape(&content.sender))
}

/// Everything that comes in is markup already.
fn document(title: &str, main: &str, sender: &str) -> String {
    let (ground, surface, line) = (LIGHT.ground, LIGHT.surface, LIGHT.line);
    let (ink, soft, accent) = (LIGHT.ink, LIGHT.ink_soft, LIGHT.accent);
    let dark = dark();
    format!(
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{title}</title>
<style>
{dark}</style>
</head>
<body class="ground" style="margin: 0; padding: 0; background-color: {ground};">
<table class="ground" role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="{ground}" style="background-color: {ground};">
<tr>
<td align="center" style="padding: 24px 16px;">
<table class="card" role="presentation" width="520" cellpadding="0" cellspacing="0" border="0" bgcolor="{surface}" style="width: 100%; max-width: 520px; background-color: {surface}; border: 1px solid {line}; border-radius: {RADIUS_LARGE}px; border-collapse: separate;">
<tr>
<td class="text" align="left" style="padding: 24px; color: {ink}; font-family: {FONT}; font-size: 16px; line-height: 24px; word-break: break-word;">
<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin: 0 0 24px;">
<tr>
<td width="32"><img src="cid:{MARK_ID}" width="32" height="32" alt="" style="display: block; border: 0;"></td>
<td class="name" style="padding: 0 0 0 12px; color: {accent}; font-family: {FONT}; font-size: 18px; font-weight: 700; line-height: 32px;">{NAME}</td>
</tr>
</table>
<h1 style="margin: 0 0 16px; font-size: 20px; font-weight: 700; line-height: 28px;">{title}</h1>
{main}<p class="sender" style="margin: 24px 0 0; padding: 16px 0 0; border-top: 1px solid {line}; color: {soft}; font-size: 14px; line-height: 20px;">{sender}</p>
</td>
</tr>
</table>
</td>
</tr>
</table>
</body>
</html>
"#
    )
}

/// Rules have to outweigh the inline styles.
fn dark() -> String {
    let (ground, surface, line) = (DARK.ground, DARK.surface, DARK.line);
    let (ink, soft, accent, on_accent) = (DARK.ink, DARK.ink_soft, DARK.accent, DARK.on_accent);
    format!(
        ":root {{ color-scheme: light dark; }}
@media (prefers-color-scheme: dark) {{
  .ground {{ background-color: {ground} !important; }}
  .card {{ background-color: {surface} !important; border-color: {line} !important; }}
  .text {{ color: {ink} !important; }}
  .name {{ color: {accent} !important; }}
  .button {{ background-color: {accent} !important; }}
  .button-link {{ color: {on_accent} !important; }}
  .quiet, .sender {{ color: {soft} !important; border-color: {line} !important; }}
  .code {{ background-color: {ground} !important; border-color: {line} !important; }}
}}
"
    )
}

fn action(button: &str, link: &str) -> String {
    let (button, link) = (escape(button), escape(link));
    let (accent, on_accent, soft) = (LIGHT.accent, LIGHT.on_accent, LIGHT.ink_soft);
    format!(
        r#"<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin: 0 0 16px; border-collapse: separate;">
<tr>
<td class="button" align="center" bgcolor="{accent}" style="padding: 12px 24px; background-color: {accent}; border-radius: {RADIUS}px;"><a class="button-link" href="{link}" style="color: {on_accent}; font-family: {FONT}; font-size: 16px; font-weight: 600; line-height: 20px; text-decoration: none;">{button}</a></td>
</tr>
</table>
<p class="quiet" style="margin: 0 0 16px; color: {soft}; font-size: 14px; line-height: 20px;">If the button doesn&#39;t work, copy this link into your browser:<br><span style="word-break: break-all;">{link}</span></p>
"#
    )
}

/// In one piece, so that a double click selects it.
fn code_block(code: &str) -> String {
    let (ground, line, code) = (LIGHT.ground, LIGHT.line, escape(code));
    format!(
        "<p class=\"code\" style=\"margin: 0 0 16px; padding: 12px 16px; background-color: {ground}; border: 1px solid {line}; border-radius: {RADIUS}px; font-family: {FONT_CODE}; font-size: 28px; font-weight: 700; letter-spacing: 2px; line-height: 36px; text-align: center; white-space: nowrap;\">{code}</p>\n"
    )
}

fn quiet(text: &str) -> String {
    let (soft, text) = (LIGHT.ink_soft, escape(text));
    format!(
        "<p class=\"quiet\" dir=\"auto\" style=\"margin: 0 0 16px; color: {soft}; font-size: 14px; line-height: 20px;\">{text}</p>\n"
    )
}

fn paragraph(text: &str) -> String {
    format!("<p dir=\"auto\" style=\"margin: 0 0 16px;\">{}</p>\n", escape(text))
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
    fn text_never_becomes_markup() {
        assert_eq!(escape(r#"<a b="c" d='e'>&"#), "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;");
    }
}
