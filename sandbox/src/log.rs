//! The request log, so that a test can assert that no token request was made.

use std::collections::VecDeque;

use axum::http::{HeaderMap, Method, Uri};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::fields::Fields;

/// Requests kept.
const CAPACITY: usize = 2_000;
/// Headers logged verbatim.
const LOGGED_HEADERS: &[&str] = &["host", "accept", "content-type", "user-agent", "origin", "sec-fetch-site"];

/// The newest requests, and the number since the last clear.
#[derive(Debug, Default)]
pub struct RequestLog {
    entries: VecDeque<Entry>,
    total: u64,
}

/// One request, with secrets redacted.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// Starts at 1.
    pub seq: u64,
    /// Unix seconds of the sandbox's clock.
    pub at: i64,
    /// `google`; null for `/trap/…`.
    pub provider: Option<&'static str>,
    /// The endpoint's name as in faults, `page` for other pages of a provider, `trap` for `/trap/…`.
    pub endpoint: String,
    pub method: String,
    pub path: String,
    pub query: Value,
    pub form: Value,
    /// Some headers; only the scheme of `authorization`.
    pub headers: Map<String, Value>,
    /// `none`, `basic`, `post`, `query` or `both`.
    pub client_auth: &'static str,
    pub code_verifier_length: Option<usize>,
    /// The user that the presented code or token belongs to.
    pub person: Option<String>,
    /// Null until the response is sent.
    pub status: Option<u16>,
}

impl Entry {
    pub fn of(method: &Method, uri: &Uri, headers: &HeaderMap, form: &Fields) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let scheme =
            text("authorization").map(|value| value.split(' ').next().unwrap_or_default().to_ascii_lowercase());
        let mut shown: Map<_, _> =
            LOGGED_HEADERS.iter().filter_map(|&name| Some((name.to_owned(), json!(text(name)?)))).collect();
        if let Some(scheme) = &scheme {
            shown.insert("authorization".to_owned(), json!(scheme));
        }
        let query = Fields::parse(uri.query().unwrap_or_default());
        let client_auth = match (scheme.as_deref() == Some("basic"), form.get("client_secret").is_some()) {
            (true, true) => "both",
            (true, false) => "basic",
            (false, true) => "post",
            (false, false) if query.get("client_secret").is_some() => "query",
            (false, false) => "none",
        };
        Self {
            seq: 0,
            at: 0,
            provider: None,
            endpoint: "page".to_owned(),
            method: method.to_string(),
            path: uri.path().to_owned(),
            query: query.redacted(),
            form: form.redacted(),
            headers: shown,
            client_auth,
            code_verifier_length: form.get("code_verifier").or_else(|| query.get("code_verifier")).map(str::len),
            person: None,
            status: None,
        }
    }
}

impl RequestLog {
    pub fn record(&mut self, entry: Entry) -> u64 {
        self.total += 1;
        if self.entries.len() >= CAPACITY {
            self.entries.pop_front();
        }
        self.entries.push_back(Entry { seq: self.total, ..entry });
        self.total
    }

    pub fn answered(&mut self, seq: u64, status: u16) {
        if let Some(entry) = self.entries.iter_mut().rev().find(|entry| entry.seq == seq) {
            entry.status = Some(status);
        }
    }

    pub fn entries<'a>(&'a self, endpoint: Option<&'a str>) -> impl DoubleEndedIterator<Item = &'a Entry> {
        self.entries.iter().filter(move |entry| endpoint.is_none_or(|endpoint| entry.endpoint == endpoint))
    }

    pub fn total(&self) -> u64 {
        self.total
    }

    pub fn clear(&mut self) {
        *self = Self::default();
    }
}
