//! The request log: what each provider was asked, so that a test can say "no token request was made".

use std::collections::VecDeque;

use axum::http::{HeaderMap, Method, Uri};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::fields::Fields;

/// How many requests are kept.
const CAPACITY: usize = 2_000;
/// The headers that are shown as they are.
const LOGGED_HEADERS: &[&str] = &["host", "accept", "content-type", "user-agent", "origin", "sec-fetch-site"];

/// The newest requests, and how many there have been since the last clearing.
#[derive(Debug, Default)]
pub struct RequestLog {
    entries: VecDeque<Entry>,
    total: u64,
}

/// One request. Secrets are not in it.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// Counts from 1.
    pub seq: u64,
    /// The sandbox's time, unix seconds.
    pub at: i64,
    /// `google`; null for a trap.
    pub provider: Option<&'static str>,
    /// The endpoint's name as in faults; `page` for the provider's other pages, `trap` for `/trap/…`.
    pub endpoint: String,
    /// The HTTP method.
    pub method: String,
    /// The path.
    pub path: String,
    /// Query fields.
    pub query: Value,
    /// Form fields.
    pub form: Value,
    /// Some headers; of `authorization` the scheme only.
    pub headers: Map<String, Value>,
    /// How the client authenticated: `none`, `basic`, `post`, `query` or `both`.
    pub client_auth: &'static str,
    /// The length of the PKCE verifier, if one came.
    pub code_verifier_length: Option<usize>,
    /// PersonFilter the presented code or token belongs to.
    pub person: Option<String>,
    /// What was answered; null while it is not.
    pub status: Option<u16>,
}

impl Entry {
    /// What is shown of a request.
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
    /// Keeps a request and returns its number.
    pub fn record(&mut self, entry: Entry) -> u64 {
        self.total += 1;
        if self.entries.len() >= CAPACITY {
            self.entries.pop_front();
        }
        self.entries.push_back(Entry { seq: self.total, ..entry });
        self.total
    }

    /// Notes the answer to a request.
    pub fn answered(&mut self, seq: u64, status: u16) {
        if let Some(entry) = self.entries.iter_mut().rev().find(|entry| entry.seq == seq) {
            entry.status = Some(status);
        }
    }

    /// The kept requests, the oldest first; of one endpoint, or all.
    pub fn entries<'a>(&'a self, endpoint: Option<&'a str>) -> impl DoubleEndedIterator<Item = &'a Entry> {
        self.entries.iter().filter(move |entry| endpoint.is_none_or(|endpoint| entry.endpoint == endpoint))
    }

    /// How many requests there have been since the last clearing.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Forgets them all and counts from 1 again.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}
