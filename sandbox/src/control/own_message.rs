//! Messages in a provider's own form: Facebook's signed requests and GitHub's webhook.
//!
//! Sources: "Data Deletion Request Callback" (Meta for Developers); "Webhook events and payloads" and "Validating webhook
//! deliveries" (GitHub Docs); November 2026.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use crate::clients::GITHUB_WEBHOOK_SECRET;
use crate::facebook;
use crate::github;
use crate::id_token::{Patch, Signing};
use crate::persons::Person;
use crate::state::{Provider, SharedState};
use crate::template::Template;
use crate::token_store::random_text;

/// At Facebook, the request to delete data; anything else is the removal of the app.
pub const DATA_DELETION: &str = "data-deletion";

/// A request to the application.
pub struct OwnMessage {
    pub media_type: &'static str,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
}

/// `None` for a provider whose messages are tokens.
pub fn own_message(
    shared: &SharedState,
    provider: Provider,
    event: &str,
    person: &Person,
    patch: &Patch,
    now: i64,
) -> Option<OwnMessage> {
    match provider {
        Provider::Facebook => Some(signed_request(shared, person, patch, now)),
        Provider::Github => Some(webhook(shared, event, person, patch, now)),
        _ => None,
    }
}

/// `base64url(MAC).base64url(JSON)`, in a form.
fn signed_request(shared: &SharedState, person: &Person, patch: &Patch, now: i64) -> OwnMessage {
    let client = shared.clients().of(Provider::Facebook);
    let payload = json!({
        "algorithm": "HMAC-SHA256",
        "expires": now + 3600,
        "issued_at": now,
        "user_id": facebook::app_scoped_id(person, &client.id),
    });
    let payload = URL_SAFE_NO_PAD.encode(patched(payload, patch, shared.origin(), now));
    let mac = URL_SAFE_NO_PAD.encode(mac(&client.secret, payload.as_bytes(), patch.sign));
    OwnMessage {
        media_type: "application/x-www-form-urlencoded",
        headers: Vec::new(),
        body: format!("signed_request={mac}.{payload}"),
    }
}

/// `revoked` is the action of `github_app_authorization`; other names are events of their own.
fn webhook(shared: &SharedState, event: &str, person: &Person, patch: &Patch, now: i64) -> OwnMessage {
    let sender = github::user_json(person, shared.origin());
    let (name, payload) = match event {
        "revoked" => ("github_app_authorization", json!({ "action": "revoked", "sender": sender })),
        "ping" => ("ping", json!({ "zen": "Keep it logically awesome.", "hook_id": 1, "sender": sender })),
        other => (other, json!({ "action": "created", "sender": sender })),
    };
    let body = patched(payload, patch, shared.origin(), now);
    let mac = mac(GITHUB_WEBHOOK_SECRET, body.as_bytes(), patch.sign);
    let mac: String = mac.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut headers = vec![
        ("X-GitHub-Event", name.to_owned()),
        ("X-GitHub-Delivery", random_text()),
        ("X-Hub-Signature-256", format!("sha256={mac}")),
    ];
    headers.retain(|(name, _)| !patch.remove_header.iter().any(|removed| removed == name));
    OwnMessage { media_type: "application/json", headers, body }
}

fn patched(payload: Value, patch: &Patch, origin: &str, now: i64) -> String {
    let mut members: Map<String, Value> = payload.as_object().cloned().unwrap_or_default();
    let mut template = Template::new(origin, now);
    for (name, value) in &patch.claims {
        let value = template.fill(value);
        members.insert(name.clone(), value);
    }
    members.retain(|name, _| !patch.remove.contains(name));
    template.print(&Value::Object(members))
}

fn mac(secret: &str, bytes: &[u8], sign: Signing) -> Vec<u8> {
    let key = match sign {
        // Someone else's.
        Signing::UnpublishedKey => hmac::Key::new(hmac::HMAC_SHA256, b"another secret"),
        _ => hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()),
    };
    let mut mac = hmac::sign(&key, bytes).as_ref().to_vec();
    match sign {
        Signing::None => mac.clear(),
        Signing::BadSignature => mac[0] ^= 1,
        _ => {}
    }
    mac
}
