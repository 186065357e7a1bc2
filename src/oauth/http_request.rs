//! Requests as plain values: this room says what to send; sending is somebody else's.

use secrecy::{ExposeSecret, SecretString};
use url::{Url, form_urlencoded};

use super::Client;

/// A request to a provider, ready to be sent. Send it without following redirects: the headers and the body
/// hold secrets that are meant for this address alone.
#[derive(Clone, Debug)]
pub struct HttpRequest {
    /// The method.
    pub method: Method,
    /// The address. Never holds a secret.
    pub url: Url,
    /// Headers by their name in lower case.
    pub headers: Vec<(&'static str, SecretString)>,
    /// The body; `content-type` is among the headers.
    pub body: Option<SecretString>,
}

/// The methods that the protocols need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// GET, to read documents.
    Get,
    /// POST, to the token and revocation endpoints (RFC 6749 §3.2).
    Post,
}

impl HttpRequest {
    /// GET of a JSON document that everybody may read.
    pub fn get_json(url: &Url) -> Self {
        let headers = vec![("accept", "application/json".into())];
        Self { method: Method::Get, url: url.clone(), headers, body: None }
    }

    /// GET of a JSON document as the bearer of an access token: in the header, never in the query, where it
    /// would end up in logs (RFC 6750 §2.1, §5.3).
    pub fn get_json_as_bearer(url: &Url, access_token: &SecretString) -> Self {
        let mut request = Self::get_json(url);
        let value = format!("Bearer {}", access_token.expose_secret());
        request.headers.push(("authorization", value.into()));
        request
    }

    /// POST of a form as `client`, with its authentication in the header or the body.
    pub(super) fn post_form(url: &Url, client: &Client, parameters: &[(&str, &str)]) -> Self {
        let mut headers =
            vec![("accept", "application/json".into()), ("content-type", "application/x-www-form-urlencoded".into())];
        headers.extend(client.authorization_header().map(|value| ("authorization", value)));
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(parameters)
            .extend_pairs(client.body_parameters())
            .finish();
        Self { method: Method::Post, url: url.clone(), headers, body: Some(body.into()) }
    }
}
