//! A rendered email as a MIME message, and its envelope.

use lettre::{
    Address, Message, address,
    message::{
        Attachment, Mailbox, MultiPart, SinglePart,
        header::{ContentType, Header, HeaderName, HeaderValue},
    },
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    brand::{MARK, MARK_ID},
    error::DeliveryError,
    render::RenderedEmail,
};
use crate::accounts::EmailAddress;

pub(super) struct Envelope {
    pub to: Address,
    pub message: Vec<u8>,
}

/// Checks a `MAIL_FROM`: an address, or `Name <address>`.
///
/// # Errors
/// [`DeliveryError::Sender`] or [`DeliveryError::SenderNotAscii`] for anything else.
pub fn check_sender(mail_from: &str) -> Result<(), DeliveryError> {
    sender(mail_from).map(drop)
}

pub(super) fn sender(mail_from: &str) -> Result<Mailbox, DeliveryError> {
    if mail_from.chars().any(char::is_control) {
        return Err(DeliveryError::Sender);
    }
    let mailbox: Mailbox = mail_from.parse().map_err(|_| DeliveryError::Sender)?;
    if !mailbox.email.user().is_ascii() {
        return Err(DeliveryError::SenderNotAscii);
    }
    // As strict as for recipients. The domain goes out in its ASCII form: without SMTPUTF8, commands and headers have no
    // other (RFC 6531 §3.2).
    let canonical = EmailAddress::parse(mailbox.email.as_ref()).map_err(|_| DeliveryError::Sender)?;
    let email = Address::new(mailbox.email.user(), canonical.domain()).map_err(|_| DeliveryError::Sender)?;
    Ok(Mailbox { name: mailbox.name, email })
}

/// Exactly one recipient. `id` and `at` come from the queue, so that a second delivery is recognisably the same message.
pub(super) fn envelope(
    from: &Mailbox,
    to: &EmailAddress,
    rendered: RenderedEmail,
    id: Uuid,
    at: OffsetDateTime,
) -> Result<Envelope, DeliveryError> {
    let unsendable = || DeliveryError::Permanent("the email cannot be encoded as a message".to_owned());
    let to: Address = to.as_str().parse().map_err(|_| unsendable())?;
    let recipient = address::Envelope::new(Some(from.email.clone()), vec![to.clone()]).map_err(|_| unsendable())?;
    let message = Message::builder()
        .from(from.clone())
        .envelope(recipient)
        .header(To(to.clone()))
        .subject(rendered.subject.clone())
        .date(at.into())
        .message_id(Some(format!("<{id}@{}>", from.email.domain())))
        .header(AutoSubmitted)
        .multipart(body(rendered).ok_or_else(unsendable)?)
        .map_err(|_| unsendable())?;
    Ok(Envelope { to, message: message.formatted() })
}

/// The text; or the HTML, related to the mark that it shows (RFC 2387).
fn body(rendered: RenderedEmail) -> Option<MultiPart> {
    let png = ContentType::parse("image/png").ok()?;
    let mark = Attachment::new_inline(MARK_ID.to_owned()).body(MARK.to_vec(), png);
    let html = MultiPart::related().singlepart(SinglePart::html(rendered.html)).singlepart(mark);
    Some(MultiPart::alternative().singlepart(SinglePart::plain(rendered.text)).multipart(html))
}

/// The address in angle brackets, as mail programs write it: SpamAssassin takes a bare one beside HTML with a picture for a sign of
/// spam (`TO_NO_BRKTS_HTML_IMG`).
#[derive(Clone)]
struct To(Address);

const TO: HeaderName = HeaderName::new_from_ascii_str("To");

impl Header for To {
    fn name() -> HeaderName {
        TO
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let address = text.strip_prefix('<').and_then(|text| text.strip_suffix('>')).ok_or("no address in brackets")?;
        Ok(Self(address.parse()?))
    }

    fn display(&self) -> HeaderValue {
        // An address is never an encoded word (RFC 2047 §5): beyond ASCII it goes out as it is (RFC 6532).
        let text = format!("<{}>", self.0);
        HeaderValue::dangerous_new_pre_encoded(TO, text.clone(), text)
    }
}

/// RFC 3834 §5: autoresponders do not answer such a message.
#[derive(Clone)]
struct AutoSubmitted;

const AUTO_SUBMITTED: HeaderName = HeaderName::new_from_ascii_str("Auto-Submitted");
const AUTO_GENERATED: &str = "auto-generated";

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        AUTO_SUBMITTED
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        if text == AUTO_GENERATED { Ok(Self) } else { Err("not auto-generated".into()) }
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(AUTO_SUBMITTED, AUTO_GENERATED.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_is_one_mailbox() {
        for right in ["no-reply@app.example", "Latchkey <no-reply@app.example>", "\"A, B\" <a@app.example>"] {
            assert!(check_sender(right).is_ok(), "{right}");
        }
        for wrong in [
            "",
            "Latchkey",
            "a@app.example, b@app.example",
            "a@app.example\r\nBcc: b@app.example",
            "Late\u{7}key <a@app.example>",
            "a@127.0.0.1",
            "a b@app.example",
        ] {
            assert_eq!(check_sender(wrong), Err(DeliveryError::Sender), "{wrong}");
        }
    }

    #[test]
    fn a_domain_in_any_script_goes_out_in_ascii() {
        for (written, sent) in [
            ("No-Reply@bücher.example", "No-Reply@xn--bcher-kva.example"),
            ("No-Reply@xn--bcher-kva.example", "No-Reply@xn--bcher-kva.example"),
            ("Bücher <no-reply@例え.example>", "no-reply@xn--r8jz45g.example"),
        ] {
            assert_eq!(sender(written).unwrap().email.to_string(), sent);
        }
    }

    #[test]
    fn a_sender_that_needs_smtputf8_is_refused_by_name() {
        for wrong in ["grüße@app.example", "Latchkey <grüße@app.example>"] {
            assert_eq!(check_sender(wrong), Err(DeliveryError::SenderNotAscii), "{wrong}");
        }
    }
}
