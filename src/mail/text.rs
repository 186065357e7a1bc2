//! A letter as plain text.

use super::draw::{Action, Sheet};

/// The same words as in HTML, the link on a line of its own, where no mail program breaks it.
pub(super) fn of(sheet: &Sheet) -> String {
    let mut paragraphs = vec![sheet.greeting.clone()];
    paragraphs.extend(sheet.news.iter().cloned());
    if let Some(Action { lead, link, valid, .. }) = &sheet.action {
        paragraphs.push(format!("{lead}\n\n{link}"));
        paragraphs.extend(valid.clone());
    }
    paragraphs.push(sheet.cause.clone());
    paragraphs.extend(sheet.closing.iter().cloned());
    // RFC 3676 §4.3: what follows is the signature.
    paragraphs.push(format!("-- \n{}", sheet.sender));
    format!("{}\n", paragraphs.join("\n\n"))
}
