//! GitHub's webhook `github_app_authorization`: a user revoked their authorization of the GitHub App.
//!
//! A GitHub App always gets it. An OAuth app has no webhook of its own, and learns of a revocation from its next request.
//!
//! `X-Hub-Signature-256` covers the body alone: neither the event's name nor the id of the delivery, and the body of two
//! revocations by one user is the same, without a time. So the id keeps GitHub's own repetitions apart from new revocations, and
//! not an attacker's: who can record a delivery, within TLS, can repeat it, and sign that user out again.
//!
//! Sources: "Webhook events and payloads", "Validating webhook deliveries" and "Redelivering webhooks" (docs.github.com); read
//! November 2026.

use serde_json::Value;

use super::super::{IncomingMessage, MessageError, MessageFormat, Provider, Purpose, Registration, message::check_mac};
use crate::{
    codes::hex,
    oauth::{DocumentError, JsonDocument},
    oidc::{SecurityEvent, SecurityEventKind},
};

/// HMAC with SHA-256.
const MAC_BYTES: usize = 32;
const SIGNATURE: &str = "x-hub-signature-256";
const EVENT: &str = "x-github-event";
const DELIVERY: &str = "x-github-delivery";
/// A delivery can be repeated by hand for three days.
const REDELIVERY_SECONDS: u64 = 3 * 24 * 3600;
/// Longest id of a delivery, in bytes. Real ones are UUIDs.
const MAX_ID_BYTES: usize = 64;

pub(super) const MESSAGES: MessageFormat = MessageFormat {
    media_type: "application/json",
    registrations: &[Registration { field: "Webhook URL", purpose: Purpose::Events }],
    verify,
};

fn verify(provider: &Provider, message: &IncomingMessage<'_>, now: u64) -> Result<Option<SecurityEvent>, MessageError> {
    let secret = provider.webhook_secret.as_ref().ok_or(MessageError::NoSecret)?;
    let header = |name: &'static str| (message.header)(name).ok_or(MessageError::MissingHeader(name));
    let mac = header(SIGNATURE)?.strip_prefix("sha256=").and_then(mac_of).ok_or(MessageError::Malformed)?;
    check_mac(secret, message.body.as_bytes(), &mac)?;
    if header(EVENT)? != "github_app_authorization" {
        return Ok(None);
    }
    let delivery = header(DELIVERY)?;
    if delivery.is_empty() || delivery.len() > MAX_ID_BYTES {
        return Err(MessageError::Malformed);
    }
    let payload = JsonDocument::parse_received(message.body.as_bytes())?;
    payload.check_once(&["action", "sender.id"])?;
    if payload.required_str("action")? != "revoked" {
        return Ok(None);
    }
    let sender = payload.get("sender").and_then(|sender| sender.get("id")).and_then(Value::as_u64);
    let subject = sender.filter(|id| *id > 0).ok_or(DocumentError::Missing("sender.id"))?;
    Ok(Some(SecurityEvent {
        id: delivery.to_owned(),
        issuer: provider.metadata.issuer().to_owned(),
        replayable_until: now.saturating_add(REDELIVERY_SECONDS),
        subject: Some(subject.to_string()),
        session: None,
        kinds: vec![SecurityEventKind::ConsentRevoked],
    }))
}

fn mac_of(digits: &str) -> Option<Vec<u8>> {
    hex::decode(digits, MAC_BYTES).filter(|mac| mac.len() == MAC_BYTES)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::providers::for_tests::provider;

    /// The example of "Validating webhook deliveries".
    const EXAMPLE: (&str, &str, &str) = (
        "It's a Secret to Everybody",
        "Hello, World!",
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
    );
    const BODY: &str = r#"{"action":"revoked","sender":{"login":"ada","id":218471}}"#;
    /// Of [`BODY`] under [`EXAMPLE`]'s secret, made with OpenSSL.
    const SIGNED: &str = "sha256=45f491bb577c4369b2fcec9b71de85b406d59b590f843cead0d8cabae8f942c0";

    fn read(headers: &[(&str, &'static str)], body: &str) -> Result<Option<SecurityEvent>, MessageError> {
        let header = |name: &str| headers.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        let provider = Provider { webhook_secret: Some(EXAMPLE.0.into()), ..provider("github") };
        verify(&provider, &IncomingMessage { purpose: Purpose::Events, header: &header, body }, 1000)
    }

    const HEADERS: [(&str, &str); 3] = [(SIGNATURE, SIGNED), (EVENT, "github_app_authorization"), (DELIVERY, "d-1")];

    fn with(name: &str, value: &'static str) -> Vec<(&'static str, &'static str)> {
        HEADERS.iter().map(|header| if header.0 == name { (header.0, value) } else { *header }).collect()
    }

    #[test]
    fn a_revocation_names_the_user_and_the_delivery() {
        let event = read(&HEADERS, BODY).unwrap().unwrap();
        assert_eq!((event.id.as_str(), event.subject.as_deref()), ("d-1", Some("218471")));
        assert_eq!(event.kinds, [SecurityEventKind::ConsentRevoked]);
        assert_eq!(event.issuer, "https://github.com/login/oauth");
    }

    #[test]
    fn another_event_is_genuine_and_says_nothing() {
        assert_eq!(read(&with(EVENT, "ping"), BODY), Ok(None));
        let hello = [(SIGNATURE, EXAMPLE.2), (EVENT, "push"), (DELIVERY, "d-1")];
        assert_eq!(read(&hello, EXAMPLE.1), Ok(None), "GitHub's own example");
    }

    #[rstest]
    #[case::other_body(read(&HEADERS, &BODY.replace("218471", "218472")), MessageError::BadSignature)]
    #[case::other_signature(read(&with(SIGNATURE, EXAMPLE.2), BODY), MessageError::BadSignature)]
    #[case::sha1(read(&with(SIGNATURE, "sha1=757107ea0eb2509fc211221cce984b8a37570b6d"), BODY), MessageError::Malformed)]
    #[case::short(read(&with(SIGNATURE, "sha256=75"), BODY), MessageError::Malformed)]
    #[case::unsigned(read(&HEADERS[1..], BODY), MessageError::MissingHeader(SIGNATURE))]
    #[case::unnamed(read(&HEADERS[..1], BODY), MessageError::MissingHeader(EVENT))]
    #[case::without_delivery(read(&HEADERS[..2], BODY), MessageError::MissingHeader(DELIVERY))]
    #[case::empty_delivery(read(&with(DELIVERY, ""), BODY), MessageError::Malformed)]
    fn what_github_did_not_sign_is_rejected(
        #[case] outcome: Result<Option<SecurityEvent>, MessageError>,
        #[case] error: MessageError,
    ) {
        assert_eq!(outcome, Err(error));
    }

    #[test]
    fn without_a_secret_no_message_is_expected() {
        let provider = provider("github");
        let message = IncomingMessage { purpose: Purpose::Events, header: &|_| None, body: BODY };
        assert_eq!(verify(&provider, &message, 1000), Err(MessageError::NoSecret));
    }
}
