//! A received email, parsed for the inbox and for tests.

use mail_parser::{Addr, MessageParser, PartType};
use serde::Serialize;

use super::links;

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
    fn malformed_emails_are_kept() {
        for source in [b"".as_slice(), b"\r\n", b"hello", b"\xff\xfe\r\n\r\n\xff", b"Subject: x\r\n\r\n"] {
            let email = Email::read("", vec!["ada@x.example".to_owned()], source, 0);
            assert!(email.html.is_none() && email.links.is_empty());
        }
    }
}
