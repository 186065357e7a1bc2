//! Faults of endpoints: the responses of an unavailable, broken or malicious provider.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::rotate::rotate;
use super::rules::Rules;
use super::state::SharedState;
use super::tamper::{add_keys, edit_json, first_half, half_closed, map_body};
use super::template::Template;
use super::throttle::ThrottledBody;

pub type Faults = Rules<EndpointFault>;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EndpointFault {
    pub endpoint: Endpoint,
    pub fault: Fault,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Endpoint {
    Discovery,
    Authorize,
    /// Only [`Fault::Patch`] applies here.
    AuthorizationResponse,
    Token,
    /// Also GitHub's `/user` and the `me` endpoints of Facebook, X and Discord.
    Userinfo,
    Certs,
    Revoke,
    /// Also GitHub's token check and Facebook's `debug_token`.
    Tokeninfo,
    /// GitHub's list of email addresses.
    Emails,
    /// The token endpoint with `grant_type=refresh_token`; logged as `token`.
    Refresh,
    Files,
    Events,
}

/// The crate documentation describes each kind.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    Status {
        status: u16,
        #[serde(default)]
        retry_after: Option<String>,
    },
    Answer {
        #[serde(default = "ok")]
        status: u16,
        #[serde(default = "json_type")]
        content_type: String,
        #[serde(default)]
        headers: BTreeMap<String, String>,
        body: String,
    },
    Redirect {
        status: u16,
        #[serde(default)]
        to: Option<String>,
    },
    Hang,
    Slow {
        delay_ms: u64,
    },
    Patch {
        #[serde(default)]
        set: Map<String, Value>,
        #[serde(default)]
        remove: Vec<String>,
    },
    Huge {
        #[serde(default = "ten_megabytes")]
        bytes: usize,
    },
    ManyKeys {
        #[serde(default = "ten_thousand")]
        count: usize,
    },
    Rotate,
    Truncated,
    HalfClosed,
    Drip {
        #[serde(default = "one")]
        chunk_bytes: usize,
        delay_ms: u64,
    },
}

/// Applies the fault to `request`; `next` is the provider's handler, which runs only for the kinds that change its
/// response.
pub async fn play(fault: Fault, shared: &SharedState, request: Request, next: Next) -> Response {
    let now = shared.lock().now();
    let mut template = Template::new(shared.origin(), now);
    match fault {
        Fault::Status { status, retry_after } => with_header(plain(status, "sandbox fault"), RETRY_AFTER, retry_after),
        Fault::Answer { status, content_type, headers, body } => {
            let answer = with_header(plain(status, template.text(&body)), CONTENT_TYPE, Some(content_type));
            let named = headers.into_iter().filter_map(|(name, value)| Some((HeaderName::try_from(name).ok()?, value)));
            named.fold(answer, |answer, (name, value)| with_header(answer, name, Some(value)))
        }
        Fault::Redirect { status, to } => {
            let trap = || format!("{{origin}}/trap{}", request.uri().path());
            with_header(plain(status, ""), LOCATION, Some(template.text(&to.unwrap_or_else(trap))))
        }
        Fault::Hang => {
            shared.closing().cancelled().await;
            plain(503, "the sandbox is shutting down")
        }
        Fault::Slow { delay_ms } => {
            tokio::time::sleep(at_most_two_minutes(delay_ms)).await;
            next.run(request).await
        }
        Fault::Patch { set, remove } => {
            let edit = |members: &mut Map<String, Value>| {
                members.extend(set.iter().map(|(name, value)| (name.clone(), template.fill(value))));
                members.retain(|name, _| !remove.contains(name));
            };
            edit_json(next.run(request).await, edit).await
        }
        Fault::Huge { bytes } => {
            let padding = "x".repeat(bytes.min(64 << 20));
            let edit = |members: &mut Map<String, Value>| drop(members.insert("padding".to_owned(), json!(padding)));
            edit_json(next.run(request).await, edit).await
        }
        Fault::ManyKeys { count } => {
            edit_json(next.run(request).await, |members| add_keys(members, count.min(100_000))).await
        }
        Fault::Rotate => rotate(shared, request, next).await,
        Fault::Truncated => map_body(next.run(request).await, |body| Body::from(first_half(&body))).await,
        Fault::HalfClosed => half_closed(next.run(request).await).await,
        Fault::Drip { chunk_bytes, delay_ms } => {
            let pause = at_most_two_minutes(delay_ms);
            map_body(next.run(request).await, |body| Body::new(ThrottledBody::new(body, chunk_bytes, pause))).await
        }
    }
}

fn plain(status: u16, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
}

fn with_header(mut response: Response, name: HeaderName, value: Option<String>) -> Response {
    if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
        response.headers_mut().insert(name, value);
    }
    response
}

fn at_most_two_minutes(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds.min(120_000))
}

fn ok() -> u16 {
    200
}
fn json_type() -> String {
    "application/json".to_owned()
}
fn ten_megabytes() -> usize {
    10 << 20
}
fn ten_thousand() -> usize {
    10_000
}
fn one() -> usize {
    1
}
