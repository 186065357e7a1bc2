//! The authorization request: the URL to redirect the browser to (RFC 6749 §4.1.1, RFC 7636 §4.3).

use url::{Url, form_urlencoded};

use super::{Nonce, PkceChallenge, Scopes, State};

/// An authorization request of the code flow. There is no field for `response_type`: the implicit and hybrid flows
/// put tokens into the URL, so it is always `code` (RFC 9700 §2.1.2).
#[derive(Clone, Debug)]
pub struct AuthorizationRequest<'a> {
    /// `authorization_endpoint` of the provider. Its own query is kept.
    pub authorization_endpoint: &'a Url,
    /// `client_id`.
    pub client_id: &'a str,
    /// `redirect_uri`, byte for byte as registered.
    pub redirect_uri: &'a str,
    /// `scope`.
    pub scope: &'a Scopes,
    /// `state`.
    pub state: &'a State,
    /// `nonce`, for providers that issue an id_token.
    pub nonce: Option<&'a Nonce>,
    /// `code_challenge`, for providers that support PKCE; its method is always `S256`.
    pub code_challenge: Option<&'a PkceChallenge>,
    /// Further parameters: `prompt`, `login_hint`, `access_type`, `response_mode`, … Protocol parameters among
    /// them are dropped, so that they cannot override the fields above; the first of equal names is kept.
    pub extra_parameters: &'a [(&'a str, &'a str)],
}

/// Parameters that callers cannot set. `request` and `request_uri` (RFC 9101) would replace all others; secrets
/// never belong in a URL.
const RESERVED: [&str; 12] = [
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "request",
    "request_uri",
    "client_secret",
    "code_verifier",
];

impl AuthorizationRequest<'_> {
    /// The URL for the browser. Each parameter appears once (RFC 6749 §3.1). A space is `%20`, since Apple reads
    /// `+` literally.
    pub fn url(&self) -> Url {
        let extra = self.deduplicated_extra_parameters();
        let mut query = self.endpoint_query(&extra);
        for (name, value) in self.protocol_parameters() {
            push(&mut query, name, &value);
        }
        for (name, value) in &extra {
            push(&mut query, name, value);
        }
        let mut url = self.authorization_endpoint.clone();
        url.set_query(Some(&query.join("&")));
        url.set_fragment(None);
        url
    }

    fn deduplicated_extra_parameters(&self) -> Vec<(&str, &str)> {
        let mut kept: Vec<(&str, &str)> = Vec::new();
        for &(name, value) in self.extra_parameters {
            if !RESERVED.contains(&name) && kept.iter().all(|(seen, _)| *seen != name) {
                kept.push((name, value));
            }
        }
        kept
    }

    /// The endpoint's own query, byte for byte, without parameters that the request sets.
    fn endpoint_query(&self, extra: &[(&str, &str)]) -> Vec<String> {
        let query = self.authorization_endpoint.query().unwrap_or_default();
        query
            .split('&')
            .filter(|pair| {
                form_urlencoded::parse(pair.as_bytes()).next().is_some_and(|(name, _)| {
                    !RESERVED.contains(&name.as_ref()) && extra.iter().all(|(own, _)| *own != name)
                })
            })
            .map(str::to_owned)
            .collect()
    }

    fn protocol_parameters(&self) -> Vec<(&'static str, String)> {
        let mut parameters = vec![
            ("response_type", "code".to_owned()),
            ("client_id", self.client_id.to_owned()),
            ("redirect_uri", self.redirect_uri.to_owned()),
            ("scope", self.scope.to_string()),
            ("state", self.state.expose().to_owned()),
        ];
        if let Some(challenge) = self.code_challenge {
            parameters.push(("code_challenge", challenge.as_str().to_owned()));
            parameters.push(("code_challenge_method", PkceChallenge::METHOD.to_owned()));
        }
        // RFC 6749 §3.3 has no empty `scope`: without scopes the parameter is absent.
        parameters.retain(|(name, value)| *name != "scope" || !value.is_empty());
        if let Some(nonce) = self.nonce {
            parameters.push(("nonce", nonce.expose().to_owned()));
        }
        parameters
    }
}

fn push(query: &mut Vec<String>, name: &str, value: &str) {
    // A literal `+` is already `%2B` here, so every `+` left is a space.
    let pair = form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish();
    query.push(pair.replace('+', "%20"));
}
