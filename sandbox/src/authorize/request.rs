//! The authorization request (RFC 6749 §4.1.1), read and checked by the page's rules.

use super::AuthorizePage;
use crate::clients::{Client, is_allowed_redirect_uri};
use crate::fields::Fields;
use crate::pkce::challenge;
use crate::token_store::Scopes;

/// A request that the provider takes.
#[derive(Debug)]
pub struct AuthorizationRequest {
    /// Which client asks.
    pub client_id: String,
    /// Where the answer goes.
    pub redirect_uri: String,
    /// Handed back as it came.
    pub state: Option<String>,
    /// What is asked for.
    pub scopes: Scopes,
    /// Facebook's `auth_type=rerequest`: ask rerequest for what was declined.
    pub rerequest: bool,
    /// For the id_token, where there is one.
    pub nonce: Option<String>,
    /// PKCE, S256.
    pub challenge: Option<String>,
    /// The query rerequest, for the forms of the pages.
    pub query: String,
}

/// Why a request is not taken.
#[derive(Debug, PartialEq)]
pub enum RequestError {
    /// The client or its redirect URI is wrong: a page, and nothing is sent anywhere (RFC 6749 §4.1.2.1).
    Page(String),
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

/// Reads the query of an authorization request to the page where `client` is registered.
pub fn read(page: &AuthorizePage, query: &str, client: &Client) -> Result<AuthorizationRequest, RequestError> {
    let fields = Fields::parse(query);
    let client_id = fields.get("client_id").unwrap_or_default();
    if client_id != client.id {
        return Err(RequestError::Page(format!("There is no application {client_id:?}.")));
    }
    let redirect_uri = fields.get("redirect_uri").unwrap_or_default().to_owned();
    if !is_allowed_redirect_uri(&redirect_uri) || fields.all("redirect_uri").count() > 1 {
        return Err(RequestError::Page(format!("This application may not be answered at {redirect_uri:?}.")));
    }
    let state = fields.get("state").map(str::to_owned);
    let refuse =
        |(code, why)| RequestError::Redirect { code, why, redirect_uri: redirect_uri.clone(), state: state.clone() };
    let (scopes, challenge) = parameters(page, &fields).map_err(refuse)?;
    Ok(AuthorizationRequest {
        client_id: client_id.to_owned(),
        scopes,
        rerequest: fields.get("auth_type") == Some("rerequest"),
        nonce: fields.get("nonce").map(str::to_owned),
        challenge,
        query: fields.without("person"),
        redirect_uri,
        state,
    })
}

/// The parts that can be wrong and are told to the client.
fn parameters(page: &AuthorizePage, fields: &Fields) -> Result<(Scopes, Option<String>), (&'static str, String)> {
    let invalid = |why: String| ("invalid_request", why);
    if let Some(name) = fields.repeated() {
        return Err(invalid(format!("Parameter given more than once: {name}")));
    }
    let required: &[&str] = if page.requires_all_parameters {
        &["response_type", "scope", "state", "code_challenge", "code_challenge_method"]
    } else {
        &[]
    };
    if let Some(missing) = required.iter().find(|name| fields.get(name).is_none()) {
        return Err(invalid(format!("Missing required parameter: {missing}")));
    }
    if let Some(other) = fields.get("response_type").filter(|kind| *kind != "code") {
        return Err(("unsupported_response_type", format!("Not supported: {other}")));
    }
    let scopes = (page.scopes)(fields.get("scope").unwrap_or_default())
        .map_err(|unknown| ("invalid_scope", format!("Unknown scope: {unknown}")))?;
    Ok((scopes, challenge(fields).map_err(invalid)?))
}
