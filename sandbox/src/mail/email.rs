//! A received email, parsed for the inbox and for tests.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mail_parser::{Addr, MessageParser, MessagePart, MimeHeaders, PartType};
use serde::Serialize;

use super::links;

/// In bytes.
const MAX_PICTURE: usize = 64 * 1024;

#[derive(Clone, Debug, Default, Serialize)]
pub struct Email {
    /// Starts at 1.
    pub id: u64,
    pub from: String,
    /// Envelope recipients.
    pub to: Vec<String>,
    pub subject: String,
    /// Empty if there is no plain text.
    pub text: String,
    /// Null if there is no HTML.
    pub html: Option<String>,
    /// All links in the text and the HTML, without duplicates.
    pub links: Vec<String>,
    /// Unix seconds of the sandbox's clock.
    pub received_at: i64,
    pub source: String,
}

impl Email {
    pub fn read(sender: &str, to: Vec<String>, source: &[u8], received_at: i64) -> Self {
        let shown = String::from_utf8_lossy(source).into_owned();
        let envelope = Self { from: sender.to_owned(), to, received_at, source: shown, ..Self::default() };
        let Some(message) = MessageParser::default().parse(source) else { return envelope };
        let text = message.text_bodies().find_map(|part| match &part.body {
            PartType::Text(text) => Some(text.replace("\r\n", "\n")),
            _ => None,
        });
        let html = message.html_bodies().find_map(|part| match &part.body {
            PartType::Html(html) => Some(html.replace("\r\n", "\n")),
            _ => None,
        });
        let html = html.map(|html| message.attachments().fold(html, with_picture));
        let text = text.unwrap_or_default();
        let mut links = links::of_text(&text);
        for link in html.as_deref().map(links::of_html).unwrap_or_default() {
            if !links.contains(&link) {
                links.push(link);
            }
        }
        let from = message.from().and_then(|from| from.first()).map(mailbox);
        Self {
            from: from.unwrap_or_else(|| envelope.from.clone()),
            subject: message.subject().unwrap_or_default().to_owned(),
            text,
            html,
            links,
            ..envelope
        }
    }

    pub fn is_to(&self, address: &str) -> bool {
        self.to.iter().any(|to| to.eq_ignore_ascii_case(address))
    }
}

/// Replaces a picture of the message (RFC 2392) by itself, as mail clients show it.
fn with_picture(html: String, part: &MessagePart) -> String {
    let (Some(id), Some(kind)) = (part.content_id(), part.content_type()) else { return html };
    let picture = part.contents();
    if kind.ctype() != "image" || picture.len() > MAX_PICTURE {
        return html;
    }
    let url = format!("data:image/{};base64,{}", kind.subtype().unwrap_or_default(), STANDARD.encode(picture));
    html.replace(&format!("\"cid:{id}\""), &format!("\"{url}\""))
}

fn mailbox(from: &Addr) -> String {
    let address = from.address().unwrap_or_default();
    from.name().map_or_else(|| address.to_owned(), |name| format!("{name} <{address}>"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: &[u8] = b"From: =?utf-8?q?L=C3=A4tch?= <no-reply@app.example>\r\nSubject: =?utf-8?b?w6Q=?=\r\n\
        MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=x\r\n\r\n\
        --x\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
        Go to:\r\nhttp://localhost:3000/auth/email?token=3Dabcdefghijklmnopqrstuvwxyz=\r\n0123456789\r\n\r\n\
        --x\r\nContent-Type: text/html\r\n\r\n<a href=\"http://localhost:3000/?a=1&amp;b=2\">x</a>\r\n--x--\r\n";

    #[test]
    fn email_is_parsed() {
        let email = Email::read("bounce@app.example", vec!["ada@x.example".to_owned()], MESSAGE, 7);
        assert_eq!(email.from, "L\u{e4}tch <no-reply@app.example>");
        assert_eq!(email.subject, "\u{e4}");
        assert!(email.text.starts_with("Go to:\nhttp://localhost:3000/auth/email?token=abc"), "{}", email.text);
        assert_eq!(
            email.links,
            [
                "http://localhost:3000/auth/email?token=abcdefghijklmnopqrstuvwxyz0123456789",
                "http://localhost:3000/?a=1&b=2"
            ]
        );
        assert!(email.html.is_some() && email.is_to("Ada@x.example") && !email.is_to("x.example"));
    }

    #[test]
    fn a_picture_of_the_message_is_shown() {
        let source = b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n\
            --x\r\nContent-Type: text/html\r\n\r\n<img src=\"cid:mark\"><img src=\"cid:other\">\r\n\
            --x\r\nContent-Type: image/png\r\nContent-ID: <mark>\r\nContent-Disposition: inline\r\n\
            Content-Transfer-Encoding: base64\r\n\r\nAAEC\r\n--x--\r\n";
        let html = Email::read("", Vec::new(), source, 0).html.unwrap();
        assert!(html.contains("<img src=\"data:image/png;base64,AAEC\">") && html.contains("cid:other"), "{html}");
    }

    #[test]
    fn malformed_emails_are_kept() {
        for source in [b"".as_slice(), b"\r\n", b"hello", b"\xff\xfe\r\n\r\n\xff", b"Subject: x\r\n\r\n"] {
            let email = Email::read("", vec!["ada@x.example".to_owned()], source, 0);
            assert!(email.html.is_none() && email.links.is_empty());
        }
    }
}
