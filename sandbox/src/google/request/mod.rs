//! Parses and validates the authorization request (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1).

use serde_json::Value;

use super::scopes;
use crate::clients::{Clients, is_allowed_redirect_uri, is_on_loopback};
use crate::fields::Fields;
use crate::pkce::challenge;
use crate::token_store::Scopes;

#[derive(Debug)]
pub struct AuthorizationRequest {
    pub client_id: String,
    pub redirect_uri: String,
    pub state: Option<String>,
    pub nonce: Option<String>,
    /// Whether the id_token gets `auth_time`: the request has `max_age`, or names it in `claims`.
    pub auth_time: bool,
    /// Whether the request names `amr` in `claims` (OpenID Connect Core §5.5).
    pub amr: bool,
    /// In Google's long spelling.
    pub scopes: Scopes,
    pub prompt: Prompt,
    pub offline: bool,
    pub include_granted: bool,
    /// An email address or a subject.
    pub login_hint: Option<String>,
    /// PKCE (S256).
    pub challenge: Option<String>,
    /// The query, repeated in the forms of the pages.
    pub query: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Prompt {
    pub none: bool,
    pub consent: bool,
    pub select_account: bool,
}

#[derive(Debug, PartialEq)]
pub enum RequestError {
    /// Unknown client or redirect URI: show a page, never redirect (RFC 6749 §4.1.2.1).
    Page { code: &'static str, why: String },
    /// Returned to the client.
    Redirect { code: &'static str, why: String, redirect_uri: String, state: Option<String> },
}

pub fn read(query: &str, clients: &Clients) -> Result<AuthorizationRequest, RequestError> {
    let fields = Fields::parse(query);
    let page = |code, why: String| Err(RequestError::Page { code, why });
    let Some(client_id) = fields.get("client_id") else {
        return page("invalid_request", "Missing required parameter: client_id".to_owned());
    };
    if !clients.is_google_client(client_id) {
        return page("invalid_client", format!("The OAuth client was not found: {client_id}"));
    }
    let is_public = client_id == clients.google_spa;
    let fits = |uri: &str| if is_public { is_on_loopback(uri) } else { is_allowed_redirect_uri(uri) };
    let redirect_uri = match fields.get("redirect_uri") {
        None => {
            return page("invalid_request", "Missing required parameter: redirect_uri".to_owned());
        }
        Some(uri) if !fits(uri) || fields.all("redirect_uri").count() > 1 => {
            return page("redirect_uri_mismatch", format!("Redirect URI not allowed: {uri}"));
        }
        Some(uri) => uri.to_owned(),
    };
    let state = fields.get("state").map(str::to_owned);
    let refuse =
        |(code, why)| RequestError::Redirect { code, why, redirect_uri: redirect_uri.clone(), state: state.clone() };
    let parameters = Parameters::read(&fields).map_err(&refuse)?;
    if is_public && parameters.challenge.is_none() {
        // RFC 9700 §2.1.1: without a secret, only the verifier binds the code to the client.
        return Err(refuse(("invalid_request", "Missing required parameter: code_challenge".to_owned())));
    }
    Ok(AuthorizationRequest {
        client_id: client_id.to_owned(),
        nonce: fields.get("nonce").map(str::to_owned),
        auth_time: fields.get("max_age").is_some() || parameters.claims.contains(&"auth_time"),
        amr: parameters.claims.contains(&"amr"),
        scopes: parameters.scopes,
        prompt: parameters.prompt,
        offline: parameters.offline,
        include_granted: fields.get("include_granted_scopes") == Some("true"),
        login_hint: fields.get("login_hint").map(str::to_owned),
        challenge: parameters.challenge,
        query: fields.without("person"),
        redirect_uri,
        state,
    })
}

/// Parameters whose errors are returned to the client.
struct Parameters {
    scopes: Scopes,
    prompt: Prompt,
    offline: bool,
    challenge: Option<String>,
    /// The session claims that the id_token shall have.
    claims: Vec<&'static str>,
}

impl Parameters {
    fn read(fields: &Fields) -> Result<Self, (&'static str, String)> {
        let invalid = |why: String| ("invalid_request", why);
        if let Some(name) = fields.repeated() {
            return Err(invalid(format!("Repeated parameter: {name}")));
        }
        match fields.get("response_type") {
            Some("code") => {}
            None => {
                return Err(invalid("Missing required parameter: response_type".to_owned()));
            }
            Some(other) => {
                return Err(("unsupported_response_type", format!("Not supported: {other}")));
            }
        }
        if let Some(mode) = fields.get("response_mode").filter(|mode| *mode != "query") {
            return Err(invalid(format!("Invalid response_mode: {mode}")));
        }
        let Some(scope) = fields.get("scope") else {
            return Err(invalid("Missing required parameter: scope".to_owned()));
        };
        let scopes = scopes::read(scope).map_err(|unknown| ("invalid_scope", format!("Unknown scope: {unknown}")))?;
        let offline = match fields.get("access_type") {
            None | Some("online") => false,
            Some("offline") => true,
            Some(other) => return Err(invalid(format!("Invalid access_type: {other}"))),
        };
        let challenge = challenge(fields).map_err(invalid)?;
        let prompt = prompt(fields.get("prompt").unwrap_or_default()).map_err(invalid)?;
        let claims = fields.get("claims").map(session_claims).transpose().map_err(invalid)?.unwrap_or_default();
        Ok(Self { scopes, prompt, offline, challenge, claims })
    }
}

/// The session claims named in `claims`. Here every client has enabled them in its settings.
fn session_claims(text: &str) -> Result<Vec<&'static str>, String> {
    let claims: Value = serde_json::from_str(text).map_err(|_| "Invalid claims: not JSON".to_owned())?;
    let is_named = |claim: &&str| claims.pointer(&format!("/id_token/{claim}")).is_some();
    Ok(["auth_time", "amr"].into_iter().filter(is_named).collect())
}

fn prompt(text: &str) -> Result<Prompt, String> {
    let mut prompt = Prompt::default();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match word {
            "none" => prompt.none = true,
            "consent" => prompt.consent = true,
            "select_account" => prompt.select_account = true,
            other => {
                return Err(format!("Invalid parameter value for prompt: Invalid prompt: {other}"));
            }
        }
    }
    if prompt.none && (prompt.consent || prompt.select_account) {
        return Err("Invalid parameter value for prompt: none cannot be combined".to_owned());
    }
    Ok(prompt)
}

#[cfg(test)]
mod tests;
