//! Parses and validates the authorization request (RFC 6749 §4.1.1).

use super::AuthorizePage;
use crate::clients::{Client, is_allowed_redirect_uri};
use crate::fields::Fields;
use crate::pkce::challenge;
use crate::token_store::Scopes;

#[derive(Debug)]
pub struct AuthorizationRequest {
    pub client_id: String,
    pub redirect_uri: String,
    pub state: Option<String>,
    pub scopes: Scopes,
    /// Facebook's `auth_type=rerequest`: ask again for declined scopes.
    pub rerequest: bool,
    pub nonce: Option<String>,
    /// PKCE (S256).
    pub challenge: Option<String>,
    /// The query, repeated in the forms of the pages.
    pub query: String,
}

#[derive(Debug, PartialEq)]
pub enum RequestError {
    /// Unknown client or redirect URI: show a page, never redirect (RFC 6749 §4.1.2.1).
    Page(String),
    /// Returned to the client.
    Redirect { code: &'static str, why: String, redirect_uri: String, state: Option<String> },
}

/// Parses and validates the query for the registered `client`.
pub fn read(page: &AuthorizePage, query: &str, client: &Client) -> Result<AuthorizationRequest, RequestError> {
    let fields = Fields::parse(query);
    let client_id = fields.get("client_id").unwrap_or_default();
    if client_id != client.id {
        return Err(RequestError::Page(format!("Unknown application {client_id:?}.")));
    }
    let redirect_uri = fields.get("redirect_uri").unwrap_or_default().to_owned();
    if !is_allowed_redirect_uri(&redirect_uri) || fields.all("redirect_uri").count() > 1 {
        return Err(RequestError::Page(format!("Redirect URI not allowed: {redirect_uri:?}.")));
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

/// Parameters whose errors are returned to the client.
fn parameters(page: &AuthorizePage, fields: &Fields) -> Result<(Scopes, Option<String>), (&'static str, String)> {
    let invalid = |why: String| ("invalid_request", why);
    if let Some(name) = fields.repeated() {
        return Err(invalid(format!("Repeated parameter: {name}")));
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
