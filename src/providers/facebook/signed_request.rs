//! Facebook's callbacks: the user removed the app, or asks to have the data here deleted.
//!
//! Both have the same form: `signed_request` is `base64url(MAC).base64url(JSON)`, with a MAC under the app secret. It does not
//! say which of the two it is, so each has a URL of its own.
//!
//! Facebook's script for pages makes texts of this form, too, and hands them to the page and its cookies (`fbsr_…`). Those have
//! a `code`, or an `oauth_token`, and are rejected: otherwise who steals one could have the user's data deleted.
//!
//! Sources: "Data Deletion Request Callback" and "Manually build a login flow: deauthorize callback"
//! (developers.facebook.com); read November 2026.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::super::{IncomingMessage, MessageError, MessageFormat, Provider, Purpose, Registration, message::check_mac};
use crate::{
    oauth::{DocumentError, JsonDocument},
    oidc::{LEEWAY_SECONDS, SecurityEvent, SecurityEventKind},
};

/// Oldest `issued_at`, in seconds. Facebook does not say for how long it tries again.
const MAX_AGE: u64 = 24 * 3600;
/// Longest user id, in bytes. Real ones have 17 digits at most.
const MAX_ID_BYTES: usize = 64;

pub(super) const MESSAGES: MessageFormat = MessageFormat {
    media_type: "application/x-www-form-urlencoded",
    registrations: &[
        Registration { field: "Deauthorize callback URL", purpose: Purpose::Events },
        Registration { field: "Data deletion request URL", purpose: Purpose::DataDeletion },
    ],
    verify,
};

fn verify(provider: &Provider, message: &IncomingMessage<'_>, now: u64) -> Result<Option<SecurityEvent>, MessageError> {
    let secret = provider.client_secret.fixed().ok_or(MessageError::NoSecret)?;
    let form = JsonDocument::parse_urlencoded(message.body.as_bytes())?;
    let (mac, encoded) = form.required_str("signed_request")?.split_once('.').ok_or(MessageError::Malformed)?;
    let mac = decode(mac)?;
    check_mac(secret, encoded.as_bytes(), &mac)?;
    let payload = JsonDocument::parse_received(&decode(encoded)?)?;
    if !payload.required_str("algorithm")?.eq_ignore_ascii_case("HMAC-SHA256") {
        return Err(MessageError::WrongAlgorithm);
    }
    if payload.contains("code") || payload.contains("oauth_token") {
        return Err(MessageError::ForABrowser);
    }
    let replayable_until = check_age(&payload, now)?;
    let subject = payload.required_str("user_id")?;
    if subject.is_empty() || subject.len() > MAX_ID_BYTES || !subject.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(DocumentError::WrongType("user_id").into());
    }
    let (kind, name) = match message.purpose {
        Purpose::Events => (SecurityEventKind::ConsentRevoked, "deauthorization"),
        Purpose::DataDeletion => (SecurityEventKind::DataDeletionRequested, "deletion"),
    };
    Ok(Some(SecurityEvent {
        // Facebook may sign the same words for both in one second.
        id: format!("{name} {}", URL_SAFE_NO_PAD.encode(mac)),
        issuer: provider.metadata.issuer().to_owned(),
        replayable_until,
        subject: Some(subject.to_owned()),
        session: None,
        kinds: vec![kind],
    }))
}

/// Returns when the message is too old. `expires` is that of a token.
fn check_age(payload: &JsonDocument, now: u64) -> Result<u64, MessageError> {
    let issued_at = payload.optional_u64("issued_at")?.ok_or(DocumentError::Missing("issued_at"))?;
    if issued_at > now.saturating_add(LEEWAY_SECONDS) {
        return Err(MessageError::IssuedInTheFuture);
    }
    let too_old = issued_at.saturating_add(MAX_AGE).saturating_add(LEEWAY_SECONDS);
    if now < too_old { Ok(too_old) } else { Err(MessageError::TooOld) }
}

/// Some encoders pad.
fn decode(text: &str) -> Result<Vec<u8>, MessageError> {
    URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).map_err(|_| MessageError::Malformed)
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::hmac;
    use rstest::rstest;
    use serde_json::{Value, json};

    use super::*;
    use crate::providers::for_tests::provider_with;

    const NOW: u64 = 1_800_000_000;
    const SECRET: &str = "for-tests";

    fn signed(payload: &str, secret: &str) -> String {
        let payload = URL_SAFE_NO_PAD.encode(payload);
        let mac = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), payload.as_bytes());
        format!("signed_request={}.{payload}", URL_SAFE_NO_PAD.encode(mac))
    }

    fn payload() -> Value {
        json!({ "algorithm": "HMAC-SHA256", "issued_at": NOW, "expires": NOW - 1, "user_id": "218471" })
    }

    fn read(purpose: Purpose, body: &str) -> Result<SecurityEvent, MessageError> {
        let provider = provider_with("facebook", &[("CLIENT_SECRET", SECRET)]);
        let message = IncomingMessage { purpose, header: &|_| None, body };
        verify(&provider, &message, NOW).map(|event| event.expect("it always says something"))
    }

    #[test]
    fn the_url_decides_what_a_message_means() {
        let body = signed(&payload().to_string(), SECRET);
        let removed = read(Purpose::Events, &body).unwrap();
        assert_eq!(
            (removed.kinds, removed.subject.as_deref()),
            (vec![SecurityEventKind::ConsentRevoked], Some("218471"))
        );
        let deletion = read(Purpose::DataDeletion, &body).unwrap();
        assert_eq!(deletion.kinds, [SecurityEventKind::DataDeletionRequested]);
        assert_ne!(removed.id, deletion.id, "each takes effect");
        assert_eq!(removed.replayable_until, NOW + MAX_AGE + LEEWAY_SECONDS);
    }

    #[rstest]
    #[case::old(json!({ "issued_at": NOW - MAX_AGE - LEEWAY_SECONDS }), MessageError::TooOld)]
    #[case::early(json!({ "issued_at": NOW + LEEWAY_SECONDS + 1 }), MessageError::IssuedInTheFuture)]
    #[case::sha1(json!({ "algorithm": "HMAC-SHA1" }), MessageError::WrongAlgorithm)]
    #[case::none(json!({ "algorithm": "none" }), MessageError::WrongAlgorithm)]
    #[case::of_a_page(json!({ "code": "x" }), MessageError::ForABrowser)]
    #[case::of_a_canvas(json!({ "oauth_token": "x" }), MessageError::ForABrowser)]
    #[case::no_user(json!({ "user_id": null }), MessageError::Document(DocumentError::Missing("user_id")))]
    #[case::number(json!({ "user_id": 218_471 }), MessageError::Document(DocumentError::WrongType("user_id")))]
    #[case::words(json!({ "user_id": "me" }), MessageError::Document(DocumentError::WrongType("user_id")))]
    #[case::no_time(json!({ "issued_at": null }), MessageError::Document(DocumentError::Missing("issued_at")))]
    #[case::no_algorithm(json!({ "algorithm": null }), MessageError::Document(DocumentError::Missing("algorithm")))]
    fn a_signed_message_with_one_wrong_member_is_rejected(#[case] changes: Value, #[case] error: MessageError) {
        let mut changed = payload();
        for (name, value) in changes.as_object().unwrap() {
            changed[name] = value.clone();
        }
        assert_eq!(read(Purpose::Events, &signed(&changed.to_string(), SECRET)), Err(error));
    }

    #[test]
    fn what_facebook_did_not_sign_is_rejected() {
        let genuine = signed(&payload().to_string(), SECRET);
        assert!(read(Purpose::Events, &genuine).is_ok());
        let forged = signed(&payload().to_string(), "another-secret");
        assert_eq!(read(Purpose::Events, &forged), Err(MessageError::BadSignature));
        let (head, _) = genuine.split_once('.').unwrap();
        let other = URL_SAFE_NO_PAD.encode(payload().to_string().replace("218471", "218472"));
        assert_eq!(read(Purpose::Events, &format!("{head}.{other}")), Err(MessageError::BadSignature));
        assert_eq!(read(Purpose::Events, &format!("signed_request=.{other}")), Err(MessageError::BadSignature));
        assert_eq!(read(Purpose::Events, "signed_request=x"), Err(MessageError::Malformed));
        let repeated = Err(MessageError::Document(DocumentError::Repeated("signed_request")));
        assert_eq!(read(Purpose::Events, &format!("{genuine}&{genuine}")), repeated);
        let repeated = r#"{"algorithm":"HMAC-SHA256","issued_at":1800000000,"user_id":"1","user_id":"2"}"#;
        let error = Err(MessageError::Document(DocumentError::Repeated("user_id")));
        assert_eq!(read(Purpose::Events, &signed(repeated, SECRET)), error);
    }
}
