//! Requests as plain values. This room builds them; `relying_party` sends them.

use base64::{Engine, engine::general_purpose::STANDARD};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::{Url, form_urlencoded};

use super::Client;

/// A request to a provider. Send it without following redirects: headers and body hold secrets for this URL alone.
#[derive(Clone, Debug)]
pub struct HttpRequest {
    /// GET or POST.
    pub method: Method,
    /// The URL. Never contains a secret.
    pub url: Url,
    /// Header names, in lower case, and values.
    pub headers: Vec<(&'static str, SecretString)>,
    /// The body; `headers` has its `content-type`.
    pub body: Option<SecretString>,
}

/// The parameters of RFC 6749 and RFC 7523 that are credentials.
const SECRET_PARAMETERS: [&str; 6] =
    ["client_secret", "client_assertion", "code", "code_verifier", "refresh_token", "token"];

/// The methods that the protocols need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// GET, to read documents.
    Get,
    /// POST, to the token and revocation endpoints (RFC 6749 §3.2).
    Post,
}

impl HttpRequest {
    /// GET of a public JSON document.
    pub fn get_json(url: &Url) -> Self {
        let headers = vec![("accept", "application/json".into())];
        Self { method: Method::Get, url: url.clone(), headers, body: None }
    }

    /// GET of a JSON document with a bearer token: in the header, never in the query, where logs would keep it
    /// (RFC 6750 §2.1, §5.3).
    pub fn get_json_as_bearer(url: &Url, access_token: &SecretString) -> Self {
        Self::get_json(url).with_bearer(access_token)
    }

    /// POST of a form without client authentication.
    pub fn form(url: &Url, parameters: &[(&str, &str)]) -> Self {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
        Self::post(url, "application/x-www-form-urlencoded", body)
    }

    /// POST of a JSON document.
    pub fn json(url: &Url, document: &Value) -> Self {
        Self::post(url, "application/json", document.to_string())
    }

    /// Adds `Authorization: Bearer` (RFC 6750 §2.1).
    #[must_use]
    pub fn with_bearer(mut self, token: &SecretString) -> Self {
        self.headers.push(("authorization", format!("Bearer {}", token.expose_secret()).into()));
        self
    }

    /// Adds `Authorization: Basic`, if the client uses `client_secret_basic`.
    #[must_use]
    pub fn with_basic(mut self, client: &Client) -> Self {
        self.headers.extend(client.authorization_header().map(|value| ("authorization", value)));
        self
    }

    /// What the response must not repeat in a log: the credentials in the header and the body, decoded.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let header =
            self.headers.iter().find(|(name, _)| *name == "authorization").map(|(_, value)| value.expose_secret());
        let mut secrets: Vec<String> =
            header.iter().filter_map(|value| value.split_once(' ')).map(|(_, rest)| rest.to_owned()).collect();
        let basic = header.and_then(|value| STANDARD.decode(value.strip_prefix("Basic ")?).ok());
        let basic = basic.and_then(|pair| String::from_utf8(pair).ok());
        if let Some((_, password)) = basic.as_deref().and_then(|pair| pair.split_once(':')) {
            secrets.extend(form_urlencoded::parse(password.as_bytes()).map(|(decoded, _)| decoded.into_owned()));
        }
        let body = self.body.as_ref().map(ExposeSecret::expose_secret).unwrap_or_default();
        let in_body = form_urlencoded::parse(body.as_bytes()).filter(|(name, _)| SECRET_PARAMETERS.contains(&&**name));
        secrets.extend(in_body.map(|(_, value)| value.into_owned()));
        secrets
    }

    /// POST of a form with client authentication, in the header or the body.
    pub(super) fn post_form(url: &Url, client: &Client, parameters: &[(&str, &str)]) -> Self {
        let parameters: Vec<_> = parameters.iter().copied().chain(client.body_parameters()).collect();
        Self::form(url, &parameters).with_basic(client)
    }

    fn post(url: &Url, content_type: &str, body: String) -> Self {
        let headers = vec![("accept", "application/json".into()), ("content-type", content_type.into())];
        Self { method: Method::Post, url: url.clone(), headers, body: Some(body.into()) }
    }
}
