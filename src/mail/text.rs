//! An email as plain text.

use super::render::{Action, EmailContent};

/// The same words as in HTML, the link on a line of its own, where no mail client breaks it.
pub(super) fn of(content: &EmailContent) -> String {
    let mut paragraphs = vec![content.greeting.clone()];
    paragraphs.extend(content.news.iter().cloned());
    paragraphs.extend(content.code.clone());
    if let Some(Action { lead, link, valid, .. }) = &content.action {
        paragraphs.push(format!("{lead}\n\n{link}"));
        paragraphs.extend(valid.clone());
    }
    paragraphs.push(content.cause.clone());
    paragraphs.extend(content.closing.iter().cloned());
    // RFC 3676 §4.3: what follows is the signature.
    paragraphs.push(format!("-- \n{}", content.sender));
    format!("{}\n", paragraphs.join("\n\n"))
}
