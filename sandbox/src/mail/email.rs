//! A email that has arrived, read for people and for tests.

use mail_parser::{Addr, MessageParser, PartType};
use serde::Serialize;

use super::links;

/// A email, as far as anybody asks.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Email {
    /// Counts from 1.
    pub id: u64,
    /// What the email says it is from; the envelope's word where it says nothing.
    pub from: String,
    /// PersonFilter the envelope is for.
    pub to: Vec<String>,
    /// The subject, decoded.
    pub subject: String,
    /// The plain text; empty where there is none.
    pub text: String,
    /// The HTML; null where there is none.
    pub html: Option<String>,
    /// Every link of the text and of the HTML, each once.
    pub links: Vec<String>,
    /// The sandbox's time, unix seconds.
    pub received_at: i64,
    /// The email as it came, headers and all.
    pub source: String,
}

impl Email {
    /// Reads a email as well as it can be read: a broken one is shown, too.
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

    /// Whether one of its recipients has this address.
    pub fn is_to(&self, address: &str) -> bool {
        self.to.iter().any(|to| to.eq_ignore_ascii_case(address))
    }
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
    fn a_letter_is_read() {
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
    fn whatever_comes_is_kept() {
        for source in [b"".as_slice(), b"\r\n", b"hello", b"\xff\xfe\r\n\r\n\xff", b"Subject: x\r\n\r\n"] {
            let email = Email::read("", vec!["ada@x.example".to_owned()], source, 0);
            assert!(email.html.is_none() && email.links.is_empty());
        }
    }
}
