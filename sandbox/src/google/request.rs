//! The authorization request (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1), read and checked.

use super::scopes;
use crate::clients::{Clients, is_allowed_redirect_uri, is_on_loopback};
use crate::fields::Fields;
use crate::pkce::challenge;
use crate::token_store::Scopes;

/// An authorization request that Google would take.
#[derive(Debug)]
pub struct AuthorizationRequest {
    /// Which client asks.
    pub client_id: String,
    /// Where the answer goes.
    pub redirect_uri: String,
    /// Handed back as it came.
    pub state: Option<String>,
    /// For the id_token.
    pub nonce: Option<String>,
    /// Whether `max_age` was asked for: the id_token then says when the person signed in.
    pub max_age: bool,
    /// In canonical spelling.
    pub scopes: Scopes,
    /// How much to ask the person.
    pub prompt: Prompt,
    /// `access_type=offline`.
    pub offline: bool,
    /// `include_granted_scopes=true`.
    pub include_granted: bool,
    /// An e-mail address or a subject.
    pub login_hint: Option<String>,
    /// PKCE, S256.
    pub challenge: Option<String>,
    /// The query again, for the forms of the pages.
    pub query: String,
}

/// `prompt`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Prompt {
    /// Show nothing at all.
    pub none: bool,
    /// Show the consent screen even if nothing new is parameters.
    pub consent: bool,
    /// Show the account chooser even if the account is clear.
    pub select_account: bool,
}

/// Why a request is not taken.
#[derive(Debug, PartialEq)]
pub enum RequestError {
    /// The client or its redirect URI is wrong: a page, and nothing is sent anywhere (RFC 6749 §4.1.2.1).
    Page {
        /// Google's code.
        code: &'static str,
        /// What is wrong.
        why: String,
    },
    /// Told to the client.
    Redirect {
        /// The OAuth error code.
        code: &'static str,
        /// What is wrong.
        why: String,
        /// Where to.
        redirect_uri: String,
        /// Handed back.
        state: Option<String>,
    },
}

/// Reads the query of an authorization request of one of the clients here.
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
            return page("redirect_uri_mismatch", format!("This client may not be answered at {uri}"));
        }
        Some(uri) => uri.to_owned(),
    };
    let state = fields.get("state").map(str::to_owned);
    let refuse =
        |(code, why)| RequestError::Redirect { code, why, redirect_uri: redirect_uri.clone(), state: state.clone() };
    let parameters = Parameters::read(&fields).map_err(&refuse)?;
    if is_public && parameters.challenge.is_none() {
        // RFC 9700 §2.1.1: without a secret the verifier is all that binds the code.
        return Err(refuse(("invalid_request", "Missing required parameter: code_challenge".to_owned())));
    }
    Ok(AuthorizationRequest {
        client_id: client_id.to_owned(),
        nonce: fields.get("nonce").map(str::to_owned),
        max_age: fields.get("max_age").is_some(),
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

/// The parts that can be wrong and are told to the client.
struct Parameters {
    scopes: Scopes,
    prompt: Prompt,
    offline: bool,
    challenge: Option<String>,
}

impl Parameters {
    fn read(fields: &Fields) -> Result<Self, (&'static str, String)> {
        let invalid = |why: String| ("invalid_request", why);
        if let Some(name) = fields.repeated() {
            return Err(invalid(format!("Parameter given more than once: {name}")));
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
        Ok(Self { scopes, prompt, offline, challenge })
    }
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
        return Err("Invalid parameter value for prompt: none stands alone".to_owned());
    }
    Ok(prompt)
}

#[cfg(test)]
mod tests;
